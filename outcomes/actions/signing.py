"""From a written text to signatures and a closed panel."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from consent.actions import hold_consent
from consent.policy import may_be_discussed
from cpms import clock
from cpms.accounts.access import Refused
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from cpms.notifications.states import Settled, Verb
from outcomes import policy, queries
from outcomes.actions.documents import hand_to_guests, order_document, renew_documents
from outcomes.actions.following import wait_for_effect
from outcomes.actions.missing import refuse_marked, refuse_on_their_way
from outcomes.actions.writing import address
from outcomes.models import Outcome, OutcomeVersion, SignOff
from outcomes.states import SIGN_WITHIN, Decision, OutcomeState, sign_within
from panels import actions as panels
from panels.models import Invitation, Panel
from panels.queries import people_in
from panels.states import Move, State, Urgency

OUT = {(State.OUTCOME, OutcomeState.SIGNING), (State.CLOSED, OutcomeState.FINAL)}
"""In which states of panel and outcome a version is out; a closed one waits for who was asked to sign its correction."""


@transaction.atomic
def send_for_signature(panel: Panel, *, by: Any) -> Outcome:
    """A new version goes to every expert who was seated; a lead who sends it signs by that, one whose assistant does is asked."""
    hold_consent(panel.audit_patient_id)
    panel = Panel.objects.held(panel.pk)
    if not (verdict := policy.may_write(by, panel)):
        raise Refused(verdict.reason)
    outcome = Outcome.objects.select_for_update(of=("self",)).get(panel=panel)
    if outcome.state != OutcomeState.DRAFT:
        raise Refused("Members were asked to sign this version already.")
    refuse_on_their_way(panel)
    refuse_marked(outcome)
    if not outcome.conclusion.strip():
        raise Refused("An outcome needs a conclusion before it is signed.")
    outcome.state, outcome.number, outcome.sent_at = OutcomeState.SIGNING, outcome.number + 1, clock.now()
    outcome.save(update_fields=["state", "number", "sent_at"])
    keep_version(panel, by=by)
    signers = ask_for_signatures(panel, outcome, by=by)
    want_signatures(signers, panel, outcome, by=by)
    hand_over(panel)
    panels.something_happened(panel)
    audit.record(Event.OUTCOME_WRITTEN, on=outcome, by=by, version=outcome.number, verb="send")
    return outcome


def keep_version(panel: Panel, *, by: Any, reason: str = "") -> OutcomeVersion:
    """Write the text down as it is sent: what is signed and printed does not change any more."""
    outcome = queries.outcome_of(panel)
    version = OutcomeVersion(outcome=outcome, key=outcome.key, number=outcome.number, sent_by=by, reason=reason)
    version.body, version.sent_at = queries.body_of(queries.text_of(outcome)), outcome.sent_at or clock.now()
    version.save(force_insert=True)
    return version


def ask_for_signatures(panel: Panel, outcome: Outcome, *, by: Any) -> list[Any]:
    """A signature is asked of every seated expert. A lead who sends has signed; what an assistant sends waits for the lead too,
    for a signature is nobody's but the signer's. Who did not answer about an earlier version is not waited for any more. Gives
    whom it is asked of."""
    fall_silent(outcome.signoffs.filter(number__lt=outcome.number))
    seats = Invitation.objects.seated().experts().filter(panel=panel).select_related("invitee")
    signers = [seat.invitee for seat in seats]
    new = {"outcome": outcome, "key": outcome.key, "number": outcome.number}
    if by.pk == panel.lead_id:
        SignOff.objects.create(who=panel.lead, decision=Decision.SIGNED, at=clock.now(), **new)
    else:
        signers.append(panel.lead)
    for person in signers:
        SignOff.objects.create(who=person, **new)
        ask_to_sign(panel, person)
    return signers


def fall_silent(asked: Any) -> None:
    """Of these signatures nobody waits any more for those that are missing: silence is written down, except of people who left
    the panel before they answered. They could not, and have no part in the version."""
    asked.waiting().update(decision=Decision.SILENT)
    asked.filter(decision=Decision.PENDING).delete()


@transaction.atomic
def ask_newcomer(panel_id: str, user_id: str, *, by: Any) -> bool:
    """Who joined while the text was out for signature is asked to sign it as those who were there are; ``by`` is nobody. Safe to
    run twice. A text that is being written asks them when it is sent."""
    outcome = out_for_signature(panel_id)
    if outcome is None:
        return False
    seats = Invitation.objects.seated().experts().filter(panel=outcome.panel).select_related("invitee")
    seat = seats.filter(invitee=uuid.UUID(user_id)).first()
    return seat is not None and ask_one(outcome, seat.invitee, by=by)


@transaction.atomic
def ask_new_lead(panel_id: str, giver_id: str, *, by: Any) -> bool:
    """Another clinician leads the panel: a signature that the giver was asked for and has not given is asked of them, and so is
    one that was asked of them as a member; ``by`` is nobody. Safe to run twice."""
    outcome = out_for_signature(panel_id)
    if outcome is None:
        return False
    lead = outcome.panel.lead
    asked = outcome.signoffs.filter(number=outcome.number, decision=Decision.PENDING)
    return asked.filter(who__in=[lead.pk, uuid.UUID(giver_id)]).exists() and ask_one(outcome, lead, by=by)


def out_for_signature(panel_id: str) -> Outcome | None:
    """The outcome of a panel, held with its panel, while members are asked to sign it and may: before the panel is closed, and by
    the day while a closed one is under correction."""
    panel = Panel.objects.held(panel_id)
    outcome = Outcome.objects.select_for_update(of=("self",)).select_related("key").filter(panel=panel).first()
    if outcome is None or (panel.state, outcome.state) not in OUT:
        return None
    outcome.panel = panel
    if panel.state == State.CLOSED and is_over(outcome):
        return None
    return outcome if may_be_discussed(panel.case.patient) else None


def is_over(outcome: Outcome) -> bool:
    """Whether nobody signs in a closed panel: its outcome is not corrected, the day has passed, or it is in the archive."""
    pending = outcome.signoffs.filter(number=outcome.number, decision=Decision.PENDING)
    late = outcome.sign_by is None or outcome.sign_by <= clock.now()
    return outcome.panel.archived_at is not None or late or not pending.exists()


def ask_one(outcome: Outcome, person: Any, *, by: Any) -> bool:
    """Ask somebody to sign the current version, unless they have answered; gives whether they are asked."""
    signature, _new = SignOff.objects.get_or_create(
        outcome=outcome, who=person, number=outcome.number, defaults={"key": outcome.key}
    )
    if signature.decision != Decision.PENDING:
        return False
    ask_to_sign(outcome.panel, person)
    want_signatures([person], outcome.panel, outcome, by=by)
    return True


def want_signatures(
    people: list[Any], panel: Panel, outcome: Outcome, *, by: Any, notice: Notice = Notice.SIGN_WANTED
) -> None:
    """Each is told of each version once."""
    notifications.notify(
        people,
        notice=notice,
        by=by,
        about=panel,
        ref=panel.ref,
        path=address(panel),
        again=str(outcome.number),
        urgent=panel.urgent,
    )


def ask_to_sign(panel: Panel, person: Any) -> None:
    due = clock.now() + sign_within(urgent=panel.urgent)
    notifications.open_work(
        person, Verb.SIGN, on=panel, ref=panel.ref, path=address(panel), due_at=due, urgent=panel.urgent
    )
    notifications.settle_all(panel, Verb.REPLY, who=person)


def hand_over(panel: Panel) -> None:
    """The lead's outcome is written; closing is what remains."""
    notifications.settle_all(panel, Verb.WRITE_OUTCOME, how=Settled.DONE)
    wait_for_closing(panel)


