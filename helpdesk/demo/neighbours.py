"""Two small networks beside the demonstration's own, so that networks can be compared. Every hospital and person is invented."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts.models import Centre, CentreMembership, Network, ThematicGroup, User
from cpms.accounts.policy import Post
from cpms.accounts.roles import Role
from helpdesk.demo import arriving
from helpdesk.demo.arriving import Newcomer
from helpdesk.demo.chance import below, one_of
from helpdesk.demo.members import ZONES, spoken
from helpdesk.demo.names import SPECIALTIES, address, people_of

FIRST_NUMBER, NAMES_TAKEN = 1_000, 24
"""Addresses and names that members of the demonstration's own network do not have."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """``topic`` is the number of the archive's topic that its one group is about; ``panels`` were opened in its years."""

    code: str
    group: str
    topic: int
    hospitals: tuple[tuple[str, str, str], ...]
    each: int
    panels: int
    since: dt.date


NEIGHBOURS = (
    Neighbour(
        "BOND",
        "Metabolic bone disease",
        2,
        (
            ("Ossegrund University Hospital", "Würzburg", "DE"),
            ("Vasa Nya Hospital", "Stockholm", "SE"),
            ("Adige Alto Hospital", "Verona", "IT"),
            ("Loire Haute Hospital", "Tours", "FR"),
        ),
        9,
        9,
        dt.date(2018, 3, 1),
    ),
    Neighbour(
        "GENTURIS",
        "Familial tumours",
        4,
        (
            ("Vechtoever Medical Centre", "Amersfoort", "NL"),
            ("Wartegarten Clinics", "Poznań", "PL"),
            ("Cávado Hospital", "Braga", "PT"),
        ),
        7,
        6,
        dt.date(2018, 9, 3),
    ),
)


def load_neighbours(*, by: User, second: User) -> int:
    """Places and people of each, one of whom coordinates it, given the role by two of the core helpdesk. Gives how many people."""
    return sum(load_one(place, one, by=by, second=second) for place, one in enumerate(NEIGHBOURS))


def load_one(place: int, one: Neighbour, *, by: User, second: User) -> int:
    made = Network.objects.get(code=one.code)
    begun = dt.datetime.combine(one.since, dt.time(7), dt.UTC) - dt.timedelta(days=15)
    with clock.at(begun):
        accounts.save_group(ThematicGroup(network=made, number=1, name=one.group), by=by)
        centres = [add_centre(made, *hospital, by=by) for hospital in one.hospitals]
    numbers = [(place + 1) * FIRST_NUMBER + number for number in range(one.each)]
    (first, _day), *others = [each for centre in centres for each in members(one, centre, numbers)]
    head, token = arriving.prepare(first, at=begun, by=by)
    arriving.give(head, Post(Role.NETWORK_COORDINATOR, network=made), at=begun, by=by, second=second)
    head = arriving.come_in(head, token, first, at=begun + dt.timedelta(hours=1))
    there = [come(each, joined, number, one.each, by=head) for number, (each, joined) in enumerate(others, start=1)]
    arriving.give(head, Post(Role.CLINICIAN, centre=first.centre), at=begun + dt.timedelta(days=14), by=there[0])
    return 1 + len(there)


def add_centre(made: Network, name: str, city: str, country: str, *, by: User) -> Centre:
    full = CentreMembership.Kind.FULL
    centre = accounts.add_centre(made, name=name, city=city, country=country, kind=full, by=by)
    accounts.set_clearance(centre, cleared_on=clock.rights_day(), by=by)
    return centre


def members(one: Neighbour, centre: Centre, numbers: list[int]) -> Iterator[tuple[Newcomer, dt.datetime]]:
    """Those of one hospital, and when they were let in; the second half came within two years."""
    names = islice(people_of(centre.country), NAMES_TAKEN, NAMES_TAKEN + one.each)
    for place, (number, name) in enumerate(zip(numbers, names, strict=True)):
        late = 60 * max(0, place - one.each // 2) + below(12, "joined", one.code, centre.name, number)
        joined = dt.datetime.combine(one.since - dt.timedelta(days=14), dt.time(8, 30), dt.UTC)
        yield (
            Newcomer(
                email=address(name, number),
                name=name,
                job_title=one_of(SPECIALTIES, "specialty", one.code, number),
                country=centre.country,
                zone=ZONES[centre.country],
                languages=spoken(centre.country, number),
                centre=centre,
            ),
            joined + dt.timedelta(days=late),
        )


def come(one: Newcomer, joined: dt.datetime, number: int, each: int, *, by: User) -> User:
    """A clinician; the first of each hospital represents it, of the coordinator's own the second."""
    user, token = arriving.prepare(one, at=joined, by=by)
    roles = (Role.CLINICIAN, Role.REPRESENTATIVE) if number == 1 or number % each == 0 else (Role.CLINICIAN,)
    for role in roles:
        arriving.give(user, Post(role, centre=one.centre), at=joined, by=by)
    return arriving.come_in(user, token, one, at=joined + dt.timedelta(hours=2))
