"""A thematic group's own ranges: which hold for a sample, where they stand before the shipped defaults, and what a group has set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q

from cpms import clock
from cpms.accounts.models import ThematicGroup
from cpms.patients.states import counted
from cpms.terminology import catalogue
from cpms.terminology.catalogue import Analyte, Interval
from panels.cases.ages import MONTH_DAYS, OLDEST, YEAR_DAYS, Moment
from panels.cases.models import Case, GroupRange
from panels.cases.states import RangeSex

ALL_AGES = OLDEST + 1  # days; the end of a span without an upper age, as in the shipped file
SIZES = {"year": YEAR_DAYS, "month": MONTH_DAYS, "day": 1}


@dataclass(frozen=True)
class OwnRanges:
    """The rows that hold for a case: of its group and, behind it, of the main group. ``entered``: the day that counts for a
    result which names no day."""

    rows: tuple[GroupRange, ...]
    entered: dt.date

    def over(self, analyte: Analyte, sex: str, moment: Moment | None) -> Analyte:
        """The analyte with the intervals for this sex on the sample's day. An own one cuts its ages out of what stands behind it."""
        mine = [row for row in self.rows if row.analyte == analyte.key]
        if not mine:
            return analyte
        dated = moment is not None and not moment.is_age
        day = dt.date.fromordinal(moment.last) if dated and moment else self.entered
        found: list[Interval] = []
        for near in (True, False):
            layer = [row for row in mine if (row.group.parent_id is not None) == near]
            found += left_of(map(interval_of, in_force(layer, day)), sex, found)
        return replace(analyte, intervals=(*found, *left_of(analyte.intervals, sex, found)))


def ranges_of(case: Case) -> OwnRanges:
    """Asked once for a case: those of the group of its latest panel."""
    if "ranges" not in vars(case):
        newest = case.panels.order_by("-drafted_at").values("group")[:1]
        case.ranges = OwnRanges(with_main(newest), case.made_at.date())
    found: OwnRanges = case.ranges
    return found


def ranges_for_form(form: Any) -> OwnRanges:
    """Those of the group that a form belongs to and of its main group, in force today; none for a form for every case."""
    mine = ThematicGroup.objects.filter(network__code=form.network, number=form.number).values("pk")
    return OwnRanges(with_main(mine) if form.network else (), clock.today())


def with_main(groups: Any) -> tuple[GroupRange, ...]:
    """The rows of these groups and of the main groups of those that are sub-groups. ``groups`` is a query of keys."""
    main = ThematicGroup.objects.filter(subgroups__in=groups).values("pk")
    return tuple(GroupRange.objects.filter(Q(group__in=groups) | Q(group__in=main)).select_related("group"))


def in_force(rows: Iterable[GroupRange], day: dt.date | None) -> list[GroupRange]:
    """Of each band the row confirmed last that holds for a sample of the day, unless it ends the band. Without a day: for a
    sample older than any day that a row names."""
    latest: dict[Any, GroupRange] = {}
    for row in sorted(rows, key=lambda row: (row.confirmed_at, row.pk or 0)):
        if row.since is None or (day is not None and row.since <= day):
            latest[row.band] = row
    return sorted((row for row in latest.values() if not row.is_end), key=lambda row: row.band)


def interval_of(row: GroupRange) -> Interval:
    return Interval(
        sex=row.sex,
        age_from=row.age_from,
        age_to=row.age_to,
        condition=row.condition,
        low=row.low,
        high=row.high,
        unit=row.unit,
        quality="",
        source=row.source,
        address=row.address,
        note="",
        confirmed=row.named,
    )


def left_of(intervals: Iterable[Interval], sex: str, before: Sequence[Interval]) -> list[Interval]:
    """What is left of the intervals of this sex at ages for which nothing before them says something under the same condition."""
    left = []
    for one in intervals:
        spans = [(one.age_from, one.age_to)] if one.sex in {RangeSex.ANY, sex} else []
        for other in before:
            if other.condition.casefold() == one.condition.casefold():
                spans = [piece for span in spans for piece in without(span, other.age_from, other.age_to)]
        left += [replace(one, age_from=start, age_to=end) for start, end in spans]
    return left


def without(span: tuple[int, int], start: int, end: int) -> list[tuple[int, int]]:
    """The span before ``start`` and from ``end`` on."""
    pieces = (span[0], min(span[1], start)), (max(span[0], end), span[1])
    return [piece for piece in pieces if piece[0] < piece[1]]


def overlapping(rows: Sequence[GroupRange], new: GroupRange) -> GroupRange | None:
    """A band of other ages or another sex that meets the new one's, under the same condition, on a day for which both would hold."""
    for day in turning_days(rows, new.since):
        for row in in_force(rows, day):
            sexes = RangeSex.ANY in {row.sex, new.sex} or row.sex == new.sex
            ages = row.age_from < new.age_to and new.age_from < row.age_to
            if sexes and ages and row.band != new.band and row.band[0] == new.band[0]:
                return row
    return None


def turning_days(rows: Iterable[GroupRange], since: dt.date | None) -> list[dt.date | None]:
    """``since``, and each later day from which one of the rows holds: on no other day anything changes."""
    return [since, *sorted({row.since for row in rows if row.since and (since is None or row.since > since)})]


def taken_over(rows: Iterable[GroupRange], new: GroupRange) -> list[GroupRange]:
    """The rows of the same sex, ages and condition that hold on the new one's first day or from a later one on: it takes the
    place of each of them."""
    same = [row for row in rows if row.band == new.band]
    found = {row.pk: row for day in turning_days(same, new.since) for row in in_force(same, day)}
    return list(found.values())


def history_of(group: ThematicGroup, analyte: str) -> list[GroupRange]:
    """Everything that the group ever confirmed, set or ended, the first first."""
    return list(GroupRange.objects.filter(group=group, analyte=analyte).select_related("group", "confirmed_by"))


def tests_of(group: ThematicGroup) -> list[tuple[Analyte, int, int]]:
    """Each analyte with the number of its defaults, and of the group's own ranges for a sample of today; one query."""
    rows: dict[str, list[GroupRange]] = {}
    for row in GroupRange.objects.filter(group=group):
        rows.setdefault(row.analyte, []).append(row)
    today = clock.today()
    everything = catalogue.analytes().values()
    return [(one, len(one.intervals), len(in_force(rows.get(one.key, ()), today))) for one in everything]


def age_parts(days: int) -> tuple[int, str]:
    """An age as a number of years, months or days: the largest unit that says it exactly."""
    for unit, size in SIZES.items():
        number = round(days / size)
        if days and int(number * size) == days:
            return number, unit
    return days, "day"


def ages_in_words(age_from: int, age_to: int) -> str:
    """``1 year to under 6 years``, ``from 18 years``, ``all ages``."""
    first, last = (counted(*age_parts(days)) for days in (age_from, age_to))
    if age_to >= ALL_AGES:
        return f"from {first}" if age_from else "all ages"
    return f"{first} to under {last}" if age_from else f"under {last}"
