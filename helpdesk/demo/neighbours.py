"""Two small networks beside the demonstration's own, so that networks can be compared. Every hospital and person is invented."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from cpms.accounts.models import Centre, CentreMembership, Membership, Network, ThematicGroup, User
from cpms.accounts.roles import Care, Role
from helpdesk.demo.chance import below, one_of
from helpdesk.demo.members import ZONES, spoken
from helpdesk.demo.names import SPECIALTIES, address, people_of
from helpdesk.demo.sign_ins import load_sign_ins

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


def load_neighbours() -> int:
    """Places and people of each, one of whom coordinates it. Gives how many people."""
    return sum(load_one(place, one) for place, one in enumerate(NEIGHBOURS))


def load_one(place: int, one: Neighbour) -> int:
    made = Network.objects.get(code=one.code)
    ThematicGroup.objects.create(network=made, number=1, name=one.group)
    centres = Centre.objects.bulk_create(
        Centre(name=name, city=city, country=country, cleared_on=one.since) for name, city, country in one.hospitals
    )
    CentreMembership.objects.bulk_create(
        CentreMembership(centre=centre, network=made, kind=CentreMembership.Kind.FULL, since=one.since)
        for centre in centres
    )
    users = [user for centre in centres for user in members(one, centre, first=FIRST_NUMBER * (place + 1))]
    User.objects.bulk_create(users)
    rows = [_role(user, Role.CLINICIAN, centre=user.centre) for user in users]
    rows += [_role(users[at], Role.REPRESENTATIVE, centre=users[at].centre) for at in range(0, len(users), one.each)]
    Membership.objects.bulk_create([*rows, _role(users[0], Role.NETWORK_COORDINATOR, network=made)])
    load_sign_ins(users, fewest=len(users) // 3, most=len(users) // 2, faithful=one.each)
    return len(users)


def members(one: Neighbour, centre: Centre, *, first: int) -> Iterator[User]:
    """Those of one hospital; the second half came within two years."""
    names = islice(people_of(centre.country), NAMES_TAKEN, NAMES_TAKEN + one.each)
    for number, name in enumerate(names, start=first):
        late = 60 * max(0, number - first - one.each // 2) + below(12, "joined", one.code, centre.name, number)
        joined = dt.datetime.combine(one.since - dt.timedelta(days=14), dt.time(8, 30), dt.UTC)
        joined += dt.timedelta(days=late)
        user = User(
            email=address(name, number),
            display_name=name,
            job_title=one_of(SPECIALTIES, "specialty", one.code, number),
            centre=centre,
            country=centre.country,
            zone=ZONES[centre.country],
            languages=spoken(centre.country, number),
            care=Care.BOTH,
            date_joined=joined,
            activated_at=joined + dt.timedelta(hours=2),
        )
        user.set_unusable_password()
        yield user


def _role(user: User, role: Role, **held_on: Centre | Network | None) -> Membership:
    return Membership(user=user, role=role, valid_from=user.date_joined.date(), **held_on)
