"""A quarter or a year of one network: its months together, and which of its figures are hidden."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from helpdesk.kpis.catalogue import FIGURES
from helpdesk.kpis.few import (
    EVERYWHERE,
    Hidden,
    Table,
    corrected,
    not_counted,
    place_of,
    rests,
    sums_of,
    sums_over,
    too_few,
    too_few_in,
)
from helpdesk.kpis.figure import Over
from helpdesk.kpis.places import Counts, Found, Place, in_order
from helpdesk.models import MonthlyKpi
from outcomes.queries.small_cells import Adds

Months = Mapping[dt.date, Collection[MonthlyKpi]]
Span = tuple[dt.date, ...]
"""The months of a month, a quarter or a year."""
Cell = tuple[Span, Place]
OF = {over: [figure.name for figure in FIGURES if figure.over == over] for over in Over}
ANEW = [figure.name for figure in FIGURES if figure.anew]
SUMMED = [figure.name for figure in FIGURES if figure.few and (figure.adds or figure.anew)]
"""What is hidden as if months added up: of patients who come again they say no more than that."""
STANDING = [figure.name for figure in FIGURES if figure.few and figure.over == Over.LAST]


def added_up(rows: Sequence[MonthlyKpi], *, longer: bool) -> Found:
    """One place over its months, the earliest first, corrections included. In a ``longer`` period waits are left out, as
    they do not follow from those of the months. What stands in the network's line alone is left out of the others."""
    each = [corrected(line) for line in rows]
    found: Found = {name: each[-1].get(name) for name in (*OF[Over.LAST], *OF[Over.DAYS])}
    found |= {name: sum(one.get(name) or 0 for one in each) for name in OF[Over.SUM]}
    found |= {name: found[name] or 0 for name in (*ANEW, *STANDING)}
    found |= {name: of_round(each).get(name) for name in OF[Over.ROUND]}
    if longer:
        found |= dict.fromkeys(OF[Over.DAYS])
    return found if rows[-1].is_whole else {name: found[name] for name in EVERYWHERE}


def of_round(each: Sequence[Found]) -> Found:
    """The month of the last round of the survey, or the last month."""
    asked = [one for one in each if any(name in one for name in OF[Over.ROUND])]
    return (asked or each)[-1]


def by_place(months: Months) -> dict[Place, list[MonthlyKpi]]:
    """The lines of a period by what they are of, each the earliest first."""
    found: dict[Place, list[MonthlyKpi]] = {}
    for month in sorted(months):
        for line in months[month]:
            found.setdefault(place_of(line), []).append(line)
    return {place: found[place] for place in sorted(found, key=in_order)}


