"""Frozen lines as their readers need them: with what is about few hidden."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, QuerySet

from helpdesk.kpis.catalogue import FIGURES
from helpdesk.kpis.few import NAMES, SIGN, Hidden, exact_centres, place_of
from helpdesk.kpis.figure import Figure, Part
from helpdesk.kpis.kept import Decided, months_kept
from helpdesk.kpis.late import Lacking, Late, came_late, lacking
from helpdesk.kpis.longer import ANEW, Hiding, Span, added_up, by_place
from helpdesk.kpis.panels import patients_over
from helpdesk.kpis.places import Counts, Found, nothing
from helpdesk.kpis.waits import NUMBER, PANEL_WAITS, TICKET_WAITS, waits_over
from helpdesk.models import KpiCorrection, MonthlyKpi
from outcomes.queries.small_cells import LEAST

Value = float | int | str | None
"""``SIGN`` where it is hidden, nothing where it has no meaning or is not given."""
QUESTIONS = {
    question: [figure.name for figure in found]
    for question, found in groupby((f for f in FIGURES if f.patients), key=lambda f: f.name.partition("_")[0])
}
"""What is asked about patients, with the figure of each answer."""
IN_ORDER = (
    "month",
    F("centre__name").asc(nulls_first=True),
    F("group__number").asc(nulls_first=True),
    "country",
    "pk",
)
BUNCH = 500
"""So many lines are fetched at once."""


@dataclass(frozen=True)
class Period:
    """A month, a quarter or a year by its name: "2020-10", "2020-Q4", "2020"."""

    name: str
    months: tuple[dt.date, ...]

    @property
    def words(self) -> str:
        """ "October 2020", "Quarter 4 of 2020", "2020"."""
        if not self.longer:
            return f"{self.months[0]:%B %Y}"
        return self.name if self.whole_year else f"Quarter {self.name[-1]} of {self.name[:4]}"

    @property
    def longer(self) -> bool:
        """Than a month."""
        return len(self.months) > 1

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
    """One place's figures over a period. What is ``lacking`` is left out: a part of the months is not the sum of them all."""

    line: MonthlyKpi
    months: int
    figures: dict[str, Value]
    late: list[Late]
    lacking: list[Lacking]


def with_corrections(rows: QuerySet[MonthlyKpi]) -> QuerySet[MonthlyKpi]:
    late = Prefetch("corrections", KpiCorrection.objects.order_by("found_at", "pk"))
    return rows.select_related("network", "group__network", "centre").prefetch_related(late)


def sums_for(user: Any, period: Period) -> Iterator[Sum]:
    """One row for each place that the person sees, network by network, each in the order of the page.

    What is hidden does not depend on who reads, so every line of a network is looked at; those of one network are in
    memory at a time. The number of queries grows with the bunches in which rows are fetched, not with networks.
    """
    seen, own = MonthlyKpi.objects.visible_to(user).filter(month__in=period.months), exact_centres(user)
    rows = with_corrections(MonthlyKpi.objects.filter(month__in=period.months, network__in=networks_in(seen)))
    rows = rows.annotate(seen=Exists(seen.filter(pk=OuterRef("pk")))).order_by("network__code", "network", *IN_ORDER)
    took: dict[Span, Anew] = {}
    for _network, lines in groupby(rows.iterator(chunk_size=BUNCH), key=lambda line: line.network_id):
        months: dict[dt.date, list[MonthlyKpi]] = defaultdict(list)
        for line in lines:
            months[line.month].append(line)
        frozen = tuple(sorted(months))
        if frozen not in took:
            took[frozen] = anew(period, frozen)
        hiding = Hiding(months, took[frozen].patients)
        whole = Whole(period, hiding, hiding.over(period.months), took[frozen])
        for each in by_place(months).values():
            if any(line.seen for line in each):  # type: ignore[attr-defined]  # annotated above
                yield whole.sum_of(each, exact=each[-1].centre_id in own)


@dataclass(frozen=True)
class Anew:
    """What does not follow from months: how long things took over the period, and the patients of it and of its quarters, by
    the months of each that are frozen."""

    waits: Counts
    patients: Mapping[Span, Counts]


def anew(period: Period, frozen: Span) -> Anew:
    """Nothing for a month. Fifteen queries otherwise."""
    if not period.longer:
        return Anew(nothing(), {})
    spans = [period.months, *(period.months[n : n + 3] for n in range(0, len(period.months), 3))]
    there = {tuple(day for day in span if day in frozen) for span in spans} - {()}
    return Anew(waits_over(frozen), patients_over(sorted(there)))


@dataclass(frozen=True)
class Whole:
    """A network over a period: what is hidden of it, and what was counted anew."""

    period: Period
    hiding: Hiding
    hidden: Hidden
    took: Anew

    def sum_of(self, rows: list[MonthlyKpi], *, exact: bool) -> Sum:
        """One of its places, the earliest month first; nothing is hidden where it is ``exact``."""
        line, hidden, hiding = rows[-1], {} if exact else self.hidden, None if exact else self.hiding
        found = dict.fromkeys(NAMES) | guarded(added_up(rows, longer=self.period.longer), line, self.period)
        if self.period.longer:
            place = place_of(line)
            patients = self.took.patients[tuple(sorted(self.hiding.months))].get(place, {})
            found |= waited(self.took.waits.get(place, {}), exact=exact) | {one: patients.get(one) or 0 for one in ANEW}
        found |= dict.fromkeys(dark(line, hidden), SIGN)
        without = lacking(rows, self.hiding.missing)
        lacks = [one for one in without if found[one.figure.name] is not None]
        found |= dict.fromkeys(one.figure.name for one in without)
        return Sum(line, len(rows), found, came_late(rows, found, hiding), lacks)


