"""Which figures of a network's lines are too small to be shown. Decided over the whole network, whoever reads."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from cpms.accounts.roles import OVERSEEING_ROLES, REPRESENTING_ROLES, Role
from helpdesk.kpis.catalogue import FIGURES
from helpdesk.kpis.places import Found, Place
from helpdesk.models import MonthlyKpi
from outcomes.queries.small_cells import LEAST, Adds, kept_back

SIGN = f"<{LEAST}*"
"""Stands for a figure of one to four, and for one that would give such a one away."""
Hidden = Mapping[str, Collection[Place]]
"""Of each figure, by its name, the places where it is not shown."""
Months = Mapping[dt.date, Collection[MonthlyKpi]]
NAMES = [figure.name for figure in FIGURES]
EVERYWHERE = [figure.name for figure in FIGURES if not figure.whole]
ADDING = frozenset(figure.name for figure in FIGURES if figure.adds)
FEW = [figure.name for figure in FIGURES if figure.few]
WIDER_ROLES = frozenset({*OVERSEEING_ROLES, Role.GROUP_COORDINATOR, Role.NATIONAL_OFFICER, Role.CORE_HELPDESK})


def place_of(line: MonthlyKpi) -> Place:
    return Place(line.network_id, line.group_id, line.centre_id, line.country)


def exact_centres(user: Any) -> frozenset[int]:
    """Whose figures the person sees exactly: the centres they represent, if they see the lines of no other place."""
    if user.held_roles() & WIDER_ROLES:
        return frozenset()
    held = user.memberships.current().filter(role__in=REPRESENTING_ROLES)
    return frozenset(held.values_list("centre", flat=True))


def represents(user: Any, centre: Any) -> bool:
    """Whether the centre is the person's own to answer for, whatever else they see."""
    return bool(user.memberships.current().filter(role__in=REPRESENTING_ROLES, centre=centre).exists())


def sums_of(lines: Iterable[MonthlyKpi]) -> list[Adds[Place]]:
    """How the lines of one network add up: by group, by country, and each country by its centres."""
    groups, countries, centres = [], [], defaultdict(list)
    for line in lines:
        place = place_of(line)
        if line.centre is not None:
            centres[Place(place.network, country=line.centre.country)].append(place)
        elif place.group:
            groups.append(place)
        elif place.country:
            countries.append(place)
    parts = [part for part in (groups, countries) if part]
    sums = [Adds(Place(part[0].network), part) for part in parts]
    return sums + [Adds(country, homes) for country, homes in centres.items() if country in set(countries)]


def too_few(
    values: Mapping[Place, Found], sums: list[Adds[Place]], also: Hidden | None = None, first: Hidden | None = None
) -> dict[str, set[Place]]:
    """Which figures of one network's table are hidden, and at which places."""
    also, first, hidden = also or {}, first or {}, {}
    broad = {place for place in values if place == Place(place.network)}
    cells = {name: {place: int(row.get(name) or 0) for place, row in values.items()} for name in FEW}

    def kept(name: str, more: Collection[Place]) -> set[Place]:
        return kept_back(cells[name], sums, also={*also.get(name, ()), *more}, broad=broad, first=first.get(name, ()))

    families = defaultdict(list)
    for figure in FIGURES:
        if figure.splits:
            families[figure.splits].append(figure.name)
        elif figure.few:
            hidden[figure.name] = kept(figure.name, ())
    for whole, names in families.items():
        together, before = set(hidden[whole]), None
        while together != before:
            before, together = together, together.union(*(kept(name, together) for name in names))
        hidden |= dict.fromkeys(names, together)
    return hidden | {figure.name: hidden[figure.base] for figure in FIGURES if figure.base}


def corrected(line: MonthlyKpi) -> Found:
    """The frozen figures with the newest corrections in their place."""
    return line.frozen() | {late.figure: late.now for late in line.corrections.all()}


def added_up(rows: Iterable[MonthlyKpi]) -> Found:
    """One place over its months, the earliest first: what adds up is added up, corrections included; of the rest the last
    month stands. What stands in the network's line alone is left out of the others."""
    each = [(line, corrected(line)) for line in rows]
    line, last = each[-1]
    found = {name: last.get(name) for name in NAMES} if line.is_whole else {name: last.get(name) for name in EVERYWHERE}
    for name in ADDING.intersection(found):
        found[name] = sum(one.get(name) or 0 for _line, one in each)
    return found


def by_place(months: Months) -> dict[Place, list[MonthlyKpi]]:
    """The lines of a period by what they are of, each the earliest first."""
    found: dict[Place, list[MonthlyKpi]] = {}
    for month in sorted(months):
        for line in months[month]:
            found.setdefault(place_of(line), []).append(line)
    return found


def too_few_in(lines: Collection[MonthlyKpi]) -> dict[str, set[Place]]:
    """One month of one network, as frozen; what is small by a correction is hidden too, so that both may be shown."""
    also = defaultdict(set)
    for line in lines:
        for late in line.corrections.all():
            if 0 < late.now < LEAST:
                also[late.figure].add(place_of(line))
    return too_few({place_of(line): line.frozen() for line in lines}, sums_of(lines), also)


def too_few_over(months: Months, wanted: Sequence[dt.date]) -> dict[str, set[Place]]:
    """The sums of one network over the ``wanted`` months, of which all lines are given.

    Until the last of them is frozen, nothing below the network is shown: the next file would give the difference.
    """
    if len(wanted) == 1:
        return too_few_in(months[wanted[0]])
    rows = by_place(months)
    if wanted[-1] not in months:
        below = {place for place in rows if place != Place(place.network)}
        return {figure.name: below for figure in FIGURES if figure.few or figure.base}
    each = [too_few_in(lines) for lines in months.values()]
    quarters = [wanted[n : n + 3] for n in range(0, len(wanted), 3)] if len(wanted) > 3 else []
    shorter = [too_few_over({day: months[day] for day in one if day in months}, one) for one in quarters]
    names = [figure.name for figure in FIGURES if figure.few and figure.adds]
    alone = {n: hidden_once(one[n] for one in each) | hidden_once(one[n] for one in shorter) for n in names}
    dark = {n: set().union(*(one[n] for one in each)) for n in names}
    lines = [one[-1] for one in rows.values()]
    found = too_few({place: added_up(one) for place, one in rows.items()}, sums_of(lines), alone, dark)
    last = too_few_in(months[wanted[-1]])
    return found | {figure.name: last[figure.name] for figure in FIGURES if figure.few and not figure.adds}


def hidden_once(each: Iterable[Collection[Place]]) -> set[Place]:
    """Places that are hidden in exactly one of these: a sum less the others would give it."""
    times = Counter(place for places in each for place in places)
    return {place for place, count in times.items() if count == 1}
