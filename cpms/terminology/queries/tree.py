"""What stands above and below in the loaded tree. Nothing when no tree is loaded: a code is then alone."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from cpms.terminology.models import Concept, ConceptEdge, Terminology
from cpms.terminology.states import System

Steps = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Relatives:
    """The codes ``above``: what some conditions are a kind of; and ``below``: what is a kind of them. Never they themselves."""

    above: set[str]
    below: set[str]


def relatives_of(codes: Iterable[str]) -> Relatives:
    """What stands above and below these conditions in the loaded tree."""
    wanted = set(codes)
    up, down = _tree(_loaded_at())
    return Relatives(_reached(wanted, up) - wanted, _reached(wanted, down) - wanted)


def _reached(start: set[str], steps: Steps) -> set[str]:
    found, ahead = set(start), list(start)
    while ahead:
        for code in steps.get(ahead.pop(), ()):
            if code not in found:
                found.add(code)
                ahead.append(code)
    return found


def _loaded_at() -> dt.datetime | None:
    return Terminology.objects.filter(system=System.ORPHA).values_list("loaded_at", flat=True).first()


@lru_cache(maxsize=1)
def _tree(_loaded_at: dt.datetime | None) -> tuple[Steps, Steps]:
    """The codes right above and right below each condition; kept per process until another release is loaded."""
    up: dict[str, list[str]] = defaultdict(list)
    down: dict[str, list[str]] = defaultdict(list)
    edges = ConceptEdge.objects.filter(child__terminology=System.ORPHA)
    for parent, child in edges.values_list("parent__code", "child__code"):
        up[child].append(parent)
        down[parent].append(child)
    return dict(up), dict(down)


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
