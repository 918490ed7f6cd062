"""How the demonstration network began: two of the core helpdesk invited from the server, then places, staff and the listed people,
each let in by whom the roles allow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from consent import actions as consent
from consent.models import Registry
from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts.models import AdvocacyGroup, Centre, CentreMembership, Network, ThematicGroup, User
from cpms.accounts.policy import Post
from cpms.accounts.roles import CENTRE_ROLES, Care, Role
from helpdesk import actions
from helpdesk.demo import arriving, network
from helpdesk.demo.arriving import Newcomer
from helpdesk.demo.members import spoken
from helpdesk.demo.people import PASSWORD, PEOPLE, DemoPerson

Groups = dict[int, ThematicGroup]
Given = tuple[Post, User, User | None]
"""A role, who gives it, and who confirms it where that takes two."""
STARTED, SERVED, REPRESENTED, COORDINATED, OPENED = (
    dt.datetime(2017, 11, day, 9, tzinfo=dt.UTC) for day in range(1, 6)
)
"""One day after the other: the core, the helpdesk, a representative, the coordinator, everybody else."""
HOUR = dt.timedelta(hours=1)
RARE_ENDOCRINE = "rare-endocrine"
LISTED = {person.key: person for person in PEOPLE}
SECOND = Newcomer(
    email="ilse.brandner@demo.example",
    name="Ilse Brandner-Kogelnik",
    job_title="Core helpdesk",
    country="AT",
    zone="Europe/Vienna",
    languages=["de", "en"],
)
"""Confirms what the first of the core helpdesk proposes; not listed, so nobody is her."""
REPRESENTATIVE = Newcomer(
    email="marijke.oostrumvliet@demo.example",
    name="Dr Marijke Oostrumvliet",
    job_title="Endocrinologist",
    country="NL",
    zone="Europe/Amsterdam",
    languages=["nl", "en"],
)
"""Of the coordinator's hospital; not listed either."""


def found_network() -> tuple[Network, tuple[User, User]]:
    """The network with groups, centres and patient organisations, and the two of the core helpdesk who made it."""
    accounts.load_networks(by=None)
    made = Network.objects.get(code=network.CODE)
    first = LISTED["matilde.fontes"]
    two = invite(newcomer(first, {}), password=PASSWORD, seed=first.seed), invite(SECOND)
    with clock.at(STARTED + 2 * HOUR):
        add_groups(made, by=two[0])
        for entry in network.centres():
            add_centre(made, entry, by=two[0])
        for country, names in network.ADVOCACY_GROUPS.items():
            for name in names.split("; "):
                accounts.save_advocacy_group(AdvocacyGroup(network=made, name=name, country=country), by=two[0])
    return made, two


def invite(one: Newcomer, **way_in: Any) -> User:
    """One of the core helpdesk, as whoever has the server invites them."""
    with clock.at(STARTED):
        user = actions.invite_staff(one.email, display_name=one.name, role=Role.CORE_HELPDESK, by=None)
        token = accounts.resend_link(user, by=None)
    return arriving.come_in(user, token, one, at=STARTED + HOUR, **way_in)


def add_groups(made: Network, *, by: User) -> None:
    main = {}
    for number, name in network.GROUPS.items():
        main[number] = accounts.save_group(ThematicGroup(network=made, number=number, name=name), by=by)
    for number, (parent, name) in network.SUBGROUPS.items():
        accounts.save_group(ThematicGroup(network=made, number=number, name=name, parent=main[parent]), by=by)


def add_centre(made: Network, entry: network.DemoCentre, *, by: User) -> None:
    kind = CentreMembership.Kind.FULL if entry.full else CentreMembership.Kind.AFFILIATED
    centre = accounts.add_centre(made, name=entry.name, city=entry.city, country=entry.country, kind=kind, by=by)
    if entry.name not in network.NOT_CLEARED:
        accounts.set_clearance(centre, cleared_on=clock.rights_day(), by=by)


