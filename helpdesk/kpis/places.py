"""What a line is about: a network, one of its groups, centres or countries; and counts summed up to it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import QuerySet

from cpms.accounts.models import CentreMembership, Network, ThematicGroup
from helpdesk.kpis.months import first_of_next

Value = int | float | None
Found = dict[str, Value]


class Place(NamedTuple):
    """Keys; with none but the network's it is the whole network."""

    network: int
    group: int | None = None
    centre: int | None = None
    country: str = ""


def in_order(place: Place) -> tuple[int, int, str, int]:
    """By what places are put in one order, whichever way their rows came."""
    return place.network, place.group or 0, place.country, place.centre or 0


Counts = defaultdict[Place, Found]


def nothing() -> Counts:
    return defaultdict(dict)


@dataclass(frozen=True)
class Paths:
    """How a row leads to its place."""

    network: str = "network"
    group: str = "group"
    centre: str = "centre"
    country: str = "centre__country"

    def through(self, prefix: str) -> Paths:
        return Paths(*(f"{prefix}__{path}" for path in (self.network, self.group, self.centre, self.country)))

    def keys(self) -> tuple[str, ...]:
        return tuple(path for path in (self.network, self.group, self.centre, self.country) if path)

    def each(self) -> Iterator[tuple[str, str]]:
        """The dimension's name and the path to it; the network itself first."""
        yield "", ""
        yield from (("group", self.group), ("centre", self.centre), ("country", self.country))


def networks_counted() -> QuerySet[Network]:
    """Those that have a centre."""
    return Network.objects.filter(centres__isnull=False).distinct()


def memberships(month: dt.date) -> QuerySet[CentreMembership]:
    """Which centres belonged to which network on the month's last day."""
    return CentreMembership.objects.on(first_of_next(month) - dt.timedelta(days=1)).order_by()


def places_of(month: dt.date) -> list[Place]:
    """Networks, then groups, then the countries and the centres that belong to them on the month's last day."""
    wanted = set(networks_counted().values_list("pk", flat=True))
    groups = ThematicGroup.objects.filter(network__in=wanted).order_by("network", "number")
    belonging = list(memberships(month).values_list("network", "centre", "centre__country").distinct())
    found = [Place(network) for network in sorted(wanted)]
    found += [Place(network, group=group) for network, group in groups.values_list("network", "pk")]
    found += [Place(network, country=country) for network, country in sorted({(n, c) for n, _centre, c in belonging})]
    return found + [Place(network, centre=centre) for network, centre in sorted({(n, c) for n, c, _ in belonging})]


def summed(rows: Iterable[Mapping[str, Any]], paths: Paths, names: Iterable[str]) -> Counts:
    """Counts by network, group and centre, added up to every place. Each row of the table belongs to one of each."""
    found, names = nothing(), list(names)
    for row in rows:
        network = row[paths.network]
        places = [Place(network)]
        places += [Place(network, group=row[paths.group])] if paths.group and row[paths.group] else []
        if centre := row[paths.centre]:
            places += [Place(network, centre=centre), Place(network, country=row[paths.country])]
        for place in places:
            for name in names:
                found[place][name] = (found[place].get(name) or 0) + row[name]
    return found


def by_place(rows: QuerySet[Any], paths: Paths, aggregates: dict[str, Any]) -> Counts:
    """For what cannot be added up: asked once for each kind of place."""
    found = nothing()
    for name, path in paths.each():
        found |= at_each(rows, paths.network, name, path, aggregates)
    return found


def at_each(rows: QuerySet[Any], network: str, name: str, path: str, aggregates: dict[str, Any]) -> Counts:
    """At each place of one kind, by the ``name`` of it and the ``path`` that leads there; of the whole network without them."""
    found = nothing()
    for row in rows.order_by().values(*filter(None, (network, path))).annotate(**aggregates):
        if not path or row[path]:
            place = Place(row[network], **({name: row[path]} if path else {}))
            found[place] = {name: row[name] for name in aggregates}
    return found