class Hiding:
    """What is hidden of one network. A month is decided by itself, a quarter when its months are known, and a year last: no
    month or quarter that is hidden follows from all files together. ``patients`` are those of each longer period, by the months
    of it that are frozen, where they are known; without them months are added up."""

    def __init__(self, months: Months, patients: Mapping[Span, Counts] | None = None) -> None:
        self.months, self.patients = months, patients or {}
        self.each = {day: too_few_in(lines) for day, lines in months.items()}
        self.missing = {day: not_counted(lines) for day, lines in months.items()}
        self.values = {line.pk: corrected(line) for lines in months.values() for line in lines}

    def over(self, wanted: Span) -> dict[str, set[Place]]:
        """Of the sums over ``wanted``. Until its last month is frozen, nothing below the network is shown: the next file
        would give the difference."""
        if len(wanted) == 1:
            return self.each[wanted[0]]
        rows = by_place({day: self.months[day] for day in wanted if day in self.months})
        if wanted[-1] not in self.months:
            below = {place for place in rows if place != Place(place.network)}
            return {figure.name: below for figure in FIGURES if figure.few or figure.base}
        thirds = [wanted[n : n + 3] for n in range(0, len(wanted), 3)] if len(wanted) > 3 else []
        shorter = {span: self.over(span) for span in thirds if any(day in self.months for day in span)}
        found = self.summed(wanted, rows, shorter)
        last = self.each[wanted[-1]]
        found |= {name: last[name] for name in STANDING}
        return found | {figure.name: found[figure.base] for figure in FIGURES if figure.base and not figure.few}

    def summed(
        self, wanted: Span, rows: Mapping[Place, Sequence[MonthlyKpi]], shorter: Mapping[Span, Hidden]
    ) -> dict[str, set[Place]]:
        """Of what is added up, with all shorter periods beside it, about which nothing can be changed any more. Where one
        month is hidden of a hospital that stood in two countries, so is the period, in both: what it had in either would follow."""
        sums: dict[Span, list[Adds[Place]]] = {
            (day,): sums_of(self.months[day]) for day in sorted(self.months) if day in wanted
        }
        spans = [*sums, *shorter, wanted]
        cells = {name: self.cells(name, spans, rows, sums) for name in SUMMED}
        stood = {(place, line.stands_in) for place, lines in rows.items() for line in lines}
        moved = {place for place, lines in rows.items() if len({line.stands_in for line in lines}) > 1}
        table = Table(cells, [over(span, one) for span, each in sums.items() for one in each])
        table.follows = [over(wanted, one) for one in sums_over(stood)]
        for name in SUMMED:
            every = [place for span, place in cells[name] if span == wanted]
            dark: set[Cell] = {(span, place) for span in sums for place in self.each[span[0]][name]}
            dark |= {(span, place) for span, hidden in shorter.items() for place in hidden[name]}
            some = {place for _span, place in dark}
            table.also[name] = dark | {(wanted, place) for place in moved & some}
            table.fixed[name] = {(span, place) for span, place in cells[name] if span != wanted or place not in some}
            table.more[name] = [
                one for place in every if place in some for one in in_time(wanted, place, shorter, dark, cells[name])
            ]
            table.broad[name] = {(wanted, place) for place in rows if place == Place(place.network)} - {
                (wanted, place) for place in some
            }
        hidden = too_few(table)
        return {name: {place for span, place in hidden[name] if span == wanted} for name in hidden}

    def cells(
        self,
        name: str,
        spans: Sequence[Span],
        rows: Mapping[Place, Sequence[MonthlyKpi]],
        sums: Mapping[Span, Sequence[Adds[Place]]],
    ) -> dict[Cell, int]:
        """One figure of each place, and of each rest, in each of these periods of which it has a month."""
        found: dict[Cell, int] = {}
        for place, known in self.by_month(name, rows, sums).items():
            for span in spans:
                if months := [known[day] for day in span if day in known]:
                    found[span, place] = sum(months)
        for span in spans:
            anew = self.patients.get(self.frozen(span)) if name in ANEW and len(span) > 1 else None
            for place in rows if anew else ():
                if anew and (span, place) in found:
                    found[span, place] = int(anew.get(place, {}).get(name) or 0)
        return found

    def by_month(
        self, name: str, rows: Mapping[Place, Sequence[MonthlyKpi]], sums: Mapping[Span, Sequence[Adds[Place]]]
    ) -> dict[Place, dict[dt.date, int]]:
        counts: dict[Place, dict[dt.date, int]] = defaultdict(dict)
        for place, lines in rows.items():
            counts[place] = {line.month: int(self.values[line.pk].get(name) or 0) for line in lines}
        for (day,), each in sums.items():
            here = {place: known[day] for place, known in counts.items() if day in known}
            for place, count in rests(here, each).items():
                counts[place][day] = count
        return counts

    def frozen(self, span: Span) -> Span:
        """The months of it that are."""
        return tuple(day for day in span if day in self.months)


def over(span: Span, one: Adds[Place]) -> Adds[Cell]:
    return Adds((span, one.whole), [(span, part) for part in one.parts])


def in_time(
    wanted: Span, place: Place, shorter: Iterable[Span], dark: Collection[Cell], values: Collection[Cell]
) -> Iterator[Adds[Cell]]:
    """How one place adds up over the months: by quarters that are shown, and by the months of those that are not."""
    parts: list[Cell] = []
    for span in shorter or [wanted]:
        months: list[Cell] = [((day,), place) for day in span if ((day,), place) in values]
        if (span, place) in dark or span == wanted:
            parts += months
        elif months:
            parts.append((span, place))
            yield Adds((span, place), months)
    yield Adds((wanted, place), parts)