def load_people(made: Network, two: tuple[User, User]) -> dict[str, User]:
    """The people whom the demonstration page lists, by their key, with roles, expertise and an authenticator each."""
    core, second = two
    groups = {group.number: group for group in made.groups.all()}
    there = {"matilde.fontes": core}
    desk = let_in(
        LISTED["solene.faure"], groups, [(network_post(made, Role.HELPDESK_ADULT), core, second)], at=SERVED, by=core
    )
    registry = Registry(code=RARE_ENDOCRINE, name="Registry of rare endocrine conditions (invented)")
    consent.save_registry(registry, by=desk)
    head = load_coordinator(made, groups, two, desk)
    there |= {"solene.faure": desk, "charlotte.vanbrederode": head}
    for person in PEOPLE:
        if person.key not in there:
            given = list(roles_of(person, made, groups, core=core, head=head))
            there[person.key] = let_in(person, groups, given, at=OPENED, by=head)
    away = there["rasa.kazlauskaite"]
    accounts.set_absence(away, away_until=clock.today() + dt.timedelta(days=5), deputy=None, by=away)
    return {person.key: there[person.key] for person in PEOPLE}


def load_coordinator(made: Network, groups: Groups, two: tuple[User, User], desk: User) -> User:
    """Her own role as a clinician she has from who represents her hospital."""
    core, second = two
    person = LISTED["charlotte.vanbrederode"]
    centre = Centre.objects.get(name=person.hospital)
    one = replace(REPRESENTATIVE, centre=centre)
    user, token = arriving.prepare(one, at=REPRESENTED, by=desk)
    arriving.give(user, Post(Role.REPRESENTATIVE, centre=centre), at=REPRESENTED, by=desk)
    representative = arriving.come_in(user, token, one, at=REPRESENTED + HOUR)
    coordinates = (network_post(made, Role.NETWORK_COORDINATOR), core, second)
    given = [coordinates, (Post(Role.CLINICIAN, centre=centre), representative, None)]
    head = let_in(person, groups, given, at=COORDINATED, by=desk)
    arriving.give(representative, Post(Role.CLINICIAN, centre=centre), at=COORDINATED + 3 * HOUR, by=head)
    return head


def let_in(person: DemoPerson, groups: Groups, given: Sequence[Given], *, at: dt.datetime, by: User) -> User:
    """A listed person: prepared, with the roles that others give and confirm, then in by the mailed link."""
    one = newcomer(person, groups)
    user, token = arriving.prepare(one, at=at, by=by)
    for post, giver, second in given:
        arriving.give(user, post, at=at + HOUR, by=giver, second=second)
    user = arriving.come_in(user, token, one, at=at + 2 * HOUR, password=PASSWORD, seed=person.seed)
    arriving.declare(user, one, at=at + 2 * HOUR)
    return user


def newcomer(person: DemoPerson, groups: Groups) -> Newcomer:
    return Newcomer(
        email=person.email,
        name=person.name,
        job_title=person.job_title,
        country=person.country,
        zone=person.zone,
        languages=spoken(person.country, len(person.key)),
        care=Care.PAEDIATRIC if "aediatric" in person.job_title else Care.BOTH,
        centre=Centre.objects.filter(name=person.hospital).first(),
        hospital=person.hospital if person.guest else "",
        groups=tuple(groups[number] for number in person.interests),
        expertise=person.expertise,
    )


def network_post(made: Network, role: Role) -> Post:
    return Post(role, network=made, registry=RARE_ENDOCRINE if role == Role.RESEARCHER else "")


def roles_of(person: DemoPerson, made: Network, groups: Groups, *, core: User, head: User) -> Iterator[Given]:
    """Each role with who gives and who confirms it. A group's coordinator is a clinician too; a guest holds no role."""
    if person.role in CENTRE_ROLES or person.interests:
        centre = Centre.objects.get(name=person.hospital)
        yield Post(Role.CLINICIAN, centre=centre), head, None
        if person.represents:
            yield Post(Role.REPRESENTATIVE, centre=centre), head, None
    if person.role == Role.GROUP_COORDINATOR and person.group:
        yield Post(Role.GROUP_COORDINATOR, group=groups[person.group]), head, None
    if person.role == Role.RESEARCHER:
        yield network_post(made, Role.RESEARCHER), head, core
    if person.role == Role.NATIONAL_OFFICER:
        yield Post(Role.NATIONAL_OFFICER, country=person.country), core, None
