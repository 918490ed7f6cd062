"""Names, search and acknowledgements."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.contrib.postgres.search import SearchQuery
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.db.models.functions import Length
from rapidfuzz import fuzz, process

from cpms.terminology.folding import fold
from cpms.terminology.models import Concept, ConceptSynonym, Terminology
from cpms.terminology.states import Kind, System

USUAL = {System.HPO: Kind.PHENOTYPE, System.ORPHA: Kind.DISEASE, System.GENE: Kind.GENE}
MAX_WORDS = 8
SHORTEST = 2
SHORTEST_GUESS, LIKE_ENOUGH, NEAR = 4, 78, 40


@dataclass(frozen=True, slots=True)
class Hit:
    """A concept found; ``matched`` is the synonym that led to it, empty when its own name did."""

    system: str
    code: str
    name: str
    matched: str = ""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a text is taken for: the few closest to be shown, and the codes of all, these first."""

    hits: list[Hit]
    codes: list[str]


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What the licence of a loaded terminology asks to show."""

    name: str
    version: str
    licence: str
    attribution: str


SHIPPED = (
    Acknowledgement(
        "LOINC",
        "",
        "LOINC licence",
        "Codes of laboratory tests are LOINC codes. LOINC is copyright Regenstrief Institute, Inc. and the LOINC Committee and is "
        "available at no cost under the licence at loinc.org/license.",
    ),
    Acknowledgement(
        "UCUM",
        "",
        "UCUM licence",
        "Units are UCUM units, copyright Regenstrief Institute, Inc. and the UCUM Organization; see ucum.org.",
    ),
)


def search(system: str, text: str, limit: int = 10, kind: str = "") -> list[Hit]:
    """Active concepts that hold a word beginning with each word typed; the closest names first.

    Fewer than two letters find nothing. HPO finds phenotypic abnormalities unless another ``kind`` is named.
    """
    folded = _folded_words(text)
    return _hits(list(_meant(system, folded, *filter(None, [kind]))[:limit]), folded.split())


def codes_meant(system: str, text: str, limit: int) -> list[str]:
    """The codes alone of what ``search`` finds."""
    return list(_meant(system, _folded_words(text)).values_list("code", flat=True)[:limit])


def meant_and_called(system: str, text: str, limit: int) -> tuple[list[str], list[frozenset[str]]]:
    """The codes of what ``search`` finds, and the folded words of each name and synonym of it: how the same thing may be called
    where it has no code of this terminology. Names of a single word are left out: they stand in too many others."""
    found = list(_meant(system, _folded_words(text)).values_list("pk", "code", "search_name")[:limit])
    synonyms = ConceptSynonym.objects.filter(concept__in=[pk for pk, _, _ in found]).values_list("text", flat=True)
    words = {frozenset(name.split()) for name in (*(name for _, _, name in found), *map(fold, synonyms))}
    return [code for _, code, _ in found], [each for each in words if len(each) > 1]


def _folded_words(text: str) -> str:
    return " ".join(fold(text[:200]).split()[:MAX_WORDS])


def _meant(system: str, folded: str, *kinds: str) -> QuerySet[Concept]:
    if len(folded) < SHORTEST:
        return Concept.objects.none()
    wanted = kinds or [USUAL[System(system)]]
    query = SearchQuery(" & ".join(f"{word}:*" for word in folded.split()), search_type="raw", config="simple")
    closeness = Case(
        When(search_name=folded, then=Value(0)),
        When(search_name__startswith=folded, then=Value(1)),
        When(search_name__contains=folded, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    found = Concept.objects.of(system).active().filter(kind__in=wanted, search_words=query)
    return found.order_by(closeness, Length("search_name"), "search_name", "code")


def conditions_meant(text: str, limit: int = 5) -> Meaning:
    """Diseases and groups of diseases: by their names and synonyms; when no name holds the words, by the words of names that they
    are nearest to, and when no name holds these together either, by likeness of the whole.

    An exact name stands first, whatever its kind. What is only alike is a guess, so no more than ``limit`` are meant then.
    """
    folded = _folded_words(text)
    rows = _conditions(folded)
    if not rows and (folded := respelt(folded, release_loaded())):
        rows = _conditions(folded)
    if not rows:
        hits = alike(text, limit)
        return Meaning(hits, [hit.code for hit in hits])
    best = [pk for pk, _code in rows[:limit]]
    found = Concept.objects.in_bulk(best)
    return Meaning(_hits([found[pk] for pk in best if pk in found], folded.split()), [code for _pk, code in rows])


def _conditions(folded: str) -> list[tuple[int, str]]:
    return list(_meant(System.ORPHA, folded, Kind.DISEASE, Kind.GROUP).values_list("pk", "code"))


def respelt(folded: str, release: dt.datetime | None) -> str:
    """The words, each that no name knows replaced by the one nearest to it; nothing where one is near to none."""
    known, found = _all_words(release), []
    for word in folded.split():
        at = bisect_left(known, word)
        if at < len(known) and known[at].startswith(word):
            found.append(word)
        elif near := process.extractOne(word, known, scorer=fuzz.ratio, score_cutoff=LIKE_ENOUGH):
            found.append(near[0])
        else:
            return ""
    return " ".join(found)


@lru_cache(maxsize=1)
def _all_words(loaded_at: dt.datetime | None) -> list[str]:
    """Every word of these names, in the order of the alphabet; kept as they are."""
    return sorted({word for name in _all_names(loaded_at)[0] for word in name.split() if len(word) >= SHORTEST_GUESS})


def alike(text: str, limit: int) -> list[Hit]:
    """Conditions whose name or synonym holds something most like the text; none below ``LIKE_ENOUGH``."""
    best = dict(list(closest(text, release_loaded()).items())[:limit])
    rows = Concept.objects.in_bulk(best)
    return [Hit(rows[pk].terminology_id, rows[pk].code, rows[pk].name, best[pk]) for pk in best if pk in rows]


def release_loaded(system: System = System.ORPHA) -> dt.datetime | None:
    """When it was loaded last: what is kept of it in memory is good until then."""
    return Terminology.objects.filter(system=system).values_list("loaded_at", flat=True).first()


def closest(text: str, release: dt.datetime | None) -> dict[int, str]:
    """Keys of the conditions like the text, best first, each with the synonym that is like it (or nothing).

    A name much shorter than the text is left out ("N syndrome" lies in every syndrome); of equals the shorter stand first.
    """
    folded = fold(text[:200])
    if len(folded) < SHORTEST_GUESS:
        return {}
    texts, names = _all_names(release)
    long_enough = bisect_left(texts, 0.8 * len(folded), key=len)
    near = process.extract(folded, texts[long_enough:], scorer=fuzz.partial_ratio, limit=NEAR, score_cutoff=LIKE_ENOUGH)
    best: dict[int, str] = {}
    for _name, _score, place in sorted(near, key=lambda hit: -(0.7 * hit[1] + 0.3 * fuzz.ratio(folded, hit[0]))):
        best.setdefault(*names[long_enough + place])
    return best


@lru_cache(maxsize=1)
def _all_names(_loaded_at: dt.datetime | None) -> tuple[list[str], list[tuple[int, str]]]:
    """Every folded name of an active condition, the shortest first, and (concept, synonym or nothing) in the same places; kept
    per process until another release is loaded."""
    active = Concept.objects.of(System.ORPHA).active()
    names = [(name, pk, "") for pk, name in active.values_list("pk", "search_name")]
    synonyms = ConceptSynonym.objects.filter(concept__in=active).values_list("text", "concept_id")
    every = sorted([*names, *((fold(text), pk, text) for text, pk in synonyms)], key=lambda entry: len(entry[0]))
    return [name for name, _pk, _text in every], [(pk, text) for _name, pk, text in every]


def _hits(rows: list[Concept], words: list[str]) -> list[Hit]:
    elsewhere = [row.pk for row in rows if not _holds(row.search_name + " " + fold(row.code), words)]
    matched: dict[int, str] = {}
    for synonym in ConceptSynonym.objects.filter(concept__in=elsewhere).order_by("pk") if elsewhere else ():
        if _holds(fold(synonym.text), words):
            matched.setdefault(synonym.concept_id, synonym.text)
    return [Hit(row.terminology_id, row.code, row.name, matched.get(row.pk, "")) for row in rows]


def _holds(folded: str, words: list[str]) -> bool:
    return all(any(part.startswith(word) for part in folded.split()) for word in words)


def name_of(system: str, code: str) -> str:
    """The concept's name, former codes included; empty when the code is not loaded."""
    return names_of(system, [code]).get(code, "")


def names_of(system: str, codes: Iterable[str]) -> dict[str, str]:
    """Names by code in one query. Codes that are not loaded are missing from the answer."""
    return dict(Concept.objects.of(system).filter(code__in=set(codes)).values_list("code", "name"))


def loaded_version(system: str) -> str:
    """The version loaded last, or an empty text."""
    return Terminology.objects.filter(system=system).values_list("version", flat=True).first() or ""


def acknowledgements() -> list[Acknowledgement]:
    """One entry per loaded terminology and per shipped one, for the foot of the pages and the page about licences."""
    loaded = [
        Acknowledgement(str(row.get_system_display()), row.version, row.licence, row.attribution)
        for row in Terminology.objects.order_by("system")
    ]
    return [*loaded, *SHIPPED]
