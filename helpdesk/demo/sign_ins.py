"""Who signed in, month by month: between 50 and 65 different people, as the network counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db import transaction

from cpms import clock
from cpms.accounts.models import User
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from helpdesk.demo import network
from helpdesk.demo.arriving import sign_in
from helpdesk.demo.chance import below, some_of
from helpdesk.demo.neighbours import NEIGHBOURS
from helpdesk.demo.people import PEOPLE

FIRST_MONTH = dt.date(2017, 12, 1)
FEWEST, MOST, FAITHFUL = 50, 65, 30
LASTS = 12 * 24 * 60  # minutes of a month in which they come again
OVER = dt.datetime(2022, 1, 1, tzinfo=dt.UTC)
"""By then every panel of the archive was followed up; whoever came in later is not of it."""


def last_whole_month() -> dt.date:
    return (clock.today(dt.UTC).replace(day=1) - dt.timedelta(days=1)).replace(day=1)


def months(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """The first day of every month from ``first`` to the one that holds ``last``."""
    month = first
    while month <= last:
        yield month
        month = (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)


@transaction.atomic
def load_sign_ins(people: dict[str, list[User]], month: dt.date) -> int:
    """One sign-in of each active person of each network in this month; ``people`` is what ``of_the_archive`` gives. Nothing where
    it was done before. Gives how many."""
    if was_done(people, month):
        return 0
    coming = [user for code, users in people.items() for user in who_comes(users, month, *counts_of(code, len(users)))]
    for user in coming:
        sign_in(user, at=middle_of(month) + dt.timedelta(minutes=below(LASTS, user.email, month)))
    return len(coming)


def of_the_archive() -> dict[str, list[User]]:
    """By network, in the order in which they came."""
    found = {}
    for code in (network.CODE, *(one.code for one in NEIGHBOURS)):
        users = User.objects.filter(centre__networks__code=code, activated_at__lt=OVER)
        found[code] = list(users.order_by("activated_at", "email"))
    return found


def counts_of(code: str, people: int) -> tuple[int, int, int]:
    """From how many to how many come, and how many of them nearly always. Of a small network a third to a half, a quarter."""
    return (FEWEST, MOST, FAITHFUL) if code == network.CODE else (people // 3, people // 2, people // 4)


def middle_of(month: dt.date) -> dt.datetime:
    return dt.datetime(month.year, month.month, 16, tzinfo=dt.UTC)


def was_done(people: dict[str, list[User]], month: dt.date) -> bool:
    """Whether somebody came again whom nobody can try."""
    listed = {person.email for person in PEOPLE}
    known = (user for users in people.values() for user in users if user.email not in listed)
    again = [user.pk for user in known if not first_comes_in(user, month)]
    since = middle_of(month)
    events = AuditEvent.objects.filter(event=Event.SIGNED_IN, actor_id__in=again)
    return events.filter(at__gte=since, at__lt=since + dt.timedelta(minutes=LASTS)).exists()


def first_comes_in(user: User, month: dt.date) -> bool:
    return user.activated_at is not None and user.activated_at.date().replace(day=1) == month


def who_comes(users: list[User], month: dt.date, fewest: int, most: int, often: int) -> list[User]:
    """Those who come again, beside those who came for the first time: some nearly always, the rest by turns."""
    wanted = fewest + below(most - fewest + 1, "active", month)
    there = [user for user in users if user.activated_at and user.activated_at.date() < month]
    faithful = some_of(there[: often + often // 3], often, "faithful", month)
    others = [user for user in there if user not in faithful]
    anew = sum(first_comes_in(user, month) for user in users)
    return [*faithful, *some_of(others, max(0, wanted - len(faithful) - anew), "others", month)]
