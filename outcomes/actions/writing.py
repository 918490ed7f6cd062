"""From marked statements to a signed outcome."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from cpms import clock, locking
from cpms.accounts.access import Refused
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from cpms.notifications.states import Settled, Verb
from outcomes import policy
from outcomes.actions.documents import order_document
from outcomes.models import AdviceItem, Outcome, SignOff
from outcomes.states import Decision, OutcomeState, Strength
from panels import actions as panels
from panels import queries
from panels.models import Contribution, Invitation, Panel
from panels.states import ContributionKind, Move

WRITE_WITHIN, SIGN_WITHIN = dt.timedelta(days=7), dt.timedelta(days=7)
NOT_ADVICE = (ContributionKind.NEED_DATA, ContributionKind.NO_EXPERIENCE)


def address(panel: Panel) -> str:
    return f"/panels/{panel.ref}/outcome/"


@transaction.atomic
def start_outcome(panel: Panel, *, by: Any) -> Outcome:
    """Move the panel to its outcome and draw the first draft from the marked statements, in their order."""
    if not (verdict := policy.may_start(by, panel)):
        raise Refused(verdict.reason)
    current = panels.move(panel, Move.START_OUTCOME, by=by)
    outcome, fresh = Outcome.objects.get_or_create(panel=current, defaults={"key": current.key})
    if not fresh:
        outcome.state = OutcomeState.DRAFT
        outcome.save(update_fields=["state"])
    take_marked(outcome)
    notifications.open_work(
        current.lead,
        Verb.WRITE_OUTCOME,
        on=current,
        ref=current.ref,
        path=address(current),
        due_at=clock.now() + WRITE_WITHIN,
        urgent=current.urgent,
    )
    return outcome


def take_marked(outcome: Outcome) -> None:
    """Each marked statement that is advice becomes an item, once."""
    taken = set(outcome.items.values_list("contribution_id", flat=True))
    marked = Contribution.objects.filter(panel=outcome.panel, marked_at__isnull=False).exclude(kind__in=NOT_ADVICE)
    position = outcome.items.count()
    for contribution in marked.order_by("at"):
        if contribution.pk not in taken:
            position += 1
            item = AdviceItem(outcome=outcome, key=outcome.key, contribution=contribution, position=position)
            item.text = contribution.text
            item.save(force_insert=True)


@transaction.atomic
def write_outcome(
    panel: Panel, *, conclusion: str, items: Sequence[Mapping[str, Any]], version: int, by: Any
) -> Outcome:
    """Save conclusion and advice. ``items``: id (or none), text, strength, in order; a left-out item is dropped.

    Writing after signatures were asked for takes the outcome back to its draft: the next sending is a new version
    and everybody is asked again. Raises ``Clash`` with both texts when somebody else saved meanwhile.
    """
    if not (verdict := policy.may_write(by, panel)):
        raise Refused(verdict.reason)
    outcome = Outcome.objects.get(panel=panel)
    locking.claim(outcome, version, {"conclusion": conclusion})
    outcome.conclusion, outcome.state = conclusion, OutcomeState.DRAFT
    outcome.save(update_fields=["conclusion", "state"])
    known = {str(item.pk): item for item in outcome.items.all()}
    kept = []
    for position, row in enumerate((row for row in items if row["text"].strip()), start=1):
        item = known.get(str(row.get("id") or "")) or AdviceItem(outcome=outcome, key=outcome.key)
        item.position, item.text, item.strength = position, row["text"], Strength(row["strength"])
        item.save()
        kept.append(item.pk)
    outcome.items.exclude(pk__in=kept).delete()
    notifications.settle_all(panel, Verb.SIGN)
    audit.record(Event.OUTCOME_WRITTEN, on=outcome, by=by, version=outcome.version)
    return outcome


@transaction.atomic
def send_for_signature(panel: Panel, *, by: Any) -> Outcome:
    """A new version goes to every expert who was seated; the lead signs by sending."""
    if not (verdict := policy.may_write(by, panel)):
        raise Refused(verdict.reason)
    outcome = Outcome.objects.select_for_update(of=("self",)).get(panel=panel)
    if outcome.state != OutcomeState.DRAFT:
        raise Refused("Members were asked to sign this version already.")
    if not outcome.conclusion.strip():
        raise Refused("An outcome needs a conclusion before it is signed.")
    outcome.state, outcome.number, outcome.sent_at = OutcomeState.SIGNING, outcome.number + 1, clock.now()
    outcome.save(update_fields=["state", "number", "sent_at"])
    seats = Invitation.objects.seated().experts().filter(panel=panel).select_related("invitee")
    signers = [seat.invitee for seat in seats]
    for person in signers:
        SignOff.objects.create(outcome=outcome, key=outcome.key, who=person, number=outcome.number)
        ask_to_sign(panel, person)
    SignOff.objects.create(
        outcome=outcome,
        key=outcome.key,
        who=panel.lead,
        number=outcome.number,
        decision=Decision.SIGNED,
        at=clock.now(),
    )
    notifications.notify(
        signers,
        notice=Notice.SIGN_WANTED,
        by=by,
        about=panel,
        ref=panel.ref,
        path=address(panel),
        again=str(outcome.number),
    )
    hand_over(panel)
    audit.record(Event.OUTCOME_WRITTEN, on=outcome, by=by, version=outcome.number, verb="send")
    return outcome


def ask_to_sign(panel: Panel, person: Any) -> None:
    due = clock.now() + SIGN_WITHIN
    notifications.open_work(
        person, Verb.SIGN, on=panel, ref=panel.ref, path=address(panel), due_at=due, urgent=panel.urgent
    )
    notifications.settle_all(panel, Verb.REPLY, who=person)


def hand_over(panel: Panel) -> None:
    """The lead's outcome is written; closing is what remains."""
    notifications.settle_all(panel, Verb.WRITE_OUTCOME, how=Settled.DONE)
    due = clock.now() + SIGN_WITHIN
    notifications.open_work(panel.lead, Verb.CLOSE, on=panel, ref=panel.ref, path=address(panel), due_at=due)


