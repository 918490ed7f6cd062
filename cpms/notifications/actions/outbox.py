"""The outbox: mails are rows of the transaction that caused them, sent later, each once.

A mail is claimed under a row lock, noted as handed over, sent, then noted as sent, with a commit between: exactly-once
does not exist over SMTP. Who dies after handing over leaves the mail *in doubt*; it is sent once more with the same
Message-ID. Who dies before that, or meets a server that is away, leaves mails that wait as if nothing had been.
"""

from __future__ import annotations

import datetime as dt
import smtplib
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.core.mail import get_connection
from django.db import models, transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Least

from cpms import clock
from cpms.jobs import actions as jobs
from cpms.locking import hold
from cpms.notifications import queries
from cpms.notifications.actions.composing import compose
from cpms.notifications.models import LEASE, MailWish, OutboxMessage
from cpms.notifications.notices import Notice
from cpms.notifications.policy import has_not_looked, plan
from cpms.notifications.states import UNSENT, MailState
from cpms.vault.cipher import CannotOpen

log = structlog.get_logger("cpms.outbox")
BATCH, MOST_DOUBTS, LONGEST_PAUSE = 50, 2, dt.timedelta(minutes=30)
WHILE_AWAY = dt.timedelta(minutes=1)  # a server that is away is called by one mail a minute, so that all go soon after
MOST_COUNTED = 10_000  # tries are counted no further: the column ends, and a long outage must not
# A link that lets in must not outlive its mail, nor the address of who has no account
BARE = {"path": "/", "address": ""}
PARTS_LAST = F("part_of").asc(nulls_first=True)  # the dispatcher, too, holds a daily mail before what it tells of
REFUSED_FOR = dt.timedelta(days=1)  # so long a server may say of an address that it is none, before we believe it


class ServerAway(Exception):
    """The mail server does not answer: no other mail need be tried now."""


def notify(
    people: Iterable[Any],
    *,
    notice: Notice,
    by: Any,
    about: models.Model,
    ref: str = "",
    path: str = "/",
    calendar: str = "",
    again: str = "",
    looked: Mapping[Any, dt.datetime] | None = None,
    urgent: bool = False,
) -> list[OutboxMessage]:
    """Write one mail per person in this transaction, as they wish their mails; nobody is told of their own deed.

    The same notice about the same thing goes to a person once, unless ``again`` tells two occasions apart; or, with
    ``looked``, unless they have been there since: it says when each looked at the thing last, by the person's key. What is
    ``urgent`` waits for no daily mail and no quiet hours.
    """
    others = [person for person in people if by is None or person.pk != by.pk]
    wishes = {wish.user_id: wish for wish in MailWish.objects.filter(user__in=others)}
    earlier = queries.newest_mails(notice, about, others) if looked is not None else {}
    now, messages = clock.now(), []
    for person in others:
        when, last = (
            plan(notice, wishes.get(person.pk), zone=person.zone, now=now, urgent=urgent),
            earlier.get(person.pk),
        )
        if when.state is None or (last and has_not_looked(last, (looked or {}).get(person.pk), now=now, urgent=urgent)):
            continue
        message = OutboxMessage(notice=notice, recipient=person, ref=ref, calendar=calendar)
        message.link = path
        message.dedupe_key = f"{notice}:{about.pk}:{person.pk}:{last.pk if last else again}"
        message.about_type, message.about_id = about._meta.label_lower, about.pk
        message.state, message.due_at, message.not_before = when.state, when.not_before, when.not_before
        messages.append(message)
    OutboxMessage.objects.bulk_create(messages, ignore_conflicts=True)
    jobs.nudge_after_commit("notifications.dispatch_outbox")
    return messages


def notify_address(address: str, *, notice: Notice, about: models.Model, path: str = "/", again: str = "") -> None:
    """One mail to somebody who has no account (yet). The same notice about the same thing goes out once."""
    message = OutboxMessage(
        notice=notice,
        address=address,
        dedupe_key=f"{notice}:{about.pk}:address:{again}",
        about_type=about._meta.label_lower,
        about_id=about.pk,
    )
    message.link = path
    OutboxMessage.objects.bulk_create([message], ignore_conflicts=True)
    jobs.nudge_after_commit("notifications.dispatch_outbox")