def wait_for_closing(panel: Panel) -> None:
    due, path = clock.now() + sign_within(urgent=panel.urgent), address(panel)
    notifications.open_work(panel.lead, Verb.CLOSE, on=panel, ref=panel.ref, path=path, due_at=due, urgent=panel.urgent)


def has_signed(panel: Panel, *, by: Any) -> None:
    """Nothing waits for them, and no unsent mail asks for their signature."""
    notifications.settle_work(by, Verb.SIGN, on=panel)
    panels.something_happened(panel)


@transaction.atomic
def sign(
    panel: Panel, *, decision: Decision, number: int, by: Any, text: str = "", about: int | None = None
) -> SignOff:
    """Sign the version that was read, or sign it with a dissent in one's own words; printed as written.

    ``about`` is the number of the advice that the dissent is about, ``None`` for the whole.
    """
    hold_consent(panel.audit_patient_id)
    panel = Panel.objects.held(panel.pk)
    if not (verdict := policy.may_sign(by, panel)):
        raise Refused(verdict.reason)
    if decision not in {Decision.SIGNED, Decision.DISSENT}:
        raise Refused("Sign, or dissent.")
    if decision == Decision.DISSENT and not text.strip():
        raise Refused("Give your dissent in words; it is printed as you write it.")
    outcome = Outcome.objects.select_for_update(of=("self",)).get(panel=panel)
    if outcome.number != number:
        raise Refused(f"The text was changed: version {outcome.number} is out. Read it, and sign that one.")
    pending = SignOff.objects.filter(outcome=outcome, who=by, number=outcome.number, decision=Decision.PENDING)
    signature = pending.select_for_update(of=("self",)).first()
    if signature is None or outcome.state == OutcomeState.DRAFT:
        raise Refused("You have answered already, or the panel was closed meanwhile.")
    signature.decision, signature.text, signature.at = decision, text, clock.now()
    signature.about = about if decision == Decision.DISSENT else None
    signature.save(update_fields=["decision", "text", "about", "at"])
    has_signed(panel, by=by)
    audit.record(Event.OUTCOME_SIGNED, on=outcome, by=by, version=outcome.number, kind=str(decision))
    if outcome.state == OutcomeState.FINAL and not outcome.signoffs.filter(number=outcome.number).waiting().exists():
        renew_documents(outcome)
    return signature


