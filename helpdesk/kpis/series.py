"""Frozen lines over time, with what came late in its place. The number of queries does not grow with the months."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Prefetch, Q, QuerySet, Sum

from cpms.accounts.models import Network, ThematicGroup
from helpdesk.kpis.few import corrected, exact_centres, not_counted, place_of
from helpdesk.kpis.kept import kept_by_month
from helpdesk.kpis.late import lacking
from helpdesk.kpis.periods import QUESTIONS, Period, guarded, period_of
from helpdesk.kpis.places import Found, Value
from helpdesk.models import KpiCorrection, MonthlyKpi
from outcomes.queries.small_cells import LEAST

Keys = dict[Any, int]
SAME_NIGHT = dt.timedelta(hours=12)
"""Months are frozen and corrected by one task; the next one comes a day later."""
DECEMBER = 12
START = dt.date.min
"""Before the first month."""
OPENED = "panels_opened"
ASKED = ("invited", "answered", "accepted", "advised")
CHARTED = ("registered", "active", OPENED, *ASKED, "first_replies", "panels_closed", "entered")


def exactly(count: int) -> int:
    return count


def fives(count: int) -> int:
    """To the nearest five: what is drawn of a group, a country or a centre."""
    return (count + 2) // 5 * 5


@dataclass(frozen=True)
class Month:
    """``hidden`` are the figures of which a reader must not learn this month, ``late`` those that rows corrected, ``missing``
    those that it was frozen without."""

    day: dt.date
    figures: dict[str, Value]
    near: Callable[[int], int] = exactly
    """How counts are drawn: as they are, or so that a small one is not told."""
    hidden: frozenset[str] = frozenset()
    late: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()

    def count(self, name: str) -> int:
        """Nought where it was not said; what is ``missing`` is no nought to be shown."""
        return int(self.figures.get(name) or 0)


@dataclass(frozen=True)
class Taken:
    """What the months of a chart come to. ``start`` is the first that has the figure where others before it lack it; there is no
    count where none has it."""

    count: int | None
    start: dt.date | None = None


def taken(every: Sequence[Month], name: str, months: Sequence[Month]) -> Taken:
    """A figure over ``months``, the last of all that are frozen, drawn as they are drawn."""
    lacking = [one.day for one in months if name in one.missing]
    there = [one.day for one in months if not lacking or one.day > lacking[-1]]
    if not there:
        return Taken(None)
    return Taken(months[-1].near(totals(every, name, there[0])[-1]), there[0] if lacking else None)


def totals(months: Iterable[Month], name: str, since: dt.date = START) -> list[int]:
    """What a figure comes to from ``since`` on, month by month; ``months`` begin with the first that is frozen.

    Hidden months are added two or more together, as soon as they come to five or more. Which these are does not depend on
    where a reader begins: nobody can aim at one of them.
    """
    total, held, found = 0, list[Month](), list[int]()
    for month in months:
        held.append(month)
        if name in month.hidden:
            dark = [one.count(name) for one in held if name in one.hidden]
            added = held if len(dark) > 1 and sum(dark) >= LEAST else []
        else:
            added = [held.pop()]
        if added and added[0].day >= since:
            total += sum(one.count(name) for one in added)
        held = [one for one in held if one not in added]
        if month.day >= since:
            found.append(total)
    return found


def months_of(user: Any, line: MonthlyKpi) -> list[Month]:
    """The frozen months of the line's place up to its own, the earliest first."""
    place = {name: getattr(line, name) for name in ("network_id", "group_id", "centre_id", "country")}
    rows = MonthlyKpi.objects.visible_to(user).filter(month__lte=line.month, **place).order_by("month")
    exact = line.is_whole or line.centre_id in exact_centres(user)
    kept = {} if exact else kept_by_month(line, CHARTED)
    late = Prefetch("corrections", KpiCorrection.objects.order_by("found_at", "pk"))
    found, rows = [], rows.prefetch_related(late)
    wholes = rows if line.is_whole else whole_lines(line).prefetch_related(late)
    missing = {row.month: not_counted([row]) for row in wholes}
    for row in rows:
        hidden = {name for name, places in kept.get(row.month, {}).items() if place_of(row) in places}
        changed = {one.figure for one in row.corrections.all()} - hidden
        near = exactly if exact else fives
        lacks = missing.get(row.month, frozenset())
        found.append(Month(row.month, corrected(row), near, frozenset(hidden), frozenset(changed), lacks))
    return found


