"""The registered people beyond those one can be: clinicians of the invented hospitals, joining over three years."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import cycle, islice

from cpms import clock
from cpms.accounts.models import Centre, Network, ThematicGroup, User
from cpms.accounts.policy import Post
from cpms.accounts.roles import Care, Role
from helpdesk.demo import arriving
from helpdesk.demo.arriving import Newcomer
from helpdesk.demo.chance import below, one_of, some_of
from helpdesk.demo.conditions import TOPICS
from helpdesk.demo.names import SPECIALTIES, address, people_of

REGISTERED = 267
FOUNDERS = 110
FOUNDED, FIRST_DAY, LAST_DAY = dt.date(2017, 11, 6), dt.date(2017, 12, 1), dt.date(2020, 9, 25)
"""When the founders were let in, and when the others were; the last of them used the account before the archive ends."""
LAST_ACTIVATED = dt.datetime(2020, 9, 29, tzinfo=dt.UTC)
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


def load_members(made: Network, *, already: int, by: User) -> int:
    """Fill up to ``REGISTERED`` activated people of the network, and add a few who have not activated yet; all let in by its
    coordinator. Gives how many activated.

    ``already`` counts the network's people who exist. Nobody knows a password of these: only the listed people can be tried.
    """
    centres = list(Centre.objects.filter(networks=made).order_by("pk"))
    groups = {group.number: group for group in made.groups.main()}
    names = {country: people_of(country) for country in ZONES}
    many = REGISTERED - already
    for number, centre in enumerate(islice(cycle(centres), many + WAITING)):
        one = newcomer(number, centre, next(names[centre.country]), groups)
        joined = joined_at(number, many)
        user, token = arriving.prepare(one, at=joined, by=by)
        for post in posts(number, centre, len(centres), groups):
            arriving.give(user, post, at=joined, by=by)
        if number < many:
            user = arriving.come_in(user, token, one, at=activated_at(number, joined))
            arriving.declare(user, one, at=joined + dt.timedelta(days=30))
    return many


def newcomer(number: int, centre: Centre, name: str, groups: dict[int, ThematicGroup]) -> Newcomer:
    email, interests = address(name, number), _interests(number)
    known = TOPICS[interests[0]].conditions
    return Newcomer(
        email=email,
        name=name,
        job_title=one_of(SPECIALTIES, "specialty", number),
        country=centre.country,
        zone=ZONES[centre.country],
        languages=spoken(centre.country, number),
        care=one_of(CARE, "care", number),
        centre=centre,
        groups=tuple(groups[interest] for interest in interests),
        expertise=tuple(some_of(known, 1 + below(3, "expertise", email), email)),
    )


def spoken(country: str, number: int) -> list[str]:
    """The country's own language, English, and for some a third one."""
    third = one_of(("", "", "fr", "de", "es", "it"), "third language", number)
    return list(dict.fromkeys(filter(None, (OWN_LANGUAGE[country], "en", third))))


def joined_at(number: int, many: int) -> dt.datetime:
    """A hundred and ten are there before the first month, the others join evenly; the last were let in some days ago."""
    if number >= many:
        return clock.now() - dt.timedelta(days=2 + below(20, "waiting", number))
    late = (number - FOUNDERS) * (LAST_DAY - FIRST_DAY).days // max(1, many - FOUNDERS)
    day = FIRST_DAY + dt.timedelta(days=late)
    if number < FOUNDERS:
        day = FOUNDED + dt.timedelta(days=below(15, "founder", number))
    return dt.datetime.combine(day, dt.time(8, 30), dt.UTC)


def activated_at(number: int, joined: dt.datetime) -> dt.datetime:
    return min(joined + dt.timedelta(days=below(6, "activated", number), hours=2), LAST_ACTIVATED)


def _interests(number: int) -> list[int]:
    first = 1 + number % len(TOPICS)
    second = 1 + below(len(TOPICS), "second interest", number)
    return [first] if first == second or number % 3 else [first, second]


def posts(number: int, centre: Centre, centres: int, groups: dict[int, ThematicGroup]) -> Iterator[Post]:
    """Everybody is a clinician; the first of each hospital represents it, the second is the substitute. The first people
    coordinate a group each, but group 2, whose coordinator is among the listed people."""
    yield Post(Role.CLINICIAN, centre=centre)
    if number < centres:
        yield Post(Role.REPRESENTATIVE, centre=centre)
    elif number < 2 * centres:
        yield Post(Role.SUBSTITUTE, centre=centre)
    if number < len(groups) and 1 + number != 2:
        yield Post(Role.GROUP_COORDINATOR, group=groups[1 + number])
