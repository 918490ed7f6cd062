"""Frozen lines over time, with what came late in its place. The number of queries does not grow with the months."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Prefetch, QuerySet, Sum

from cpms.accounts.models import Network, ThematicGroup
from helpdesk.kpis.few import corrected, exact_centres
from helpdesk.kpis.places import Value
from helpdesk.models import KpiCorrection, MonthlyKpi

Keys = dict[Any, int]
START = dt.date.min
"""Before the first month."""


def exactly(count: int) -> int:
    return count


def fives(count: int) -> int:
    """To the nearest five: what is drawn of a group, a country or a centre."""
    return (count + 2) // 5 * 5


@dataclass(frozen=True)
class Month:
    day: dt.date
    figures: dict[str, Value]
    near: Callable[[int], int] = exactly
    """How counts are drawn: as they are, or so that a small one is not told."""

    def count(self, name: str) -> int:
        """Nought where it was not said."""
        return int(self.figures.get(name) or 0)


def months_of(user: Any, line: MonthlyKpi, since: dt.date = START) -> list[Month]:
    """The frozen months of the line's place from ``since`` to its own, the earliest first."""
    place = {name: getattr(line, name) for name in ("network_id", "group_id", "centre_id", "country")}
    rows = MonthlyKpi.objects.visible_to(user).filter(month__range=(since, line.month), **place).order_by("month")
    near = exactly if line.is_whole or line.centre_id in exact_centres(user) else fives
    late = Prefetch("corrections", KpiCorrection.objects.order_by("found_at", "pk"))
    return [Month(row.month, corrected(row), near) for row in rows.prefetch_related(late)]


def opened_by(rows: QuerySet[MonthlyKpi], key: str) -> Keys:
    """Panels opened in all months of these lines. A figure's corrections follow on one another, so they add up."""
    found: Keys = dict(rows.order_by().values_list(key).annotate(total=Sum("panels_opened")))
    late = KpiCorrection.objects.filter(line__in=rows, figure="panels_opened").order_by().values_list(f"line__{key}")
    for place, more in late.annotate(total=Sum(F("now") - F("was"))):
        found[place] += int(more)
    return found


def panels_by_group(user: Any, line: MonthlyKpi, since: dt.date = START) -> dict[ThematicGroup, int]:
    """From that month on, of the groups of the line's network that the person sees; main groups, and others with a panel."""
    rows = MonthlyKpi.objects.visible_to(user).filter(month__range=(since, line.month), network=line.network_id)
    counts = opened_by(rows.exclude(group=None), "group")
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
