"""Frozen lines as their readers need them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from helpdesk.kpis.catalogue import FIGURES, Figure, Part
from helpdesk.models import KpiCorrection, MonthlyKpi
from outcomes.queries.small_cells import LEAST

Value = float | int | None


@dataclass(frozen=True)
class Period:
    """A month, a quarter or a year by its name: "2020-10", "2020-Q4", "2020"."""

    name: str
    months: tuple[dt.date, ...]

    @property
    def whole_year(self) -> bool:
        return len(self.months) == 12


def period_of(name: str) -> Period | None:
    """``None`` for anything else."""
    match = re.fullmatch(r"([12]\d{3})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?", name, re.ASCII)
    if match is None:
        return None
    year, quarter, month = (int(part) if part else 0 for part in match.groups())
    first, many = (month, 1) if month else (3 * quarter - 2, 3) if quarter else (1, 12)
    return Period(name, tuple(dt.date(year, number, 1) for number in range(first, first + many)))


@dataclass(frozen=True)
class Sum:
    """One place's figures over a period."""

    line: MonthlyKpi
    months: int
    figures: dict[str, Value]


def rows_for(user: Any, months: tuple[dt.date, ...]) -> list[MonthlyKpi]:
    """The lines of these months that the person sees, each with its corrections; constant queries."""
    rows = MonthlyKpi.objects.visible_to(user).filter(month__in=months)
    late = Prefetch("corrections", KpiCorrection.objects.order_by("found_at", "pk"))
    return list(rows.select_related("network", "group__network", "centre").prefetch_related(late))


def corrected(line: MonthlyKpi) -> dict[str, Value]:
    """The frozen figures with the newest corrections in their place."""
    return line.frozen() | {late.figure: late.now for late in line.corrections.all()}


def sums_for(user: Any, period: Period) -> list[Sum]:
    """One row for each place, in the order of the page. What months add up to is added up, corrections included; of the rest
    the last frozen month of the period counts."""
    places: dict[tuple[Any, ...], list[MonthlyKpi]] = {}
    for row in rows_for(user, period.months):
        places.setdefault((row.network_id, row.group_id, row.centre_id, row.country), []).append(row)
    return [sum_of(sorted(rows, key=lambda row: row.month), period) for rows in places.values()]


def sum_of(rows: list[MonthlyKpi], period: Period) -> Sum:
    each: list[dict[str, Value]] = [corrected(row) for row in rows]
    found: dict[str, Value] = {}
    for figure in FIGURES:
        values = [one.get(figure.name) for one in each]
        found[figure.name] = sum(value or 0 for value in values) if figure.adds else values[-1]
        if figure.whole and not rows[-1].is_whole:
            found[figure.name] = None
    return Sum(rows[-1], len(rows), guarded(found, rows[-1], period))


def guarded(figures: dict[str, Value], line: MonthlyKpi, period: Period) -> dict[str, Value]:
    """Figures about patients are given for a whole network and a whole year, and none of a family where one is small: no
    difference between two tables then tells of a few people."""
    about = [figure.name for figure in FIGURES if figure.patients]
    families: dict[str, list[str]] = {}
    for name in about:
        families.setdefault(name.partition("_")[0], []).append(name)
    hidden = {
        name
        for names in families.values()
        if not (line.is_whole and period.whole_year) or any(0 < (figures[one] or 0) < LEAST for one in names)
        for name in names
    }
    return {name: None if name in hidden else value for name, value in figures.items()}


@dataclass(frozen=True)
class Shown:
    """A figure of a month's page: as frozen, and what it is by rows that came late."""

    figure: Figure
    value: Value
    late: KpiCorrection | None


def parts_of(line: MonthlyKpi) -> list[tuple[str, list[Shown]]]:
    """Everything of one line by part; of figures about patients, which are given by the year, nothing."""
    frozen, late = line.frozen(), {row.figure: row for row in line.corrections.all()}
    here = [figure for figure in FIGURES if not figure.patients and (line.is_whole or not figure.whole)]
    shown = [Shown(f, frozen.get(f.name), late.get(f.name)) for f in here]
    always = {Part.PEOPLE}
    counted = [
        one for one in shown if one.value is not None or one.figure.adds or one.late or one.figure.part in always
    ]
    return [(str(part), rows) for part in Part if (rows := [one for one in counted if one.figure.part == part])]
