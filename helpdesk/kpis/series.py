"""Frozen lines over time, with what came late in its place. The number of queries does not grow with the months."""

from __future__ import annotations

import datetime as dt
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.db.models import Count, F, Max, Prefetch, QuerySet, Sum

from cpms.accounts.models import Network, ThematicGroup
from helpdesk.kpis import catalogue, few, figure, places
from helpdesk.kpis.few import corrected, exact_centres, not_counted, place_of, sums_over, too_few_of
from helpdesk.kpis.late import lacking
from helpdesk.kpis.periods import QUESTIONS, Period, guarded, period_of
from helpdesk.kpis.places import Found, Place, Value
from helpdesk.models import KpiCorrection, MonthlyKpi
from outcomes.queries import small_cells
from outcomes.queries.small_cells import LEAST

Keys = dict[Any, int]
Kept = dict[str, set[Place]]
PARTS = (__file__, *(str(one.__file__) for one in (catalogue, few, figure, places, small_cells)))
RULE = f"{zlib.crc32(b''.join(Path(one).read_bytes() for one in PARTS)):x}"
"""What another version of the rule decided is not looked at."""
KEPT_FOR = 90 * 24 * 3600
"""Seconds after which what nobody asks about is forgotten."""
PLACE = ("network", "group", "centre", "country")
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


def kept_by_month(line: MonthlyKpi, names: Sequence[str]) -> dict[dt.date, Kept]:
    """Which of these figures are hidden in each month of the line's network up to its own: of the whole network's line at its
    groups, of another at its own place. What a frozen month hides follows from its rows, so it is decided once and kept with
    the newest of their keys: two queries, and two more where a month is new or was corrected."""
    rows = MonthlyKpi.objects.filter(network=line.network_id, month__lte=line.month).order_by()
    found = rows.values_list("month").annotate(Max("pk"), Count("pk"), Max("corrections__pk"))
    stamps = {month: tuple(newest) for month, *newest in found}
    key = ":".join(["kept", RULE, *(str(part) for part in place_of(line)), *names])
    known: dict[dt.date, tuple[Any, Kept]] = cache.get(key, {})
    if new := [month for month, stamp in stamps.items() if month not in known or known[month][0] != stamp]:
        asked = None if line.is_whole else place_of(line)
        for month, hidden in decided(rows.filter(month__in=new), names).items():
            here = {name: {one for one in at if one.group or one == asked} for name, at in hidden.items()}
            known[month] = stamps[month], here
        cache.set(key, known, KEPT_FOR)
    return {month: known[month][1] for month in stamps}


def decided(rows: QuerySet[MonthlyKpi], names: Sequence[str]) -> dict[dt.date, dict[str, set[Place]]]:
    """What ``too_few_of`` says of each month of these rows, which are all that one network has of it."""
    paths = [name if name in MonthlyKpi.COLUMNS else f"figures__{name}" for name in names]
    of = defaultdict(list)
    for month, country, *row in rows.values_list("month", "centre__country", *PLACE, *paths):
        of[month].append((Place(*row[:4]), country or "", row[4:]))
    also: dict[dt.date, dict[str, set[Place]]] = defaultdict(lambda: defaultdict(set))
    late = KpiCorrection.objects.filter(line__in=rows, figure__in=names, now__gt=0, now__lt=LEAST).order_by()
    for month, name, *place in late.values_list("line__month", "figure", *(f"line__{key}" for key in PLACE)):
        also[month][name].add(Place(*place))
    hidden = {}
    for month, lines in of.items():
        cells = {name: {place: int(row[n] or 0) for place, _at, row in lines} for n, name in enumerate(names)}
        hidden[month] = too_few_of(cells, sums_over((place, at) for place, at, _row in lines), dict(also[month]))
    return hidden


def opened_by(rows: QuerySet[MonthlyKpi], key: str) -> Keys:
    """Panels opened in all months of these lines. A figure's corrections follow on one another, so they add up."""
    found: Keys = dict(rows.order_by().values_list(key).annotate(total=Sum("panels_opened")))
    late = KpiCorrection.objects.filter(line__in=rows, figure="panels_opened").order_by().values_list(f"line__{key}")
    for place, more in late.annotate(total=Sum(F("now") - F("was"))):
        found[place] += int(more)
    return found


def panels_by_group(user: Any, line: MonthlyKpi, since: dt.date = START) -> dict[ThematicGroup, int]:
    """From that month on, of the groups of the line's network that the person sees; main groups, and others with a panel.
    Hidden months are added as ``totals`` adds them."""
    rows = MonthlyKpi.objects.visible_to(user).filter(month__lte=line.month, network=line.network_id)
    rows, kept = rows.exclude(group=None), kept_by_month(line, [OPENED])
    more: dict[Any, int] = defaultdict(int)
    late = KpiCorrection.objects.filter(line__in=rows, figure=OPENED).order_by().values_list("line")
    more.update({pk: int(total) for pk, total in late.annotate(total=Sum(F("now") - F("was")))})
    months: dict[Any, list[Month]] = defaultdict(list)
    for pk, day, group, opened in rows.order_by("month").values_list("pk", "month", "group", OPENED):
        dark = Place(line.network_id, group=group) in kept[day][OPENED]
        months[group].append(Month(day, {OPENED: opened + more[pk]}, hidden=frozenset([OPENED] if dark else [])))
    counts = {group: (totals(each, OPENED, since) or [0])[-1] for group, each in months.items()}
    groups = ThematicGroup.objects.filter(pk__in=counts).select_related("network", "parent").order_by("number")
    return {group: counts[group.pk] for group in groups if counts[group.pk] or group.parent_id is None}


def panels_by_network(user: Any, line: MonthlyKpi, since: dt.date = START) -> dict[Network, tuple[int, int]]:
    """Registered users in the line's month and panels from that month on, of the networks whose whole line the person sees."""
    rows = MonthlyKpi.objects.visible_to(user).filter(
        month__range=(since, line.month), group=None, centre=None, country=""
    )
    counts = opened_by(rows, "network")
    newest = rows.filter(month=line.month).select_related("network").order_by("network__code")
    return {row.network: (row.registered, counts[row.network_id]) for row in newest}
