"""Which figures of a network's lines are too small to be shown. Decided over the whole network, whoever reads."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any, Generic, TypeVar

from cpms.accounts.roles import OVERSEEING_ROLES, REPRESENTING_ROLES, Role
from helpdesk.kpis.catalogue import ADDED, BY_NAME, FIGURES
from helpdesk.kpis.places import Found, Place, in_order
from helpdesk.models import MonthlyKpi
from outcomes.queries.small_cells import LEAST, Adds, kept_back

SIGN = f"<{LEAST}*"
"""Stands for a figure of one to four, and for one that would give such a one away."""
Hidden = Mapping[str, Collection[Place]]
"""Of each figure, by its name, the places where it is not shown."""
Late = Mapping[str, Sequence[tuple[dt.date, Place, int]]]
"""Of each figure, by its name, what corrections say of places and the night that found it, the newest last."""
NAMES = [figure.name for figure in FIGURES]
EVERYWHERE = [figure.name for figure in FIGURES if not figure.whole]
FEW = [figure.name for figure in FIGURES if figure.few]
OLDEST = frozenset(
    "opened_routine opened_soon opened_urgent opened_own opened_non_ern opened_non_eu first_replies entered invited guests "
    "answered accepted meetings attended outcomes effect_changed effect_validated effect_no_experience effect_other "
    "follow_asked follow_answered benefit_yes benefit_partly benefit_no benefit_unknown consent_registry consent_research".split()
)
"""The counts that the first frozen month had."""
REST = 0
"""Stands for the centre where there is none."""
Key = TypeVar("Key", bound=Hashable)
WIDER_ROLES = frozenset({*OVERSEEING_ROLES, Role.GROUP_COORDINATOR, Role.NATIONAL_OFFICER, Role.CORE_HELPDESK})


def place_of(line: MonthlyKpi) -> Place:
    return Place(line.network_id, line.group_id, line.centre_id, line.country)


def exact_centres(user: Any) -> frozenset[int]:
    """Whose figures the person sees exactly: the centres they represent, if they see the lines of no other place."""
    if user.held_roles() & WIDER_ROLES:
        return frozenset()
    return frozenset(post.centre for post in user.posts() if post.role in REPRESENTING_ROLES and post.centre)


def represents(user: Any, centre: Any) -> bool:
    """Whether the centre is the person's own to answer for, whatever else they see."""
    return bool(user.memberships.current().filter(role__in=REPRESENTING_ROLES, centre=centre).exists())


def sums_of(lines: Iterable[MonthlyKpi]) -> list[Adds[Place]]:
    """How the lines of one network add up: by group, by country, and each country by its centres."""
    return sums_over((place_of(line), line.stands_in) for line in lines)


def sums_over(places: Iterable[tuple[Place, str]]) -> list[Adds[Place]]:
    """The same, of places with the country of those that are a centre. In one order, however they come: of equal figures the
    first is hidden, and every page and file must choose the same. Countries and centres leave a ``rest``."""
    groups, countries, centres = [], [], defaultdict(list)
    for place, country in sorted(places, key=lambda one: (in_order(one[0]), one[1])):
        if place.centre:
            centres[Place(place.network, country=country)].append(place)
        elif place.group:
            groups.append(place)
        elif place.country:
            countries.append(place)
    sums = [Adds(Place(groups[0].network), groups)] if groups else []
    wholes = {Place(countries[0].network): countries} if countries else {}
    wholes |= {country: homes for country, homes in centres.items() if country in set(countries)}
    return sums + [Adds(whole, [*parts, rest_of(whole)]) for whole, parts in wholes.items()]


def rest_of(whole: Place) -> Place:
    """What a country's line holds beyond those of its hospitals, and the network's beyond those of its countries: the figures of
    hospitals that had left by the month's end and have no line. No table shows it, and whoever can subtract knows it."""
    return whole._replace(centre=REST)


def rests(row: Mapping[Key, int], sums: Iterable[Adds[Key]]) -> dict[Key, int]:
    """What is left of each sum whose last part has no cell in the row. Where parts come to more than the whole, as of patients
    of two hospitals, that is nothing."""
    left = {one.parts[-1]: row[one.whole] - sum(row[part] for part in one.parts[:-1]) for one in open_in(row, sums)}
    return {rest: count for rest, count in left.items() if count > 0}


def open_in(row: Collection[Key], sums: Iterable[Adds[Key]]) -> list[Adds[Key]]:
    return [one for one in sums if one.parts[-1] not in row]


def closed_in(row: Collection[Key], sums: Iterable[Adds[Key]]) -> list[Adds[Key]]:
    """The same sums, without a rest of nothing."""
    return [one if one.parts[-1] in row else Adds(one.whole, one.parts[:-1]) for one in sums]


