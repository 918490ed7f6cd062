"""What frozen months hide, decided once: their rows do not change, and what came late changes the stamp under which it is kept."""

from __future__ import annotations

import datetime as dt
import zlib
from collections import defaultdict
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db.models import Count, Max, QuerySet

from helpdesk.kpis import catalogue, few, figure, places
from helpdesk.kpis.few import NAMES, not_counted, place_of, sums_over, too_few_in, too_few_of
from helpdesk.kpis.places import Place
from helpdesk.models import KpiCorrection, MonthlyKpi
from outcomes.queries import small_cells

Kept = dict[str, set[Place]]
PARTS = (__file__, *(str(one.__file__) for one in (catalogue, few, figure, places, small_cells)))
RULE = f"{zlib.crc32(repr(NAMES).encode() + b''.join(Path(one).read_bytes() for one in PARTS)):x}"
"""What another version of the rule decided, or of the names of the figures, is not looked at."""
KEPT_FOR = 90 * 24 * 3600
"""Seconds after which what nobody asks about is forgotten."""


class Decided(NamedTuple):
    """What a month of one network hides and what it was frozen without. ``bits`` are by the key of a line: the n-th is set where
    the n-th figure is hidden."""

    stamp: tuple[Any, ...]
    bits: dict[int, int]
    missing: frozenset[str]

    def dark(self, line: int) -> frozenset[str]:
        """The figures that are hidden in the line of this key."""
        return frozenset(name for n, name in enumerate(NAMES) if self.bits[line] >> n & 1)


def stamps_of(rows: QuerySet[MonthlyKpi], by: str) -> dict[Any, tuple[Any, ...]]:
    """The newest keys of these lines and of what came late to them; by month or by network, one query."""
    newest = {"newest": Max("pk"), "number": Count("pk", distinct=True), "late": Max("corrections__pk")}
    found = rows.order_by().values_list(by).annotate(**newest)
    return {one: tuple(newest) for one, *newest in found}


def months_kept(month: dt.date, networks: Collection[int]) -> dict[int, Decided]:
    """The month of each of these networks: one query beside the cache's, and two more where a month is new or was corrected."""
    rows = MonthlyKpi.objects.filter(month=month, network__in=networks)
    stamps = stamps_of(rows, "network")
    keys = {network: f"month:{RULE}:{month}:{network}" for network in stamps}
    there = cache.get_many(keys.values())
    known = {network: Decided(*there[key]) for network, key in keys.items() if key in there}
    if new := [network for network, stamp in stamps.items() if network not in known or known[network].stamp != stamp]:
        lines: dict[int, list[MonthlyKpi]] = defaultdict(list)
        for line in rows.filter(network__in=new).order_by().prefetch_related("corrections"):
            lines[line.network_id].append(line)
        known |= {network: Decided(stamps[network], *looked_at(found)) for network, found in lines.items()}
        cache.set_many({keys[network]: tuple(known[network]) for network in lines}, KEPT_FOR)
    return known


def looked_at(lines: Collection[MonthlyKpi]) -> tuple[dict[int, int], frozenset[str]]:
    """``bits`` and ``missing`` of a network's month, from all lines of it."""
    bits, hidden = {place_of(line): 0 for line in lines}, too_few_in(lines)
    for n, name in enumerate(NAMES):
        for place in bits.keys() & hidden.get(name, ()):
            bits[place] |= 1 << n
    return {line.pk: bits[place_of(line)] for line in lines}, not_counted(lines)


def kept_by_month(line: MonthlyKpi, names: Sequence[str]) -> dict[dt.date, Kept]:
    """Which of these figures are hidden in each month of the line's network up to its own: of the whole network's line at its
    groups, of another at its own place. What a frozen month hides follows from its rows, so it is decided once and kept with
    the newest of their keys: two queries, and two more where a month is new or was corrected."""
    rows = MonthlyKpi.objects.filter(network=line.network_id, month__lte=line.month).order_by()
    stamps = stamps_of(rows, "month")
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
    for month, country, *row in rows.values_list("month", "stands_in", *Place._fields, *paths):
        of[month].append((Place(*row[:4]), country, row[4:]))
    late: dict[dt.date, dict[str, list[tuple[dt.date, Place, int]]]] = defaultdict(lambda: defaultdict(list))
    found = KpiCorrection.objects.filter(line__in=rows, figure__in=names).order_by("found_at", "pk")
    columns = ("line__month", "figure", "found_at", "now", *(f"line__{key}" for key in Place._fields))
    for month, name, night, now, *place in found.values_list(*columns):
        late[month][name].append((night.date(), Place(*place), int(now)))
    hidden = {}
    for month, lines in of.items():
        cells = {name: {place: int(row[n] or 0) for place, _at, row in lines} for n, name in enumerate(names)}
        hidden[month] = too_few_of(cells, sums_over((place, at) for place, at, _row in lines), late[month])
    return hidden
