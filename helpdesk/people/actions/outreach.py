"""The outreach log: spoken with a hospital, corrected beside the older words, the next step taken, words taken out; and why somebody stays away."""

from __future__ import annotations

import datetime as dt
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.utils import timezone

from cpms import clock, words
from cpms.accounts.access import Refused, Verdict, ask
from cpms.accounts.models import Centre, User
from cpms.accounts.roles import Permission, Role
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.drafts import actions as drafts
from cpms.notifications import actions as notifications
from cpms.notifications.states import Settled, Verb
from cpms.vault import actions as vault
from helpdesk.people import policy, queries
from helpdesk.people.models import Outreach, WhyAway
from helpdesk.people.states import Way, Whom
from outcomes.states import Reason

END_OF_DAY = dt.time(17)


def need(verdict: Verdict) -> None:
    if not verdict:
        raise Refused(verdict.reason)


def locked(entry: Outreach) -> Outreach:
    """The same entry, fresh and held until commit."""
    return Outreach.objects.with_surroundings().select_for_update(of=("self",)).get(pk=entry.pk)


@transaction.atomic
def log_outreach(centre: Centre, *, by: Any, **said: Any) -> Outreach:
    """Write down what was spoken with the hospital, and what is next.

    ``said`` holds ``on``, ``person`` (who represents the hospital, or nobody of these), ``way``, ``said``, and ``next_step``
    with ``next_on`` and ``next_by``, all three or none. Raises ``Refused`` for whoever does not keep the log, and for half a
    next step.
    """
    need(policy.may_log_outreach(by, centre))
    entry = Outreach(centre=centre, key=vault.new_key(), by=by)
    return keep(entry, **said)


@transaction.atomic
def correct_outreach(entry: Outreach, *, by: Any, **said: Any) -> Outreach:
    """The entry in other words; the older one stays and leads to it. Its next step moves along."""
    current = locked(entry)
    need(policy.may_correct_outreach(by, current))
    fresh = Outreach(centre=current.centre, key=current.key, by=by, corrects=current)
    fresh.person, fresh.whom = current.person, current.whom
    if current.done_at is not None and said.get("next_on"):
        fresh.done_at, fresh.done_by = current.done_at, current.done_by
    notifications.settle_all(current, Verb.OUTREACH, how=Settled.CANCELLED)
    return keep(fresh, **said)


def keep(entry: Outreach, **said: Any) -> Outreach:
    """Save what was said; whoever takes the next step has it among the own work."""
    person = said.get("person")
    if person is None or entry.corrects is None or person.pk != entry.person_id:
        entry.person, entry.whom = person, whom_of(person, entry.centre)
    entry.on, entry.way = said["on"], said["way"]
    entry.said, entry.next_step = said["said"], said.get("next_step", "")
    entry.next_on, entry.next_by = said.get("next_on"), said.get("next_by")
    if len({bool(entry.next_step), entry.next_on is not None, entry.next_by is not None}) > 1:
        raise Refused("A next step says what is to be done, by when and by whom.")
    if entry.next_by is not None and not queries.keepers_of(entry.centre).filter(pk=entry.next_by.pk).exists():
        raise Refused("Who takes the next step keeps this hospital's log, too.")
    entry.save(force_insert=True)
    if entry.waits and entry.next_on and entry.next_by:
        due = timezone.make_aware(dt.datetime.combine(entry.next_on, END_OF_DAY), dt.UTC)
        path, ref = entry.get_absolute_url(), words.shortened(str(entry.centre), 30)
        notifications.open_work(entry.next_by, Verb.OUTREACH, on=entry, ref=ref, path=path, due_at=due)
    audit.record(Event.OUTREACH_LOGGED, on=entry.centre, by=entry.by, kind=str(entry.way))
    return entry


def whom_of(person: Any, centre: Centre) -> Whom:
    """As what the person speaks for the hospital today. Raises ``Refused`` for who does not."""
    if person is None:
        return Whom.OTHER
    role = queries.speakers_of(centre).filter(pk=person.pk).values_list("speaks_as", flat=True).first()
    if role is None:
        raise Refused("This person does not represent the hospital any more.")
    return Whom.REPRESENTATIVE if role == Role.REPRESENTATIVE else Whom.SUBSTITUTE


@transaction.atomic
def settle_outreach(entry: Outreach, *, by: Any) -> Outreach:
    """The next step was taken."""
    current = locked(entry)
    need(policy.may_settle_outreach(by, current))
    current.done_at, current.done_by = clock.now(), by
    current.save(update_fields=["done_at", "done_by"])
    notifications.settle_all(current, Verb.OUTREACH, how=Settled.DONE)
    audit.record(Event.OUTREACH_DONE, on=current.centre, by=by)
    return current


@transaction.atomic
def forget_outreach(entry: Outreach, *, by: Any) -> Outreach:
    """Something stood there that must not: the words go dark for good, those of its corrections too, what is half-written goes, the entry stays."""
    current = locked(entry)
    need(policy.may_forget_outreach(by, current))
    vault.destroy_key(current.key)
    drafts.forget_about(str(key) for key in Outreach.objects.filter(key=current.key_id).values_list("pk", flat=True))
    audit.record(Event.OUTREACH_FORGOTTEN, on=current.centre, by=by)
    return current


@transaction.atomic
def note_reminder(centre: Centre, *, said: str, by: Any) -> Outreach | None:
    """The product itself mailed those who represent the hospital, at somebody's click. Nothing where nobody represents it, or
    where it belongs to no network any more."""
    to = list(queries.speakers_of(centre).exclude(pk=by.pk))
    if not to or not policy.may_log_outreach(by, centre):
        return None
    entry = Outreach(centre=centre, key=vault.new_key(), by=by, reminder=True)
    names = ", ".join(person.display_name for person in to)
    return keep(entry, on=clock.rights_day(), person=to[0], way=Way.MAIL, said=f"{said} Sent to {names}.")


@transaction.atomic
def note_why_away(person: User, *, reason: str, by: Any) -> WhyAway:
    """What somebody said who does not come any more. Raises ``Refused``; ``ValueError`` for what is no reason."""
    heard_by(by, person)
    said = WhyAway.objects.create(person=person, reason=str(Reason(reason)), by=by)
    audit.record(Event.WHY_AWAY_NOTED, on=person, by=by)
    return said


def heard_by(user: Any, person: User) -> None:
    """Raises ``Refused`` for who does not look after the account as the helpdesk."""
    need(ask(Permission.PERSON_AWAY, user, person))
    if not User.objects.visible_to(user).filter(pk=person.pk).exists():
        raise Refused("This account is looked after by another helpdesk.")


@transaction.atomic
def take_back_why_away(person: User, *, said: int, by: Any) -> None:
    """A reason, by its key, that was the wrong one, or no reason after all: the row goes, months that are frozen stay. Raises ``Refused``."""
    heard_by(by, person)
    if not WhyAway.objects.filter(person=person, pk=said).delete()[0]:
        raise Refused("This reason was taken back already.")
    audit.record(Event.WHY_AWAY_TAKEN_BACK, on=person, by=by)


def forget_why_away(*, by: Any) -> int:
    """Reasons that no month counts any more; gives how many. ``by`` is nobody: the night's housekeeping."""
    return WhyAway.objects.filter(at__lt=clock.now() - relativedelta(months=WhyAway.KEPT_MONTHS)).delete()[0]