@dataclass
class Table(Generic[Key]):
    """Figures of one network that add up: the cells of each by its name, without those of rests that are nothing, and what
    ``kept_back`` has to know besides."""

    cells: Mapping[str, Mapping[Key, int]]
    sums: Sequence[Adds[Key]]
    follows: Sequence[Adds[Key]] = ()
    also: dict[str, Collection[Key]] = field(default_factory=dict)
    broad: dict[str, Collection[Key]] = field(default_factory=dict)
    fixed: dict[str, Collection[Key]] = field(default_factory=dict)
    more: dict[str, Sequence[Adds[Key]]] = field(default_factory=dict)

    def hidden(self, name: str, besides: Collection[Key]) -> set[Key]:
        """Of one figure; ``besides`` is hidden for another reason."""
        cells = self.cells[name]
        return kept_back(
            cells,
            closed_in(cells, [*self.sums, *self.more.get(name, ())]),
            also={*self.also.get(name, ()), *besides},
            broad=self.broad.get(name, ()),
            fixed=self.fixed.get(name, ()),
            follows=closed_in(cells, self.follows),
        )


def too_few(table: Table[Key]) -> dict[str, set[Key]]:
    """Which figures are hidden, and where; those that split one figure are hidden together, and one that is drawn from another
    is hidden where that is. ``cells`` name the other first."""
    hidden: dict[str, set[Key]] = {}
    families = defaultdict(list)
    for name in table.cells:
        if whole := BY_NAME[name].splits:
            families[whole].append(name)
        else:
            drawn = hidden.get(BY_NAME[name].base, set())
            hidden[name] = table.hidden(name, drawn) | drawn
    for whole, split in families.items():
        together, before = set(hidden[whole]), None
        while together != before:
            before, together = together, together.union(*(table.hidden(name, together) for name in split))
        hidden |= dict.fromkeys(split, together)
    return hidden


def corrected(line: MonthlyKpi, *, by: dt.datetime | None = None) -> Found:
    """The frozen figures with the newest corrections in their place; of those found ``by`` then."""
    found = [late for late in line.corrections.all() if by is None or late.found_at <= by]
    return line.frozen() | {late.figure: late.now for late in found}


def not_counted(lines: Iterable[MonthlyKpi]) -> frozenset[str]:
    """The counts that were no figures yet when a network's month was frozen. Its own line has noughts of all that were. One from
    before noughts were written does not say whether what it lacks was nought or not counted: the oldest were counted."""
    whole = next((line for line in lines if line.is_whole), None)
    if whole is None:
        return frozenset()
    known = {*MonthlyKpi.COLUMNS, *whole.figures, *(late.figure for late in whole.corrections.all())}
    return frozenset(ADDED).difference(known, () if 0 in whole.figures.values() else OLDEST)


def too_few_in(lines: Collection[MonthlyKpi]) -> dict[str, set[Place]]:
    """One month of one network, as frozen; what is small by a correction is hidden too, so that both may be shown."""
    late, found = defaultdict(list), [(one, place_of(line)) for line in lines for one in line.corrections.all()]
    for one, place in sorted(found, key=lambda pair: (pair[0].found_at, pair[0].pk)):
        late[one.figure].append((one.found_at.date(), place, int(one.now)))
    values = {place_of(line): line.frozen() for line in lines}
    cells = {name: {place: int(row.get(name) or 0) for place, row in values.items()} for name in FEW}
    hidden = too_few_of(cells, sums_of(lines), late)
    return hidden | {figure.name: hidden[figure.base] for figure in FIGURES if figure.base and not figure.few}


def too_few_of(
    cells: Mapping[str, Mapping[Place, int]], sums: Sequence[Adds[Place]], late: Late
) -> dict[str, set[Place]]:
    """Of these figures of one month, and of the rests that they leave; ``late`` are the corrections of each, the newest last."""
    whole = {name: [place for place in row if place == Place(place.network)] for name, row in cells.items()}
    every, also = dict[str, Mapping[Place, int]](), dict[str, Collection[Place]]()
    for name, row in cells.items():
        every[name], also[name] = with_late(row, late.get(name, ()), sums)
    return too_few(Table(every, sums, also=also, broad=dict(whole)))


def with_late(
    row: Mapping[Place, int], late: Sequence[tuple[dt.date, Place, int]], sums: Sequence[Adds[Place]]
) -> tuple[Mapping[Place, int], Collection[Place]]:
    """The cells of one figure with the rests that they leave, and which are small by a correction only: a place's own, or a rest
    after any night, as whoever reads every day knows each."""
    small = {place for _night, place, count in late if 0 < count < LEAST}
    then, few = dict(row), dict[Place, int]()
    for _night, found in groupby(late, key=itemgetter(0)):
        then |= {place: count for _same, place, count in found}
        few |= {rest: count for rest, count in rests(then, sums).items() if count < LEAST}
    return {**few, **row, **rests(row, sums)}, small | few.keys()