def cancel_mails(about: Iterable[uuid.UUID], *notices: Notice, to: Any = None, ref: str = "") -> int:
    """What is not sent yet about these things (of these kinds, or all; to this person, or anybody; of this panel, or any) is not
    sent any more. Gives how many mails there were."""
    rows = OutboxMessage.objects.filter(about_id__in=list(about), **({"ref": ref} if ref else {}))
    rows = rows if to is None else rows.filter(recipient=to)
    return cancel(rows.filter(notice__in=notices) if notices else rows)


def cancel_mails_of(ref: str, *, to: Any = None) -> None:
    """Nothing more goes out about the panel of this number: to this person, or to anybody."""
    rows = OutboxMessage.objects.filter(ref=ref)
    cancel(rows if to is None else rows.filter(recipient=to))


@transaction.atomic(savepoint=False)
def cancel(rows: QuerySet[OutboxMessage]) -> int:
    """What of these waits is not sent any more, as part of a daily mail either; what was given up cannot be sent again. What a
    dispatcher has claimed stays unsent too, unless the mail server has it. The same occasion may come back, and is told then."""
    told = Q(state=MailState.DIGESTED, part_of__state__in=[*UNSENT, MailState.GIVEN_UP])
    state = Case(When(state=MailState.GIVEN_UP, then=Value(MailState.GIVEN_UP)), default=Value(MailState.CANCELLED))
    waits = Q(state__in=[*UNSENT, MailState.GIVEN_UP])
    held = hold(rows.filter(waits | told), PARTS_LAST)
    freed = Cast("pk", models.CharField())
    return OutboxMessage.objects.filter(pk__in=held).update(state=state, dedupe_key=freed, **BARE)


@transaction.atomic(savepoint=False)
def drop(messages: QuerySet[OutboxMessage], state: MailState) -> None:
    """End mails for good, and with a daily mail where its parts led."""
    held = hold(messages)
    OutboxMessage.objects.filter(pk__in=held).update(state=state, **BARE)
    forget_parts(held)


@transaction.atomic(savepoint=False)
def forget_parts(mails: Iterable[Any]) -> None:
    """Where the parts of these daily mails led, which are held already."""
    parts = hold(OutboxMessage.objects.filter(part_of__in=mails).exclude(path="/"))
    OutboxMessage.objects.filter(pk__in=parts).update(path="/")


def give_up(messages: QuerySet[OutboxMessage], links: Mapping[Any, str]) -> None:
    """End mails that cannot be sent, of which the helpdesk may send one to somebody with an account again. What they lead to stays,
    sealed, but for a link that lets in whoever has it. ``links`` are what they lead to, by the mail's key."""
    ended = messages.filter(pk__in=list(links))
    secret = [pk for pk, link in links.items() if queries.lets_in(link)]
    drop(ended.filter(Q(pk__in=secret) | Q(recipient=None)), MailState.GIVEN_UP)
    ended.update(state=MailState.GIVEN_UP)


def dispatch_outbox() -> int:
    """Send what is due; gives how many went out. Any number of dispatchers may run side by side."""
    sent = 0
    while batch := claim():
        connection, left = get_connection(), list(batch)
        try:
            while left:
                sent += deliver(left.pop(0), connection)
        except ServerAway:
            postpone(left, longest=WHILE_AWAY)
            break
        finally:
            connection.close()
        if len(batch) < BATCH:
            break
    return sent


@transaction.atomic
def claim() -> list[OutboxMessage]:
    """Take a batch under row locks and say so. People who were switched off, or who do not see any more what a mail leads
    to, get nothing any more; a daily mail says what still concerns its reader."""
    rows = OutboxMessage.objects.sendable().select_related("recipient").order_by("not_before")
    batch = list(rows.select_for_update(of=("self",), skip_locked=True)[:BATCH])
    batch = [message for message in batch if can_be_read(message)]
    for message in batch:
        message.lines = queries.lines_of(message)
    doomed = [m for m in batch if not queries.is_still_told(m)]
    drop(OutboxMessage.objects.filter(pk__in=[m.pk for m in doomed]), MailState.CANCELLED)
    tired = [m for m in batch if m.state == MailState.SENDING and m.doubts >= MOST_DOUBTS]
    give_up(OutboxMessage.objects.all(), {m.pk: m.link for m in tired})
    taken, until = [m for m in batch if m not in doomed and m not in tired], clock.now() + LEASE
    OutboxMessage.objects.filter(pk__in=[m.pk for m in taken]).update(state=MailState.SENDING, lease_until=until)
    for message in taken:
        message.state, message.lease_until = MailState.SENDING, until
    return taken