def whole_lines(line: MonthlyKpi) -> QuerySet[MonthlyKpi]:
    """The months of its network up to its own: they say what was counted."""
    return MonthlyKpi.objects.filter(
        network=line.network_id, month__lte=line.month, group=None, centre=None, country=""
    )


@dataclass(frozen=True)
class Said:
    """What was said of a network's patients in a year: as its file gives it, and which of it rows ``changed`` after it was frozen."""

    year: Period
    figures: dict[str, Any]
    changed: frozenset[str]


def said_of(line: MonthlyKpi) -> Said | None:
    """In the last year that was over with the line's month; nothing where no month of it is frozen. A correction that was found by
    the night of the year's last month is in what was given of the year first; a later one changed that. Two queries."""
    year = period_of(f"{line.month.year - (line.month.month < DECEMBER)}")
    late = Prefetch("corrections", KpiCorrection.objects.order_by("found_at", "pk"))
    rows = list(
        whole_lines(line).filter(month__in=year.months if year else ()).order_by("month").prefetch_related(late)
    )
    if year is None or not rows:
        return None
    given = rows[-1].frozen_at + SAME_NIGHT
    found = [corrected(row, by=given) for row in rows]
    known: Found = {
        name: sum(int(one.get(name) or 0) for one in found) for names in QUESTIONS.values() for name in names
    }
    figures = guarded(known, rows[-1], year)
    figures |= dict.fromkeys(one.figure.name for one in lacking(rows, {row.month: not_counted([row]) for row in rows}))
    later = frozenset(one.figure for row in rows for one in row.corrections.all() if one.found_at > given)
    return Said(year, figures, later)


def opened_by(rows: QuerySet[MonthlyKpi], key: str, since: dt.date = START) -> Keys:
    """Panels opened from ``since`` on in the months of these lines. A figure's corrections follow on one another, so they add up."""
    counted = rows.order_by().values_list(key).annotate(total=Sum(OPENED, filter=Q(month__gte=since), default=0))
    late = KpiCorrection.objects.filter(line__in=rows.filter(month__gte=since), figure=OPENED).order_by()
    found: Keys = dict(counted)
    for place, more in late.values_list(f"line__{key}").annotate(total=Sum(F("now") - F("was"))):
        found[place] += int(more)
    return found


def panels_by_group(user: Any, line: MonthlyKpi, since: dt.date = START) -> dict[ThematicGroup, int]:
    """From that month on, of the groups of the line's network that the person sees; main groups, and others with a panel.
    Hidden months are added as ``totals`` adds them: the database adds up all months, and only the hidden ones are looked at."""
    rows = MonthlyKpi.objects.visible_to(user).filter(month__lte=line.month, network=line.network_id)
    rows, kept = rows.exclude(group=None), kept_by_month(line, [OPENED])
    dark = {(place.group, day) for day, hidden in kept.items() for place in hidden[OPENED]}
    counts = opened_by(rows, "group", since)
    for group, months in months_at(rows, dark).items():
        aside = sum(one.count(OPENED) for one in months if one.day >= since)
        counts[group] += (totals(months, OPENED, since) or [0])[-1] - aside
    groups = ThematicGroup.objects.filter(pk__in=counts).select_related("network", "parent").order_by("number")
    return {group: counts[group.pk] for group in groups if counts[group.pk] or group.parent_id is None}


def months_at(rows: QuerySet[MonthlyKpi], dark: Collection[tuple[Any, dt.date]]) -> dict[Any, list[Month]]:
    """Panels opened at these groups in these months, in which they are hidden, with what came late; the earliest month first."""
    rows = rows.filter(group__in={group for group, _day in dark}, month__in={day for _group, day in dark})
    came = Sum(F("corrections__now") - F("corrections__was"), filter=Q(corrections__figure=OPENED), default=0.0)
    found: dict[Any, list[Month]] = defaultdict(list)
    for day, group, opened, late in rows.order_by("month").values_list("month", "group", OPENED).annotate(late=came):
        if (group, day) in dark:
            found[group].append(Month(day, {OPENED: opened + int(late)}, hidden=frozenset([OPENED])))
    return found


def panels_by_network(user: Any, line: MonthlyKpi, since: dt.date = START) -> dict[Network, tuple[int, int]]:
    """Registered users in the line's month and panels from that month on, of the networks whose whole line the person sees."""
    rows = MonthlyKpi.objects.visible_to(user).filter(
        month__range=(since, line.month), group=None, centre=None, country=""
    )
    counts = opened_by(rows, "network")
    newest = rows.filter(month=line.month).select_related("network").order_by("network__code")
    return {row.network: (row.registered, counts[row.network_id]) for row in newest}