@transaction.atomic
def sign(panel: Panel, *, decision: Decision, number: int, by: Any, text: str = "") -> SignOff:
    """Sign the version that was read, or sign it with a dissent in one's own words; printed as written."""
    if not (verdict := policy.may_sign(by, panel)):
        raise Refused(verdict.reason)
    if decision not in {Decision.SIGNED, Decision.DISSENT}:
        raise Refused("Please sign, or dissent.")
    if decision == Decision.DISSENT and not text.strip():
        raise Refused("Please give your dissent in words; it is printed as you write it.")
    outcome = Outcome.objects.select_for_update(of=("self",)).get(panel=panel)
    if outcome.number != number:
        raise Refused(f"The text was changed: version {outcome.number} is out. Please read it and sign that one.")
    pending = SignOff.objects.filter(outcome=outcome, who=by, number=outcome.number, decision=Decision.PENDING)
    signature = pending.select_for_update(of=("self",)).first()
    if signature is None or outcome.state != OutcomeState.SIGNING:
        raise Refused("You have answered already, or the panel was closed meanwhile.")
    signature.decision, signature.text, signature.at = decision, text, clock.now()
    signature.save(update_fields=["decision", "text", "at"])
    notifications.settle_work(by, Verb.SIGN, on=panel)
    audit.record(Event.OUTCOME_SIGNED, on=outcome, by=by, version=outcome.number, kind=str(decision))
    return signature


@transaction.atomic
def close_panel(panel: Panel, *, by: Any) -> Panel:
    """Close: silence is written down as silence, the document is ordered, guests are out, everybody is thanked."""
    if not (verdict := policy.may_close(by, panel)):
        raise Refused(verdict.reason)
    people = queries.people_in(panel)
    current = panels.move(panel, Move.CLOSE, by=by)
    outcome = Outcome.objects.select_for_update(of=("self",)).get(panel=current)
    outcome.state = OutcomeState.FINAL
    outcome.save(update_fields=["state"])
    outcome.signoffs.filter(number=outcome.number, decision=Decision.PENDING).update(decision=Decision.SILENT)
    notifications.settle_all(current, Verb.CLOSE, how=Settled.DONE)
    notifications.settle_all(current)
    order_document(current, by=by)
    notifications.notify(
        people,
        notice=Notice.PANEL_CLOSED,
        by=by,
        about=current,
        ref=current.ref,
        path=address(current),
        again=str(outcome.number),
    )
    return current
