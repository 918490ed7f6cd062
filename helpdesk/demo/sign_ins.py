"""Who signed in, month by month: between 50 and 65 different people, as the network counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from cpms import clock
from cpms.accounts.models import User
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from helpdesk.demo.chance import below, some_of

FIRST_MONTH = dt.date(2017, 12, 1)
FEWEST, MOST, FAITHFUL = 50, 65, 30


def load_sign_ins(users: list[User], *, fewest: int = FEWEST, most: int = MOST, faithful: int = FAITHFUL) -> int:
    """One or more sign-ins of each active person, from ``fewest`` to ``most`` of them in each month up to the last whole one, of
    whom ``faithful`` come nearly always; each person's account knows the last. Gives the number of events."""
    last_whole_month = clock.today(dt.UTC).replace(day=1) - dt.timedelta(days=1)
    wanted = {
        month: fewest + below(most - fewest + 1, "active", month) for month in months(FIRST_MONTH, last_whole_month)
    }
    events = [event for month, many in wanted.items() for event in _of_month(users, month, many, faithful)]
    last = {event.actor_id: event.at for event in sorted(events, key=lambda event: event.at)}
    for user in users:
        user.last_login = last.get(user.pk, user.last_login)
    User.objects.bulk_update(users, ["last_login"], batch_size=500)
    return len(AuditEvent.objects.bulk_create(events, batch_size=2_000))


def months(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """The first day of every month from ``first`` to the one that holds ``last``."""
    month = first
    while month <= last:
        yield month
        month = (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)


def _of_month(users: list[User], month: dt.date, wanted: int, often: int) -> Iterator[AuditEvent]:
    """Some people come nearly always, the rest of the month's number by turns."""
    middle = dt.datetime(month.year, month.month, 16, tzinfo=dt.UTC)
    there = [user for user in users if user.activated_at and user.activated_at < middle]
    faithful = some_of(there[: often + often // 3], often, "faithful", month)
    others = [user for user in there if user not in faithful]
    for user in (*faithful, *some_of(others, max(0, wanted - often), "others", month)):
        for turn in range(1 + below(3, "turns", user.email, month)):
            yield _event(user, middle + dt.timedelta(minutes=below(12 * 24 * 60, user.email, month, turn)))


def _event(user: User, at: dt.datetime) -> AuditEvent:
    return AuditEvent(
        at=at,
        event=Event.SIGNED_IN,
        actor_id=user.pk,
        subject_type=User._meta.label_lower,
        subject_id=str(user.pk),
    )
