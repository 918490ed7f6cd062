"""Fill an empty database with the demonstration network, as ordinary rows. Never run on a database that has people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.contrib.auth.hashers import make_password
from django.db import transaction

from consent import actions as consent
from consent.models import Registry
from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts.models import (
    AdvocacyGroup,
    Centre,
    CentreMembership,
    Expertise,
    Membership,
    Network,
    ThematicGroup,
    TotpDevice,
    User,
)
from cpms.accounts.roles import CENTRE_ROLES, HELD_ON, Care, Role
from cpms.vault import actions as vault
from helpdesk.demo import network
from helpdesk.demo.concluded import load_concluded
from helpdesk.demo.meetings import load_meetings
from helpdesk.demo.members import load_members, spoken
from helpdesk.demo.neighbours import load_neighbours
from helpdesk.demo.outreach import load_outreach
from helpdesk.demo.people import PASSWORD, PEOPLE, DemoPerson
from helpdesk.demo.questions import load_questions
from helpdesk.demo.referrals import load_referrals
from helpdesk.demo.requests import load_requests
from helpdesk.demo.running import load_running
from helpdesk.demo.sign_ins import load_sign_ins
from helpdesk.demo.tickets import load_tickets

STARTED = dt.date(2017, 12, 1)
RARE_ENDOCRINE = "rare-endocrine"
Say = Callable[[str], object]


@transaction.atomic
def load(say: Say) -> bool:
    """The network, its people and what is under way, without the past (``archive.load_past``). Whether anything was loaded: a
    database that knows one person is left alone."""
    if User.objects.exists():
        return False
    made = load_network()
    say(f"{Centre.objects.count()} invented hospitals in {len(network.HOSPITALS)} countries")
    people = load_people(made)
    registry = Registry(code=RARE_ENDOCRINE, name="Registry of rare endocrine conditions (invented)")
    consent.save_registry(registry, by=next(person for person in people if person.is_staff))
    say(f"{len(people)} people to try the demonstration as")
    own = [user for user in people if user.centre_id]
    members = load_members(made, already=len(own))
    say(f"{len(own) + len(members)} registered people")
    load_sign_ins([*own, *members])
    say(f"{load_neighbours()} people in two small networks beside it")
    say(f"{load_running(made)} panels under way")
    say(f"{load_concluded(made)} panel concluded, with its outcome signed")
    say(f"{load_meetings(made)} of them on the agenda of a joint board")
    say(f"{load_questions(made)} quick questions")
    say(f"{load_tickets(made)} tickets to the helpdesk")
    say(f"{load_outreach(made)} contacts with hospitals")
    say(f"{load_requests(made)} requests for access")
    say(f"{load_referrals(made)} referrals from outside")
    return True


def load_network() -> Network:
    """The network, its groups, centres and patient organisations."""
    accounts.load_networks(by=None)
    made = Network.objects.get(code=network.CODE)
    ThematicGroup.objects.bulk_create(
        ThematicGroup(network=made, number=number, name=name) for number, name in network.GROUPS.items()
    )
    main = {group.number: group for group in made.groups.all()}
    ThematicGroup.objects.bulk_create(
        ThematicGroup(network=made, number=number, name=name, parent=main[parent])
        for number, (parent, name) in network.SUBGROUPS.items()
    )
    listed = list(network.centres())
    centres = Centre.objects.bulk_create(
        Centre(
            name=entry.name,
            city=entry.city,
            country=entry.country,
            cleared_on=None if entry.name in network.NOT_CLEARED else STARTED,
        )
        for entry in listed
    )
    kinds = {True: CentreMembership.Kind.FULL, False: CentreMembership.Kind.AFFILIATED}
    CentreMembership.objects.bulk_create(
        CentreMembership(centre=centre, network=made, kind=kinds[entry.full], since=STARTED)
        for centre, entry in zip(centres, listed, strict=True)
    )
    AdvocacyGroup.objects.bulk_create(
        AdvocacyGroup(network=made, name=name, country=country)
        for country, names in network.ADVOCACY_GROUPS.items()
        for name in names.split("; ")
    )
    return made


def load_people(made: Network) -> list[User]:
    """The people whom the demonstration page lists, with roles, expertise and an authenticator each."""
    hashed = make_password(PASSWORD)  # once: Argon2 is slow on purpose
    centres = {centre.name: centre for centre in Centre.objects.all()}
    users = [_user(person, centres, hashed) for person in PEOPLE]
    User.objects.bulk_create(users)
    pairs = list(zip(PEOPLE, users, strict=True))
    groups = {group.number: group for group in made.groups.all()}
    for person, user in pairs:
        user.groups_of_interest.set(groups[number] for number in person.interests)
    Membership.objects.bulk_create(row for pair in pairs for row in _roles(*pair, made, groups))
    Expertise.objects.bulk_create(
        Expertise(user=user, system=code.partition(":")[0], code=code, name=name, declared_on=STARTED)
        for person, user in pairs
        for code, name in person.expertise
    )
    for person, user in pairs:
        _authenticator(person, user)
    away = {user.email.partition("@")[0]: user for user in users}["rasa.kazlauskaite"]
    accounts.set_absence(away, away_until=clock.today() + dt.timedelta(days=5), deputy=None, by=away)
    return users


def _user(person: DemoPerson, centres: dict[str, Centre], hashed: str) -> User:
    joined = dt.datetime.combine(STARTED, dt.time(9), dt.UTC)
    return User(
        email=person.email,
        display_name=person.name,
        job_title=person.job_title,
        centre=centres.get(person.hospital),
        guest_hospital=person.hospital if person.guest else "",
        country=person.country,
        zone=person.zone,
        languages=spoken(person.country, len(person.key)),
        care=Care.PAEDIATRIC if "aediatric" in person.job_title else Care.BOTH,
        password=hashed,
        date_joined=joined,
        activated_at=joined,
    )


def _roles(person: DemoPerson, user: User, made: Network, groups: dict[int, ThematicGroup]) -> list[Membership]:
    """A coordinator is a clinician too; the helpdesk is nothing else, and a guest holds no role."""
    rows = []
    if person.role in CENTRE_ROLES or person.interests:
        rows.append(Membership(user=user, role=Role.CLINICIAN, centre=user.centre, valid_from=STARTED))
    if person.represents:
        rows.append(Membership(user=user, role=Role.REPRESENTATIVE, centre=user.centre, valid_from=STARTED))
    if person.role in HELD_ON["group"] and person.group:
        rows.append(Membership(user=user, role=person.role, group=groups[person.group], valid_from=STARTED))
    if person.role in HELD_ON["network"]:
        registry = RARE_ENDOCRINE if person.role == Role.RESEARCHER else ""
        rows.append(Membership(user=user, role=person.role, network=made, registry=registry, valid_from=STARTED))
    if person.role == Role.NATIONAL_OFFICER:
        rows.append(Membership(user=user, role=person.role, country=person.country, valid_from=STARTED))
    if person.role == Role.CORE_HELPDESK:
        rows.append(Membership(user=user, role=person.role, valid_from=STARTED))
    return rows


def _authenticator(person: DemoPerson, user: User) -> None:
    """A confirmed device with the person's public seed."""
    device = TotpDevice(user=user, name="Authenticator app", confirmed=True, key=vault.new_key())
    device.seed = person.seed
    device.created_at = clock.now()
    device.save()
