"""When a mail goes out: what a person wished, against what cannot wait."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass
from typing import Any

from cpms.accounts.access import Verdict, no, rule, yes
from cpms.accounts.models import Network
from cpms.accounts.roles import Permission, Role
from cpms.notifications.models import MailWish, OutboxMessage
from cpms.notifications.notices import ALWAYS_AT_ONCE, NEWS, Notice
from cpms.notifications.states import UNSENT, MailState, Pace

A_DAY = dt.timedelta(days=1)


@rule(Permission.CHASING)
def may_see_rules(user: Any, _thing: Any = None) -> Verdict:
    if Role.NETWORK_COORDINATOR in user.held_roles():
        return yes
    return no("Reminders are set by the network's coordinators.")


def may_set_rules(user: Any, network: Network) -> Verdict:
    """A coordinator of that network."""
    held = user.memberships.current().filter(role=Role.NETWORK_COORDINATOR, network=network)
    return yes if held.exists() else no("Reminders are set by the network's own coordinators.")


@dataclass(frozen=True)
class Plan:
    """What becomes of one mail: not written at all, held for the daily mail, or sent from a moment on."""

    state: MailState | None
    not_before: dt.datetime


def plan(notice: Notice, wish: MailWish | None, *, zone: str, now: dt.datetime, urgent: bool = False) -> Plan:
    """By the person's wish. What cannot wait, and everything of an urgent panel, goes out at once even at night.

    Only news can be refused altogether: an invitation or a reminder always arrives, at the latest with the daily mail.
    """
    if wish is None or urgent or notice in ALWAYS_AT_ONCE:
        return Plan(MailState.WAITING, now)
    if wish.pace == Pace.OFF and notice in NEWS:
        return Plan(None, now)
    if wish.pace == Pace.DAILY:
        return Plan(MailState.HELD, now)
    return Plan(MailState.WAITING, after_quiet(wish, zone=zone, now=now))


def has_not_looked(mail: OutboxMessage, looked: dt.datetime | None, *, now: dt.datetime, urgent: bool = False) -> bool:
    """Whether a mail stands for another one of its kind: it is still to be sent, or was sent within a day to somebody who has
    not looked since it was written. ``looked`` is when its reader last did. For one that is ``urgent`` none stands that waits for a
    daily mail or for the end of quiet hours."""
    if mail.state in UNSENT:
        return not (urgent and (mail.state == MailState.HELD or mail.due_at > now))
    lately = mail.sent_at is not None and mail.sent_at > now - A_DAY
    return lately and (looked is None or looked < mail.written_at)


def after_quiet(wish: MailWish, *, zone: str, now: dt.datetime) -> dt.datetime:
    """``now``, or the end of the quiet hours it falls into. Quiet hours may span midnight; equal hours mean none."""
    if wish.quiet_from is None or wish.quiet_to is None or wish.quiet_from == wish.quiet_to:
        return now
    here = now.astimezone(zoneinfo.ZoneInfo(zone))
    since_start = (here.hour - wish.quiet_from) % 24
    length = (wish.quiet_to - wish.quiet_from) % 24
    if since_start >= length:
        return now
    day = here.date() + dt.timedelta(days=1 if here.hour > wish.quiet_to else 0)
    return dt.datetime.combine(day, dt.time(wish.quiet_to), tzinfo=here.tzinfo).astimezone(dt.UTC)


def daily_due(wish: MailWish, *, zone: str, now: dt.datetime) -> bool:
    """Whether the person's hour has come today and today's mail has not gone out yet."""
    here = now.astimezone(zoneinfo.ZoneInfo(zone))
    return here.hour >= wish.daily_at and (wish.last_daily_on is None or wish.last_daily_on < here.date())