def end_signing(*, by: Any) -> int:
    """Run by the clock: under a correction, who has not signed by the day is silent, and the document is made anew with who
    did. Gives how many versions it ended."""
    hurried = Q(panel__urgency=Urgency.URGENT, sent_at__lte=clock.now() - sign_within(urgent=True))
    late = Outcome.objects.filter(hurried | Q(sent_at__lte=clock.now() - SIGN_WITHIN), state=OutcomeState.FINAL)
    waiting = SignOff.objects.filter(outcome=OuterRef("pk"), number=OuterRef("number"), decision=Decision.PENDING)
    return sum(end_one(pk, by=by) for pk in late.filter(Exists(waiting)).values_list("panel", flat=True))


@transaction.atomic
def end_one(panel_id: Any, *, by: Any) -> int:
    """The panel is locked before its outcome, as everywhere; what was signed or corrected meanwhile is left alone."""
    panel = Panel.objects.held(panel_id)
    outcome = Outcome.objects.select_for_update(of=("self",)).select_related("key").get(panel=panel)
    outcome.panel = panel
    asked = outcome.signoffs.filter(number=outcome.number)
    pending = asked.filter(
        decision=Decision.PENDING
    ).exists()  # of whoever left meanwhile too: what others signed is printed
    if outcome.sign_by is None or outcome.sign_by > clock.now() or not pending:
        return 0
    fall_silent(asked)
    notifications.settle_all(panel, Verb.SIGN)
    renew_documents(outcome)
    audit.record(Event.OUTCOME_SIGNED, on=outcome, by=by, version=outcome.number, kind="ended")
    return 1


@transaction.atomic
def close_panel(panel: Panel, *, by: Any, although: int = 0) -> Panel:
    """Close: silence is written down as silence, the document is ordered, guests are out, everybody is thanked.

    Before the day by which signatures are wanted the lead says ``although`` how many have not answered it is closed.
    """
    hold_consent(panel.audit_patient_id)
    if not (verdict := policy.may_close(by, Panel.objects.held(panel.pk))):
        raise Refused(verdict.reason)
    refuse_on_their_way(panel)
    people = people_in(panel)
    current = panels.move(panel, Move.CLOSE, by=by)
    outcome = Outcome.objects.select_for_update(of=("self",)).get(panel=current)
    outcome.state = OutcomeState.FINAL
    outcome.save(update_fields=["state"])
    outcome.panel = current
    early = len(queries.awaited(outcome))
    if not (verdict := policy.enough_answered(early, although)):
        raise Refused(verdict.reason)
    fall_silent(outcome.signoffs.filter(number=outcome.number))
    if early:
        audit.record(Event.OUTCOME_SIGNED, on=outcome, by=by, version=outcome.number, kind="closed early", count=early)
        panels.note_unanswered(current, count=early, by=by)
    notifications.settle_all(current, Verb.CLOSE, how=Settled.DONE)
    notifications.settle_all(current)
    wait_for_effect(current)
    document = order_document(current, by=by)
    guests = hand_to_guests(document, notice=Notice.PANEL_CLOSED, by=by)
    notifications.notify(
        [person for person in people if person.pk not in guests],
        notice=Notice.PANEL_CLOSED,
        by=by,
        about=current,
        ref=current.ref,
        path=address(current),
        again=str(outcome.number),
    )
    return current