def waited(took: Found, *, exact: bool) -> dict[str, Value]:
    """The waits of a longer period, as they are counted when it is asked for; of fewer than five panels they are hidden."""
    found: dict[str, Value] = {}
    for wait in (*PANEL_WAITS, *TICKET_WAITS):
        few = wait in PANEL_WAITS and not exact and 0 < (took.get(wait.name + NUMBER) or 0) < LEAST
        found |= {f"{wait.name}_{part}": SIGN if few else took.get(f"{wait.name}_{part}") for part in ("median", "p90")}
    return found


def networks_in(rows: QuerySet[MonthlyKpi]) -> QuerySet[MonthlyKpi, Any]:
    return rows.order_by().values("network")


def seen_by(user: Any, period: Period) -> list[Any]:
    """The places that the person sees, and those of them that they see exactly."""
    seen = MonthlyKpi.objects.visible_to(user).filter(month__in=period.months).order_by()
    keys = ("network", "group", "centre", "country")
    places = sorted(seen.values_list(*keys).distinct(), key=str)
    return [places, sorted(exact_centres(user))] if places else []


def places_for(user: Any, period: Period) -> int:
    """How many rows ``sums_for`` gives."""
    seen = MonthlyKpi.objects.visible_to(user).filter(month__in=period.months).order_by()
    return seen.values("network", "group", "centre", "country").distinct().count()


def dark(line: MonthlyKpi, hidden: Hidden) -> list[str]:
    """The figures that are hidden in this line."""
    place = place_of(line)
    return [name for name, places in hidden.items() if place in places]


def guarded(figures: Found, line: MonthlyKpi, period: Period) -> dict[str, Value]:
    """What is said of patients is given for a whole network and a whole year that is over, and none of a question where one
    answer is small: no difference between two tables then tells of a few people."""
    over = line.is_whole and period.whole_year and line.month == period.months[-1]
    found: dict[str, Value] = dict(figures)
    for names in QUESTIONS.values():
        if not over:
            found |= dict.fromkeys(names)
        elif any(0 < (figures[one] or 0) < LEAST for one in names):
            found |= dict.fromkeys(names, SIGN)
    return found


@dataclass(frozen=True)
class Shown:
    """A figure of a month's page: as frozen (``None`` where it was none yet), and what it is by rows that came late."""

    figure: Figure
    value: Value
    late: KpiCorrection | None


@dataclass(frozen=True)
class Row:
    """A line of a month with those of its four columns that may be shown."""

    line: MonthlyKpi
    columns: dict[str, Value]


@dataclass(frozen=True)
class Table:
    """A month as its reader sees it: lines, and what each network's month hides. ``exact`` are the centres of which nothing is
    hidden from them."""

    lines: list[MonthlyKpi]
    months: dict[int, Decided]
    exact: frozenset[int]

    def dark(self, line: MonthlyKpi) -> frozenset[str]:
        """The figures that are hidden in this line from this reader."""
        return frozenset() if line.centre_id in self.exact else self.months[line.network_id].dark(line.pk)

    @property
    def rows(self) -> list[Row]:
        return [Row(line, self.columns(line)) for line in self.lines]

    def columns(self, line: MonthlyKpi) -> dict[str, Value]:
        hidden = self.dark(line)
        return {name: SIGN if name in hidden else getattr(line, name) for name in MonthlyKpi.COLUMNS}


def table_of(user: Any, month: dt.date, wanted: Collection[int] | None = None) -> Table:
    """The lines of one month that the person sees, or those of these keys; constant queries. The lines come first: what is hidden
    is never decided without what came late to them."""
    seen = MonthlyKpi.objects.visible_to(user).filter(month=month)
    lines = list(with_corrections(seen if wanted is None else seen.filter(pk__in=wanted)))
    return Table(lines, months_kept(month, {line.network_id for line in lines}), exact_centres(user))


def parts_of(line: MonthlyKpi, table: Table) -> list[tuple[str, list[Shown]]]:
    """Everything of one line by part; of figures about patients, which are given by the year, nothing."""
    kept, missing = table.dark(line), table.months[line.network_id].missing
    frozen, late = line.frozen(), {row.figure: row for row in line.corrections.all()}
    here = [figure for figure in FIGURES if not figure.patients and (line.is_whole or not figure.whole)]
    always = {Part.PEOPLE}
    given = [f for f in here if f.name in frozen or f.name in late or f.adds or f.anew or f.part in always]
    counted = [
        Shown(f, SIGN, None) if f.name in kept else Shown(f, frozen.get(f.name, 0), late.get(f.name)) for f in given
    ]
    counted = [Shown(one.figure, None, None) if one.figure.name in missing else one for one in counted]
    return [(str(part), rows) for part in Part if (rows := [one for one in counted if one.figure.part == part])]
