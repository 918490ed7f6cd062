"""Which of Orphanet's conditions the names of diagnoses stand for, whoever coded them. Constant query counts."""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce

from django.contrib.postgres.search import SearchQuery
from django.db.models.functions import Length

from cpms.terminology.folding import fold
from cpms.terminology.models import Concept, ConceptSynonym
from cpms.terminology.queries.finding import MAX_WORDS, SHORTEST_GUESS, closest, release_loaded
from cpms.terminology.states import Kind, System

MOST_LABELS, TOO_GENERAL, LOOKED_AT = 12, 60, 600


@dataclass(frozen=True, slots=True)
class Called:
    """Codes of conditions of the ``same`` name or synonym, of those whose ``longer`` names hold all its words, and of what is
    most ``like`` a name that no condition holds."""

    same: set[str] = field(default_factory=set)
    longer: set[str] = field(default_factory=set)
    like: set[str] = field(default_factory=set)


def conditions_called(labels: Iterable[str]) -> Called:
    """What these names of conditions stand for. OMIM writes symbols behind a semicolon and turns words round ("Adrenal
    hyperplasia, congenital; CAH1"): what follows the semicolon is left out, and the order of words does not matter.

    A name that more than ``TOO_GENERAL`` conditions hold ("syndrome") says nothing by that.
    """
    names = {fold(label.partition(";")[0][:200]) for label in labels}
    wanted = sorted(name for name in names if len(name) >= SHORTEST_GUESS)[:MOST_LABELS]
    found = Called()
    if not wanted:
        return found
    known = _names_holding(wanted)
    for name in wanted:
        words = frozenset(name.split())
        same = {code for code, theirs in known.items() if words in theirs}
        holding = {code for code, theirs in known.items() if _all_begin(name.split()[:MAX_WORDS], theirs)}
        found.same.update(same)
        found.longer.update(holding - same if len(holding) <= TOO_GENERAL else ())
    unknown = [name for name in wanted if not _is_known(name, known)]
    found.like.update(_likest(unknown))
    return found


def _is_known(name: str, known: dict[str, list[frozenset[str]]]) -> bool:
    return any(_all_begin(name.split()[:MAX_WORDS], theirs) for theirs in known.values())


def _all_begin(words: list[str], names: list[frozenset[str]]) -> bool:
    """Whether each word begins a word of one of the names, the same for all."""
    return any(all(any(part.startswith(word) for part in name) for word in words) for name in names)


def _names_holding(wanted: list[str]) -> dict[str, list[frozenset[str]]]:
    """Code to the words of its name and of each synonym, of the active conditions that hold all words of a wanted name."""
    texts = (" & ".join(f"{word}:*" for word in name.split()[:MAX_WORDS]) for name in wanted)
    query = reduce(operator.or_, (SearchQuery(text, search_type="raw", config="simple") for text in texts))
    rows = Concept.objects.of(System.ORPHA).active().filter(kind__in=[Kind.DISEASE, Kind.GROUP], search_words=query)
    known: dict[str, list[frozenset[str]]] = defaultdict(list)
    codes = {}
    for key, code, name in rows.order_by(Length("search_name"), "code").values_list("pk", "code", "search_name")[
        :LOOKED_AT
    ]:
        codes[key] = code
        known[code].append(frozenset(name.split()))
    for key, text in ConceptSynonym.objects.filter(concept__in=codes).values_list("concept", "text"):
        known[codes[key]].append(frozenset(fold(text).split()))
    return dict(known)


def _likest(names: list[str]) -> set[str]:
    """The code most like each of these names."""
    if not names:
        return set()
    release = release_loaded()
    best = {next(iter(near)) for name in names if (near := closest(name, release))}
    return set(Concept.objects.filter(pk__in=best).values_list("code", flat=True))
