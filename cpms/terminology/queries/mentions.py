"""Phenotypes that a text names."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

from cpms.terminology.folding import fold
from cpms.terminology.models import Concept, ConceptSynonym, Terminology
from cpms.terminology.states import Kind, System


@dataclass(frozen=True, slots=True)
class Mention:
    """A phenotype that a text names, with the words it is named by; ``absent`` when it is said not to be there."""

    code: str
    name: str
    words: str
    absent: bool


LONGEST_NAME, SHORTEST_MENTION, LOOK_BACK, LONGEST_TEXT = 6, 5, 4, 20_000
A_WORD, A_STOP = re.compile(r"[^\W_]+"), re.compile(r"[.;:!?\n]")
NOT_THERE = frozenset(
    (
        "no not without denies denied absent absence negative excluded never kein keine keinen keiner ohne nicht pas sans aucun aucune "
        "sin ningun ninguna nunca senza nessun nessuna non"
    ).split()
)


def mentioned(text: str) -> list[Mention]:
    """Phenotypes that the text names by their English names or synonyms, each once, in the text's order; longest names first."""
    version = Terminology.objects.filter(system=System.HPO).values_list("loaded_at", flat=True).first()
    names = _phenotypes(version)
    words = [(fold(found.group()), found.start(), found.end()) for found in A_WORD.finditer(text[:LONGEST_TEXT])]
    found: dict[str, Mention] = {}
    at = 0
    while at < len(words):
        length, known = next(
            ((n, hit) for n in range(LONGEST_NAME, 0, -1) if (hit := names.get(_phrase(words[at : at + n])))), (1, None)
        )
        if known:
            start, end = words[at][1], words[min(at + length, len(words)) - 1][2]
            said = Mention(known[0], known[1], text[start:end], _is_denied(text, words, at))
            found.setdefault(known[0], said)
        at += length
    return list(found.values())


def _phrase(words: list[tuple[str, int, int]]) -> str:
    return " ".join(word for word, _, _ in words)


def _is_denied(text: str, words: list[tuple[str, int, int]], at: int) -> bool:
    """A word of denial shortly before, in the same sentence."""
    for word, start, _end in reversed(words[max(at - LOOK_BACK, 0) : at]):
        if A_STOP.search(text[start : words[at][1]]):
            return False
        if word in NOT_THERE:
            return True
    return False


@lru_cache(maxsize=1)
def _phenotypes(_loaded_at: dt.datetime | None) -> dict[str, tuple[str, str]]:
    """Folded name, synonym, and their plain plurals, to code and name; kept per process until another release is loaded."""
    active = Concept.objects.of(System.HPO).active().filter(kind=Kind.PHENOTYPE)
    by_key = {pk: (code, name) for pk, code, name in active.values_list("pk", "code", "name")}
    texts = list(ConceptSynonym.objects.filter(concept__in=active).values_list("text", "concept_id"))
    names: dict[str, tuple[str, str]] = {}
    for text, pk in [*texts, *((name, pk) for pk, (_code, name) in by_key.items())]:
        folded = fold(text)
        if len(folded) >= SHORTEST_MENTION:
            names[folded] = names[f"{folded}s"] = by_key[pk]
    return names
