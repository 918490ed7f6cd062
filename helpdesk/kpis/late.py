"""What came late: which figures of a file changed after they were frozen, which some months lack, and what a month holds with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import F

from helpdesk.kpis.catalogue import FIGURES
from helpdesk.kpis.few import SIGN, not_counted, place_of
from helpdesk.kpis.figure import Figure, Over
from helpdesk.kpis.longer import Hiding, of_round
from helpdesk.kpis.places import Found, Place
from helpdesk.models import KpiCorrection, MonthlyKpi


class Late(NamedTuple):
    """``was`` is what was frozen, added up over the period; ``None`` where it is not told."""

    figure: Figure
    was: float | None

    def __str__(self) -> str:
        return self.figure.words if self.was is None else f"{self.figure.words} ({self.was:g} as frozen)"


class Lacking(NamedTuple):
    """A figure that is not given, as months were frozen without it. ``since`` is the first of the others; ``None`` without any."""

    figure: Figure
    since: dt.date | None

    def __str__(self) -> str:
        return self.figure.words if self.since is None else f"{self.figure.words} (from {self.since:%B %Y} on)"


def lacking(rows: Sequence[MonthlyKpi], missing: Mapping[dt.date, Collection[str]]) -> list[Lacking]:
    """Of one place over its months, the earliest first; ``missing`` is what its network's months were frozen without. Asked are
    the months that a figure is made of."""
    somewhere: frozenset[str] = frozenset().union(*missing.values())
    found = []
    for figure in [one for one in FIGURES if one.name in somewhere] if somewhere else ():
        made_of = standing(rows, figure)
        without = [n for n, line in enumerate(made_of) if figure.name in missing[line.month]]
        if without:
            left = made_of[without[-1] + 1 :]
            found.append(Lacking(figure, left[0].month if left else None))
    return found


def came_late(rows: Sequence[MonthlyKpi], found: dict[str, Any], hiding: Hiding | None) -> list[Late]:
    """The corrected ones among the figures that are shown of a place. What was frozen is told where every month that was
    corrected is shown, and never of patients: it would tell of the one that came late."""
    late = {line.month: {one.figure for one in line.corrections.all()} for line in rows}
    if not any(late.values()):
        return []
    place, told = place_of(rows[-1]), []
    for figure in FIGURES:
        name, lines = figure.name, standing(rows, figure)
        changed = [line.month for line in lines if name in late[line.month]]
        if not changed or found[name] in (None, SIGN):
            continue
        shown = hiding is None or not any(place in hiding.each[day].get(name, ()) for day in changed)
        was = sum(line.frozen().get(name) or 0 for line in lines)
        if was != found[name]:
            told.append(Late(figure, was if shown and not figure.patients else None))
    return told


def standing(rows: Sequence[MonthlyKpi], figure: Figure) -> Sequence[MonthlyKpi]:
    """The months that a figure of the period is made of. Waits over several months are counted anew."""
    if figure.over == Over.SUM:
        return rows
    if figure.over == Over.DAYS:
        return rows if len(rows) == 1 else []
    asked = [line.frozen() for line in rows]
    return [rows[asked.index(of_round(asked))]] if figure.over == Over.ROUND else rows[-1:]


def known_of(month: dt.date) -> dict[Place, tuple[int, Found]]:
    """The key of each line of the month, and its figures with what came late in their place; two queries."""
    columns = MonthlyKpi.COLUMNS
    rows = MonthlyKpi.objects.filter(month=month).order_by().values_list("pk", "figures", *Place._fields, *columns)
    found = {key: (Place(*row[:4]), dict(zip(columns, row[4:], strict=True)) | figures) for key, figures, *row in rows}
    late = KpiCorrection.objects.filter(line__month=month).order_by("found_at", "pk")
    for key, name, now in late.values_list("line", "figure", "now"):
        found[key][1][name] = now
    return {place: (key, figures) for key, (place, figures) in found.items()}


def countries_changed(month: dt.date) -> set[Place]:
    """Of each network, the countries that one of its hospitals stood in when the month was frozen but not today, or the other
    way round; one query."""
    elsewhere = MonthlyKpi.objects.filter(month=month, centre__isnull=False).exclude(stands_in=F("centre__country"))
    rows = elsewhere.order_by().values_list("network", "stands_in", "centre__country")
    return {Place(network, country=country) for network, *both in rows for country in both}


def missing_in(month: dt.date) -> dict[int, frozenset[str]]:
    """What each network's month was frozen without; two queries."""
    wholes = MonthlyKpi.objects.filter(month=month, group=None, centre=None, country="").order_by()
    return {line.network_id: not_counted([line]) for line in wholes.prefetch_related("corrections")}
