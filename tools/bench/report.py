"""The report, and what breaks a budget."""

from __future__ import annotations

import os
import platform
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection

from cpms import clock
from cpms.terminology.models import Concept, ConceptEdge, ConceptSynonym
from cpms.terminology.states import System
from tools.bench.growing import GROWTHS
from tools.bench.listed import DIRECTORY_P95_MS, most_of
from tools.bench.measuring import JUDGED_AT_30, P95_MS, TURNS, Row
from tools.bench.others import Walk
from tools.bench.scale import Scale
from tools.local import places

FIRST_VISIT, LATER_VISIT = 200_000, 60_000
RULE = "|---|---|---|---|---|---|---|---|"
PACE = (
    "Pace: seconds of ten million additions just before or after the requests, the slower of both. A page over its budget is asked "
    f"in up to {TURNS} turns; the line shows the one in which the machine was fastest, whatever came out"
)
WHY_30 = (
    f"A page that is {JUDGED_AT_30.strip('()')}: no case and no outcome has 300 lines, and 30 are more than most have, so its "
    "budget is held against 30; its time with 300 stands behind the stroke. So are pages of which nothing else has 300 rows:"
)


@dataclass
class Measured:
    """All that one run found."""

    scale: Scale
    rows: list[Row]
    further: list[Row]
    walk: Walk
    filled: float
    first: int
    months: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)

    @property
    def heading(self) -> str:
        sizes = ", ".join(map(str, self.scale.sizes))
        return f"| page | rows that grow | queries at {sizes} rows | median ms | p95 ms | pace s | HTML kB | gzip kB |"

    @property
    def faults(self) -> list[str]:
        return [*broken([*self.rows, *self.further], self.first), *self.walk.faults, *self.late]


def nomenclature() -> str:
    """How much the search for experts looks through."""
    codes = Concept.objects.of(System.ORPHA).active()
    names = codes.count() + ConceptSynonym.objects.filter(concept__in=codes).count()
    links = ConceptEdge.objects.filter(child__in=codes).count()
    return f"{codes.count():,} conditions under {names:,} names, {links:,} links of their tree"


def line_of(row: Row) -> str:
    counts = ", ".join(map(str, row.queries))
    p95 = f"{row.p95:.1f}" + (f" / {row.at_most:.1f}" if row.at_most else "")
    figures = f"{counts} | {row.median:.1f} | {p95} | {row.pace:.2f} | {row.raw / 1000:.0f} | {row.packed / 1000:.1f}"
    return f"| {row.page} | {row.by or '–'} | {figures} |"


def machine() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = cursor.fetchone()[0]
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, PostgreSQL {server}"


def head_of(found: Measured) -> list[str]:
    scale = found.scale
    return [
        f"# What each page costs with {scale.panels:,} panels",
        "",
        "Written by `bin/bench`; no figure is typed by hand.",
        "",
        f"- {clock.now():%Y-%m-%d %H:%M} UTC, commit {places.commit()}, {machine()}",
        f"- {scale.panels:,} panels filled in {found.filled:.0f} s; {scale.rounds} requests a page through Django's test client, "
        "one process",
        f"- Terminology: {nomenclature()}",
        f"- Budgets: p95 at most {P95_MS:.0f} ms ({DIRECTORY_P95_MS:.0f} ms for the search for experts), the same queries for 3, 30 "
        f"and 300 rows, first visit {FIRST_VISIT // 1000} kB, later visit {LATER_VISIT // 1000} kB transferred",
        f"- {PACE}.",
        f"- Static files of a first visit: {found.first / 1000:.0f} kB compressed",
        f"- {WHY_30}",
        *(f"  - {growth.by}: {growth.few[0].lower()}{growth.few[1:]}" for growth in GROWTHS if growth.few),
        "- A page with a dash lists nothing of its own; its queries are one figure.",
    ]


def by_reason(left_out: dict[str, str]) -> Iterable[str]:
    """What is no page, by what was answered instead of one."""
    reasons: dict[str, list[str]] = defaultdict(list)
    for name, why in left_out.items():
        reasons[why].append(name)
    return (f"- {why}: {', '.join(names)}" for why, names in sorted(reasons.items()))


def text_of(found: Measured) -> str:
    others = (
        "Found by walking the addresses; the rows that a page lists grow, and a page whose list does not grow with them is a "
        f"fault. {found.scale.rounds_of_others} requests each, with the most rows."
    )
    lines = [*head_of(found), "", found.heading, RULE, *map(line_of, found.rows)]
    lines += ["", "## Every other page", "", others, "", found.heading, RULE, *map(line_of, found.further)]
    lines += ["", "No pages, by what they answered:", "", *by_reason(found.walk.left_out), "", *found.months]
    lines += ["", "## Over budget", "", *([f"- {fault}" for fault in found.faults] or ["Nothing."])]
    return "\n".join(lines) + "\n"


def broken(rows: list[Row], first: int) -> list[str]:
    """Pages that are slow, heavy, or ask more when they show more."""
    found = [f"{r.page}: p95 {r.p95:.0f} ms" for r in rows if r.p95 > most_of(r.page)]
    found += [f"{r.page}: queries {r.queries}" for r in rows if not r.constant]
    found += [f"{r.page}: {r.packed} bytes" for r in rows if r.packed > LATER_VISIT]
    heaviest = max((r.packed for r in rows), default=0)
    return found + ([f"first visit: {first} bytes"] if first + heaviest > FIRST_VISIT else [])
