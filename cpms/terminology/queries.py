"""Names, search and acknowledgements."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import Case, Exists, IntegerField, OuterRef, QuerySet, Value, When
from django.db.models.functions import Length
from rapidfuzz import fuzz, process

from cpms.terminology.folding import fold
from cpms.terminology.models import Concept, ConceptEdge, ConceptSynonym, Terminology
from cpms.terminology.states import Kind, System

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


def _folded_words(text: str) -> str:
    return " ".join(fold(text[:200]).split()[:MAX_WORDS])


def _meant(system: str, folded: str, *kinds: str) -> QuerySet[Concept]:
    if len(folded) < SHORTEST:
        return Concept.objects.none()
    wanted = kinds or [Kind.PHENOTYPE if system == System.HPO else Kind.DISEASE]
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


def search_conditions(text: str, limit: int = 5) -> list[Hit]:
    """Diseases and groups of diseases: by their names and synonyms, and when no name holds the words, by likeness."""
    folded = _folded_words(text)
    rows = _meant(System.ORPHA, folded, Kind.DISEASE, Kind.GROUP)
    best = list(
        rows.order_by(Case(When(kind=Kind.DISEASE, then=Value(0)), default=Value(1)), *rows.query.order_by)[:limit]
    )
    diseases = [row for row in best if row.kind == Kind.DISEASE]
    return _hits(diseases or best, folded.split()) or alike(text, limit)


def alike(text: str, limit: int) -> list[Hit]:
    """Conditions whose name or synonym holds something most like the text; none below ``LIKE_ENOUGH``.

    A name much shorter than the text is left out ("N syndrome" lies in every syndrome); of equals the shorter stand first.
    """
    folded = fold(text[:200])
    if len(folded) < SHORTEST_GUESS:
        return []
    version = Terminology.objects.filter(system=System.ORPHA).values_list("loaded_at", flat=True).first()
    texts, names = _all_names(version)
    long_enough = bisect_left(texts, 0.8 * len(folded), key=len)
    near = process.extract(folded, texts[long_enough:], scorer=fuzz.partial_ratio, limit=NEAR, score_cutoff=LIKE_ENOUGH)
    best: dict[int, str] = {}
    for _name, _score, place in sorted(near, key=lambda hit: -(0.7 * hit[1] + 0.3 * fuzz.ratio(folded, hit[0]))):
        best.setdefault(*names[long_enough + place])
    rows = Concept.objects.in_bulk(list(best)[:limit])
    return [Hit(rows[pk].terminology_id, rows[pk].code, rows[pk].name, best[pk]) for pk in best if pk in rows]


@lru_cache(maxsize=1)
def _all_names(_loaded_at: dt.datetime | None) -> tuple[list[str], list[tuple[int, str]]]:
    """Every folded name of an active condition, the shortest first, and (concept, synonym or nothing) in the same places; kept
    per process until another release is loaded."""
    active = Concept.objects.of(System.ORPHA).active()
    names = [(name, pk, "") for pk, name in active.values_list("pk", "search_name")]
    synonyms = ConceptSynonym.objects.filter(concept__in=active).values_list("text", "concept_id")
    every = sorted([*names, *((fold(text), pk, text) for text, pk in synonyms)], key=lambda entry: len(entry[0]))
    return [name for name, _pk, _text in every], [(pk, text) for _name, pk, text in every]


FAMILY = """
    WITH RECURSIVE start AS (SELECT id FROM {concept} WHERE system = %s AND code = ANY(%s)),
    up AS (SELECT id FROM start UNION SELECT e.parent_id FROM {edge} e JOIN up ON e.child_id = up.id),
    down AS (SELECT id FROM start UNION SELECT e.child_id FROM {edge} e JOIN down ON e.parent_id = down.id)
    SELECT DISTINCT code FROM {concept} WHERE id IN (SELECT id FROM up UNION SELECT id FROM down)
"""


def relatives_of(codes: Iterable[str], system: str = System.ORPHA) -> list[str]:
    """What stands above or below these codes in the loaded tree, the codes included; only them when no tree is loaded."""
    wanted = list(codes)
    tables = {"concept": Concept._meta.db_table, "edge": ConceptEdge._meta.db_table}
    with connection.cursor() as cursor:
        cursor.execute(FAMILY.format(**tables), [str(system), wanted])
        return [code for (code,) in cursor.fetchall()]


COUNTED = """
    WITH RECURSIVE down (root, id) AS (
        SELECT id, id FROM {concept} WHERE system = %s AND code = ANY(%s)
        UNION SELECT down.root, e.child_id FROM {edge} e JOIN down ON e.parent_id = down.id),
    inside (root, code) AS (
        SELECT r.code, c.code FROM down JOIN {concept} r ON r.id = down.root JOIN {concept} c ON c.id = down.id),
    said (code, who, place) AS ({said})
    SELECT coalesce(root, ''), place, count(DISTINCT who) FROM said LEFT JOIN inside USING (code) GROUP BY 1, 2
"""


def count_in_branches(
    roots: Iterable[str], said: QuerySet[Any, Any], system: str = System.ORPHA
) -> dict[tuple[str, str], int]:
    """How many people of each place name a code in the branch of each root, the root included; what stands in none of them
    counts under an empty root. ``said`` gives code, person and place, in this order. One query."""
    sql, values = said.order_by().query.sql_with_params()
    text = COUNTED.format(concept=Concept._meta.db_table, edge=ConceptEdge._meta.db_table, said=sql)
    with connection.cursor() as cursor:
        cursor.execute(text, [str(system), list(roots), *values])
        return {(root, place): number for root, place, number in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class Node:
    """A place in the tree; ``inner`` says that there is something below it."""

    code: str
    name: str
    inner: bool


def below(code: str, system: str = System.ORPHA) -> list[Node]:
    """What stands right below a code; the heads of the tree for an empty one. Nothing when no tree is loaded."""
    rows = Concept.objects.of(system).active()
    deeper = ConceptEdge.objects.filter(parent=OuterRef("pk"))
    above = ConceptEdge.objects.filter(child=OuterRef("pk"))
    rows = rows.filter(edges_up__parent__code=code) if code else rows.filter(Exists(deeper), ~Exists(above))
    found = rows.annotate(inner=Exists(deeper)).order_by("search_name", "code").distinct()
    return [Node(*row) for row in found.values_list("code", "name", "inner")]


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
