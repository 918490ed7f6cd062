"""The registered people beyond those one can be: clinicians of the invented hospitals, joining over three years."""

from __future__ import annotations

import datetime as dt
import uuid
from itertools import cycle, islice

from cpms import clock
from cpms.accounts.models import Centre, Expertise, Membership, Network, ThematicGroup, User
from cpms.accounts.roles import Care, Role
from helpdesk.demo.chance import below, one_of, some_of
from helpdesk.demo.conditions import TOPICS
from helpdesk.demo.names import SPECIALTIES, address, people_of

REGISTERED = 267
FOUNDERS = 110
FIRST_DAY, LAST_DAY = dt.date(2017, 12, 1), dt.date(2020, 9, 25)
WAITING = 6
CARE = (Care.ADULT, Care.PAEDIATRIC, Care.BOTH)
OWN_LANGUAGE = {
    "AT": "de", "BE": "nl", "BG": "bg", "CZ": "cs", "DE": "de", "DK": "da", "ES": "es", "FI": "fi", "FR": "fr", "GR": "el",
    "HU": "hu", "IE": "en", "IT": "it", "LT": "lt", "NL": "nl", "NO": "no", "PL": "pl", "PT": "pt", "SE": "sv", "SI": "sl",
}  # fmt: skip
ZONES = {
    "AT": "Europe/Vienna",
    "BE": "Europe/Brussels",
    "BG": "Europe/Sofia",
    "CZ": "Europe/Prague",
    "DE": "Europe/Berlin",
    "DK": "Europe/Copenhagen",
    "ES": "Europe/Madrid",
    "FI": "Europe/Helsinki",
    "FR": "Europe/Paris",
    "GR": "Europe/Athens",
    "HU": "Europe/Budapest",
    "IE": "Europe/Dublin",
    "IT": "Europe/Rome",
    "LT": "Europe/Vilnius",
    "NL": "Europe/Amsterdam",
    "NO": "Europe/Oslo",
    "PL": "Europe/Warsaw",
    "PT": "Europe/Lisbon",
    "SE": "Europe/Stockholm",
    "SI": "Europe/Ljubljana",
}


def load_members(made: Network, *, already: int) -> list[User]:
    """Fill up to ``REGISTERED`` activated people of the network, and add a few who have not activated yet.

    ``already`` counts the network's people who exist. Nobody here has a password: only the listed people can be tried.
    """
    centres = list(Centre.objects.filter(networks=made).order_by("pk"))
    names = {country: people_of(country) for country in ZONES}
    places = list(islice(cycle(centres), REGISTERED - already + WAITING))
    users = [_user(number, centre, next(names[centre.country])) for number, centre in enumerate(places)]
    _date(users[:-WAITING])
    User.objects.bulk_create(users)
    groups = {group.number: group for group in made.groups.main()}
    interests = {user.pk: _interests(number) for number, user in enumerate(users)}
    User.groups_of_interest.through.objects.bulk_create(
        User.groups_of_interest.through(user_id=user.pk, thematicgroup_id=groups[number].pk)
        for user in users
        for number in interests[user.pk]
    )
    _expertise(users[:-WAITING], interests)
    _roles(users, len(centres), groups)
    return users[:-WAITING]


def _user(number: int, centre: Centre, name: str) -> User:
    user = User(
        email=address(name, number),
        display_name=name,
        job_title=one_of(SPECIALTIES, "specialty", number),
        centre=centre,
        country=centre.country,
        zone=ZONES[centre.country],
        languages=spoken(centre.country, number),
        care=one_of(CARE, "care", number),
        date_joined=clock.now() - dt.timedelta(days=2 + below(20, "waiting", number)),
    )
    user.set_unusable_password()
    return user


def spoken(country: str, number: int) -> list[str]:
    """The country's own language, English, and for some a third one."""
    third = one_of(("", "", "fr", "de", "es", "it"), "third language", number)
    return list(dict.fromkeys(filter(None, (OWN_LANGUAGE[country], "en", third))))


def _date(users: list[User]) -> None:
    """A hundred and ten are there from the first month; the others join evenly, each activating within two weeks."""
    days = (LAST_DAY - FIRST_DAY).days
    for number, user in enumerate(users):
        late = max(0, number - FOUNDERS) * days // max(1, len(users) - FOUNDERS)
        day = FIRST_DAY + dt.timedelta(days=late or below(15, "founder", number))
        user.date_joined = dt.datetime.combine(day, dt.time(8, 30), dt.UTC)
        activated = user.date_joined + dt.timedelta(days=below(6, "activated", number), hours=2)
        user.activated_at = min(activated, dt.datetime(2020, 9, 29, tzinfo=dt.UTC))


def _interests(number: int) -> list[int]:
    first = 1 + number % len(TOPICS)
    second = 1 + below(len(TOPICS), "second interest", number)
    return [first] if first == second or number % 3 else [first, second]


def _expertise(users: list[User], interests: dict[uuid.UUID, list[int]]) -> None:
    Expertise.objects.bulk_create(
        Expertise(
            user=user, system="ORPHA", code=code, name=name, declared_on=user.date_joined.date() + dt.timedelta(days=30)
        )
        for user in users
        for topic in interests[user.pk][:1]
        for code, name in some_of(TOPICS[topic].conditions, 1 + below(3, "expertise", user.email), user.email)
    )


def _roles(users: list[User], centres: int, groups: dict[int, ThematicGroup]) -> None:
    """Everybody is a clinician; the first of each hospital represents it, the second is the substitute."""
    rows = [_row(user, Role.CLINICIAN, centre=user.centre) for user in users]
    rows += [_row(user, Role.REPRESENTATIVE, centre=user.centre) for user in users[:centres]]
    rows += [_row(user, Role.SUBSTITUTE, centre=user.centre) for user in users[centres : 2 * centres]]
    led = {number for number in groups if number != 2}  # group 2 has its coordinator among the listed people
    for user, number in zip(users, (1 + position % len(groups) for position in range(len(groups))), strict=False):
        if number in led:
            rows.append(_row(user, Role.GROUP_COORDINATOR, group=groups[number]))
    Membership.objects.bulk_create(rows)


def _row(user: User, role: Role, **held_on: Centre | ThematicGroup | None) -> Membership:
    return Membership(user=user, role=role, valid_from=user.date_joined.date(), **held_on)
