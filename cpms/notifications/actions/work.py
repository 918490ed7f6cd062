"""Work items: opened and settled where the deed is done, reminded by the clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts import queries as accounts_of
from cpms.locking import hold
from cpms.notifications import queries
from cpms.notifications.actions.outbox import cancel, notify
from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.notifications.notices import Notice
from cpms.notifications.states import Settled, Verb, reminder_due, steps_due

REMINDERS: dict[str, Notice] = {
    Verb.DECIDE: Notice.REQUEST_WAITING,
    Verb.SURVEY: Notice.SURVEY_REMINDER,
    Verb.CONSENT_AGAIN: Notice.CONSENT_AGAIN,
    Verb.KEEP_OR_ERASE: Notice.KEEP_OR_ERASE,
    Verb.HAND_OVER: Notice.LEFT_BEHIND,
    Verb.NAME_REPRESENTATIVE: Notice.UNREPRESENTED,
    Verb.CONFIRM_PLACE: Notice.PLACE_ASKED,
    Verb.CONFIRM_ROLE: Notice.ROLE_PROPOSED,
    Verb.CONFIRM_FACTOR: Notice.FACTOR_WAITS,
    Verb.TICKET: Notice.TICKET_WAITING,
    Verb.HOLD: Notice.HOLD_WANTED,
    Verb.QUESTION: Notice.QUESTION_LEFT,
}
"""What is not about a panel is reminded in its own words."""
ASKS_FOR: dict[str, tuple[Notice, ...]] = {
    Verb.ANSWER: (Notice.INVITED, Notice.REFERRER_INVITED),
    Verb.REPLY: (Notice.ANSWER_LATE, Notice.NUDGED),
    Verb.REVIVE: (Notice.PANEL_IDLE,),
    Verb.SUBSTITUTE: (Notice.SUBSTITUTE_WANTED,),
    Verb.MEET: (Notice.MEETING_PROPOSED,),
    Verb.SIGN: (Notice.SIGN_WANTED,),
    Verb.DISPATCH: (Notice.DISPATCHED,),
    Verb.HELP: (Notice.HELP_WANTED,),
    Verb.REFERRAL: (Notice.REFERRAL_WAITING,),
    Verb.START_PANEL: (Notice.REFERRAL_YOURS,),
    Verb.QUESTION: (Notice.QUESTION_LEFT,),
    Verb.HOLD: (Notice.HOLD_WANTED,),
    Verb.SURVEY: (Notice.SURVEY,),
    Verb.DECIDE: (Notice.REQUEST_WAITING,),
    Verb.CONSENT_AGAIN: (Notice.CONSENT_AGAIN,),
    Verb.KEEP_OR_ERASE: (Notice.KEEP_OR_ERASE,),
    Verb.HAND_OVER: (Notice.LEFT_BEHIND,),
    Verb.NAME_REPRESENTATIVE: (Notice.UNREPRESENTED,),
    Verb.CONFIRM_PLACE: (Notice.PLACE_ASKED,),
    Verb.CONFIRM_ROLE: (Notice.ROLE_PROPOSED,),
    Verb.CONFIRM_FACTOR: (Notice.FACTOR_WAITS,),
    Verb.TICKET: (Notice.TICKET_WAITING,),
}
"""The mails that ask a person for what waits for them, about the same thing: they go out no more once nothing waits."""


def open_work(
    who: Any, verb: Verb, *, on: models.Model, ref: str, path: str, due_at: dt.datetime, urgent: bool = False
) -> None:
    """Something waits for ``who``; opening it a second time changes nothing."""
    open_for([who], verb, on=on, ref=ref, path=path, due_at=due_at, urgent=urgent)


def open_for(
    people: Iterable[Any],
    verb: Verb,
    *,
    on: models.Model,
    ref: str,
    path: str,
    due_at: dt.datetime,
    urgent: bool = False,
) -> None:
    """The same waits for each of these people; for whom it waits already, nothing changes."""
    if not (asked := list(people)):
        return
    now, network = clock.now(), queries.network_key(on)
    remind_at = reminder_due(queries.waits(verb, network), now, 0, urgent=urgent)
    items = [
        WorkItem(
            who=person,
            verb=verb,
            subject_type=on._meta.label_lower,
            subject_id=on.pk,
            ref=ref,
            path=path,
            urgent=urgent,
            opened_at=now,
            due_at=due_at,
            network_id=network,
            remind_at=remind_at,
        )
        for person in asked
    ]
    WorkItem.objects.bulk_create(items, ignore_conflicts=True)


@transaction.atomic(savepoint=False)
def move_due(on: models.Model, verb: Verb, *, due_at: dt.datetime) -> int:
    """The day by which it is wanted has changed."""
    return WorkItem.objects.filter(pk__in=hold(WorkItem.objects.open().about(on).filter(verb=verb))).update(
        due_at=due_at
    )


def change_pace(ref: str, *, urgent: bool) -> int:
    """What waits about the panel of this number is urgent from now on, or not any more: each next reminder goes by the new times.
    Gives how many things wait."""
    items = list(WorkItem.objects.open().filter(ref=ref).select_for_update(of=("self",)).order_by("pk"))
    for item in items:
        waits = queries.waits(item.verb, item.network_id)
        item.urgent, item.remind_at = urgent, reminder_due(waits, item.opened_at, item.reminders, urgent=urgent)
    WorkItem.objects.bulk_update(items, ["urgent", "remind_at"])
    return len(items)


def settle_work(who: Any, verb: Verb, *, on: models.Model) -> int:
    """Done: no reminder follows."""
    return end(WorkItem.objects.about(on).filter(who=who, verb=verb), Settled.DONE)


def settle_all(on: models.Model, *verbs: Verb, who: Any = None, how: Settled = Settled.CANCELLED) -> int:
    """Nobody (or not ``who``) needs to do this any more; all verbs when none is named."""
    items = WorkItem.objects.about(on)
    if verbs:
        items = items.filter(verb__in=verbs)
    if who is not None:
        items = items.filter(who=who)
    return end(items, how)


def cancel_work(items: Iterable[WorkItem]) -> int:
    """These need not be done any more by those for whom they wait."""
    return end(WorkItem.objects.filter(pk__in=[item.pk for item in items]), Settled.CANCELLED)


@transaction.atomic(savepoint=False)
def end(items: models.QuerySet[WorkItem], how: Settled) -> int:
    """Settle what of these is open. A mail that asks for it, or reminds of it, and was not sent, as before a daily mail, goes out no
    more; nor does one that is just being written, for whose item this waits."""
    keys = hold(items.filter(settled_at=None))
    if not keys:
        return 0
    ended = WorkItem.objects.filter(pk__in=keys)
    ended.update(settled_at=clock.now(), settled_how=how, remind_at=None)
    mails = Q(about_id__in=keys)
    for verb, subject, person in ended.values_list("verb", "subject_id", "who"):
        mails |= Q(about_id=subject, recipient=person, notice__in=ASKS_FOR.get(verb, ()))
    cancel(OutboxMessage.objects.filter(mails))
    return len(keys)


@transaction.atomic(savepoint=False)
def pass_work(refs: Iterable[str], *, giver: Any, to: Any) -> int:
    """What waits for one person about the panels of these numbers waits for the other from now on, by the same day."""
    items = WorkItem.objects.open().filter(ref__in=list(refs), who=giver)
    there = WorkItem.objects.open().filter(who=to, verb=OuterRef("verb"), subject_id=OuterRef("subject_id"))
    end(items.filter(Exists(there)), Settled.CANCELLED)
    return WorkItem.objects.filter(pk__in=hold(items)).update(who=to)


def remind() -> int:
    """Write a reminder for every open item whose time has come; gives how many.

    Each item is handled under its lock, so parallel runs remind once; a settled item has no ``remind_at``.
    """
    count = 0
    for pk in WorkItem.objects.to_remind().values_list("pk", flat=True):
        count += remind_one(pk)
    return count


@transaction.atomic
def remind_one(pk: Any) -> int:
    rows = WorkItem.objects.to_remind().select_related("who").filter(pk=pk)
    item = rows.select_for_update(of=("self",), skip_locked=True).first()
    if item is None:
        return 0
    if not queries.concerns(item.who, item.path):
        item.settled_at, item.settled_how, item.remind_at = clock.now(), Settled.CANCELLED, None
        item.save(update_fields=["settled_at", "settled_how", "remind_at"])
        return 0
    rule = queries.waits(item.verb, item.network_id)
    behind = steps_due(rule, item.opened_at, at=clock.now(), urgent=item.urgent)
    item.reminders = max(item.reminders + 1, behind)  # what was missed, or lies behind by a new rule, is one mail
    item.remind_at = reminder_due(rule, item.opened_at, item.reminders, urgent=item.urgent)
    item.save(update_fields=["reminders", "remind_at"])
    notice, path = words_and_way(item)
    notify(
        [item.who],
        notice=notice,
        by=None,
        about=item,
        ref=item.ref,
        path=path,
        again=str(item.reminders),
        urgent=item.urgent,
    )
    return 1


def words_and_way(item: WorkItem) -> tuple[Notice, str]:
    """What a reminder says, and where it leads. A guest who is asked in and has not come in yet has no password: the way
    there is a fresh link, as in the first mail."""
    asked_in = item.verb == Verb.ANSWER and item.who.activated_at is None
    if not (asked_in and accounts_of.is_guest(item.who)):
        return REMINDERS.get(item.verb, Notice.REMINDER), item.path
    token = accounts.resend_link(item.who, next_path=item.path, by=None)
    return Notice.GUEST_INVITED, reverse("activate", args=[token])
