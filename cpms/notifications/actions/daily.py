"""The daily mail: one per person and day, holding what waited for it; and the wishes it follows."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django.db import transaction
from django.urls import reverse

from cpms import clock
from cpms.locking import hold
from cpms.notifications import notices, queries
from cpms.notifications.actions.outbox import can_be_read, drop
from cpms.notifications.models import MailWish, OutboxMessage
from cpms.notifications.notices import NEWS, Notice
from cpms.notifications.policy import after_quiet, daily_due
from cpms.notifications.states import MailState, Pace


@transaction.atomic
def wish_mails(*, pace: str, daily_at: int, quiet_from: int | None, quiet_to: int | None, by: Any) -> MailWish:
    """The person says how they want their mails. What was held goes out when they no longer want a daily mail, after their quiet
    hours, but for the news of somebody who wants only what is asked of them."""
    hours = {"daily_at": daily_at, "quiet_from": quiet_from, "quiet_to": quiet_to}
    wish, _made = MailWish.objects.update_or_create(user=by, defaults={"pace": Pace(pace), **hours})
    held = OutboxMessage.objects.filter(recipient=by, state=MailState.HELD)
    if wish.pace == Pace.OFF:
        drop(held.filter(notice__in=NEWS), MailState.CANCELLED)
    if wish.pace != Pace.DAILY:
        when = after_quiet(wish, zone=by.zone, now=clock.now())
        OutboxMessage.objects.filter(pk__in=hold(held)).update(state=MailState.WAITING, due_at=when, not_before=when)
    return wish


def send_daily() -> int:
    """Write the daily mail of everybody whose hour has come; gives how many. Parallel runs write each once.

    What is held for somebody who was switched off meanwhile goes out no more.
    """
    held = OutboxMessage.objects.filter(state=MailState.HELD)
    drop(held.filter(recipient__is_active=False), MailState.CANCELLED)
    wishes = MailWish.objects.filter(user__in=held.values("recipient")).select_related("user")
    due = [wish.pk for wish in wishes if daily_due(wish, zone=wish.user.zone, now=clock.now())]
    return sum(write_daily(pk) for pk in due)


@transaction.atomic
def write_daily(pk: Any) -> int:
    """One person's daily mail, under the lock of their wish; 0 when another run was first."""
    rows = MailWish.objects.select_for_update(of=("self",), skip_locked=True).select_related("user")
    wish = rows.filter(pk=pk).first()
    if wish is None or not daily_due(wish, zone=wish.user.zone, now=clock.now()):
        return 0
    today = clock.now().astimezone(zoneinfo.ZoneInfo(wish.user.zone)).date()
    mails = OutboxMessage.objects.filter(recipient=wish.user, state=MailState.HELD).select_for_update().order_by("pk")
    held = [message for message in mails if can_be_read(message)]  # what cannot be opened now is told another day
    told = [message for message in held if queries.concerns(wish.user, message.link)]
    lines = dict.fromkeys(notices.line(message.notice, ref=message.ref) for message in told)
    parts = OutboxMessage.objects.filter(pk__in=[message.pk for message in told])
    drop(
        OutboxMessage.objects.filter(pk__in=[message.pk for message in held if message not in told]), MailState.DIGESTED
    )
    MailWish.objects.filter(pk=wish.pk).update(last_daily_on=today)
    if not told:
        return 0
    digest = OutboxMessage.objects.create(
        notice=Notice.DIGEST,
        recipient=wish.user,
        dedupe_key=f"{Notice.DIGEST}:{wish.user_id}:{today}",
        about_type=wish._meta.label_lower,
        about_id=wish.user_id,
        lines="\n".join(lines),
        path=reverse("home"),
    )
    parts.update(state=MailState.DIGESTED, part_of=digest)
    return 1