def can_be_read(message: OutboxMessage) -> bool:
    """A mail sealed under a key that is not configured, or of which a part is, waits half an hour at a time and is logged; it holds
    nobody up."""
    try:
        return bool(message.link) and all(part.link for part in queries.parts_of(message))
    except CannotOpen as error:
        OutboxMessage.objects.filter(pk=message.pk).update(not_before=clock.now() + LONGEST_PAUSE)
        log.warning("mail cannot be opened", kind=message.notice, error=type(error).__name__)
        return False


def seal_again() -> int:
    """Seal what the unsent mails lead to under the first key of ``CPMS_KEK``; gives how many there were."""
    states = [*UNSENT, MailState.GIVEN_UP, MailState.DIGESTED]
    with transaction.atomic():
        rows = OutboxMessage.objects.filter(state__in=states).exclude(path="/").select_for_update(of=("self",))
        for message in (held := list(rows.order_by(PARTS_LAST, "pk"))):
            message.link = message.link
        OutboxMessage.objects.bulk_update(held, ["path"], batch_size=500)
    return len(held)


def deliver(message: OutboxMessage, connection: Any) -> int:
    """Send one mail and note it; gives how many went out. A mail that cannot be sent waits and is tried again.

    Raises ``ServerAway`` when the server does not answer at all.
    """
    if not hand_over(message):
        return 0
    try:
        compose(message, connection).send()
    except smtplib.SMTPRecipientsRefused as error:
        refused(message, error)
    except (OSError, smtplib.SMTPException) as error:
        away = not isinstance(error, smtplib.SMTPResponseException) or isinstance(error, smtplib.SMTPConnectError)
        postpone([message], error, longest=WHILE_AWAY if away else LONGEST_PAUSE)
        if away:
            raise ServerAway from error
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:  # noqa: BLE001 one odd mail must not hold up the others; it is seen among the late ones
        postpone([message], error)
    else:
        note_sent(message)
        return 1
    return 0


def note_sent(message: OutboxMessage) -> None:
    """Where it led goes, and whom it went to without an account."""
    sent = {"state": MailState.SENT, "sent_at": clock.now()}
    OutboxMessage.objects.filter(pk=message.pk).update(**BARE, **sent)
    if message.notice == Notice.DIGEST:
        forget_parts([message.pk])


def mine(message: OutboxMessage) -> QuerySet[OutboxMessage]:
    """The mail as this dispatcher claimed it; nothing if another took it over since."""
    return OutboxMessage.objects.filter(pk=message.pk, state=MailState.SENDING, lease_until=message.lease_until)


def hand_over(message: OutboxMessage) -> bool:
    """From here to the server's answer nobody could know whether the mail went out. The lease begins anew, so that a slow
    server's mail is not taken by another dispatcher meanwhile."""
    until = clock.now() + LEASE
    tries = Least(F("attempts") + 1, MOST_COUNTED)
    taken = mine(message).update(attempts=tries, doubts=F("doubts") + 1, lease_until=until)
    message.lease_until, message.attempts = until, message.attempts + 1
    return bool(taken)


def postpone(
    messages: Iterable[OutboxMessage], error: Exception | None = None, *, longest: dt.timedelta = LONGEST_PAUSE
) -> None:
    """They wait, the longer the more often they were tried, up to ``longest``, and are not in doubt: the server said that it
    has none of them, or was not asked."""
    for message in messages:
        pause = min(dt.timedelta(seconds=10) * 2 ** min(message.attempts, 10), longest)
        tried = {} if error else {"attempts": min(message.attempts + 1, MOST_COUNTED)}
        mine(message).update(
            state=MailState.WAITING, not_before=clock.now() + pause, lease_until=None, doubts=message.doubts, **tried
        )
        if error:
            log.warning("mail not sent", kind=message.notice, error=type(error).__name__, attempt=message.attempts)


def refused(message: OutboxMessage, error: smtplib.SMTPRecipientsRefused) -> None:
    """An address that the server has called none for a day is given up, where the helpdesk sees it; until then it is tried."""
    for_good = all(500 <= code < 600 for code, _words in error.recipients.values())
    if for_good and message.due_at < clock.now() - REFUSED_FOR:
        give_up(mine(message), {message.pk: message.link})
        log.warning("mail refused for good", kind=message.notice, attempt=message.attempts)
    else:
        postpone([message], error)
