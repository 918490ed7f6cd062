"""What stands above and below in the loaded tree. Nothing when no tree is loaded: a code is then alone."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import QuerySet

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
    WITH said (code, who, place) AS ({said}),
    inside (root, code) AS (SELECT * FROM unnest(%s::text[], %s::text[]))
    SELECT root, place, count(*)
    FROM (SELECT DISTINCT coalesce(root, '') AS root, place, who FROM said LEFT JOIN inside USING (code)) AS once GROUP BY 1, 2
"""


def count_in_branches(roots: Iterable[str], said: QuerySet[Any, Any]) -> dict[tuple[str, str], int]:
    """How many people of each place name a code in the branch of each root, the root included; what stands in none of them
    counts under an empty root. ``said`` gives code, person and place, in this order. One query beside the tree's own."""
    sql, values = said.order_by().query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(COUNTED.format(said=sql), [*values, *_inside(_loaded_at(), tuple(roots))])
        return {(root, place): number for root, place, number in cursor.fetchall()}


@lru_cache(maxsize=16)
def _inside(loaded_at: dt.datetime | None, roots: tuple[str, ...]) -> tuple[str, str]:
    """Each root with each code of its branch, as two arrays of PostgreSQL: tens of thousands of codes, written once."""
    _up, down = _tree(loaded_at)
    pairs = [(root, code) for root in roots if root for code in _reached({root}, down)]
    first, second = (json.dumps([pair[n] for pair in pairs]) for n in (0, 1))
    return f"{{{first[1:-1]}}}", f"{{{second[1:-1]}}}"


@dataclass(frozen=True, slots=True)
class Node:
    """A place in the tree; ``inner`` says that there is something below it."""

    code: str
    name: str
    inner: bool


def below(code: str) -> list[Node]:
    """What stands right below a code; the heads of the tree for an empty one. Nothing when no tree is loaded."""
    up, down = _tree(_loaded_at())
    codes = down.get(code, []) if code else down.keys() - up.keys()
    rows = Concept.objects.of(System.ORPHA).active().filter(code__in=codes).order_by("search_name", "code")
    return [Node(own, name, own in down) for own, name in rows.values_list("code", "name")]
