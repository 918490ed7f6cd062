"""A member goes of their own will, or names a colleague who knows more; the lead reminds one by hand."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from consent.actions import hold_consent
from cpms import clock
from cpms.accounts import queries as accounts
from cpms.accounts.access import Refused
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from cpms.notifications.states import Verb
from panels import policy, queries
from panels.actions import chasing, escalating, guest_links, inviting
from panels.models import Invitation, MeetingWish, Panel, PanelStep
from panels.states import DeclineReason, InvitationState, Move, State


def seat_of(person: Any, panel: Panel) -> Invitation:
    """The person's own seat, held until commit. Raises ``Refused`` when it has ended meanwhile."""
    rows = Invitation.objects.with_surroundings().select_for_update(of=("self",))
    seat = rows.filter(panel=panel, invitee=person, state=InvitationState.ACCEPTED).first()
    if seat is None:
        raise Refused("You are no member of this panel any more.")
    return seat


@transaction.atomic
def leave(panel: Panel, *, reason: str, by: Any, text: str = "", better_name: str = "") -> Invitation:
    """End one's own membership: no sight and nothing asked from this moment. What one wrote or signed stays with the name.

    The panel is held first, as whoever signs holds it: a signature is there before, or is not awaited any more.
    """
    current = Panel.objects.held(panel.pk)
    if not (verdict := policy.may_leave(by, current)):
        raise Refused(verdict.reason)
    seat = seat_of(by, current)
    seat.reason, seat.reason_text, seat.better_name = DeclineReason(reason), text, better_name
    seat.save(update_fields=["reason", "reason_text", "better_name"])
    inviting.close(seat, by=by)
    if MeetingWish.objects.filter(panel=current, who=by).delete()[0]:
        escalating.nobody_would_meet(current)
    PanelStep.objects.create(panel=current, verb=Move.LEAVE, source=current.state, target=current.state, by=by)
    chasing.something_happened(current)
    tell_lead(current, Notice.MEMBER_LEFT, by=by)
    return seat


@transaction.atomic
def propose_colleague(panel: Panel, *, better_name: str, by: Any) -> Invitation:
    """Name somebody who knows more, and stay: the lead reads the name beside one's seat, as after a no. A later name replaces it.
    It answers: nobody is reminded after it (the panel's clock of the first reply goes on).
    """
    hold_consent(panel.audit_patient_id)
    current = Panel.objects.held(panel.pk)
    if not (verdict := policy.may_propose_colleague(by, current)):
        raise Refused(verdict.reason)
    seat = seat_of(by, current)
    seat.better_name, seat.proposed_at = better_name, clock.now()
    seat.save(update_fields=["better_name", "proposed_at"])
    chasing.something_happened(current)
    notifications.settle_work(by, Verb.REPLY, on=current)
    tell_lead(current, Notice.COLLEAGUE_PROPOSED, by=by)
    audit.record(Event.COLLEAGUE_PROPOSED, on=seat, by=by)
    return seat


def tell_lead(panel: Panel, notice: Notice, *, by: Any) -> None:
    """Each time it happens."""
    escalating.send([panel.lead], notice, panel, path=panel.get_absolute_url(), again=clock.now().isoformat(), by=by)


@transaction.atomic
def nudge(invitation: Invitation, *, by: Any) -> Invitation:
    """Remind one person who has not answered, in the lead's name: once in three days, and not once they have."""
    hold_consent(invitation.audit_patient_id)
    current = inviting.locked(invitation)
    if not (verdict := policy.may_nudge(by, current.panel)):
        raise Refused(verdict.reason)
    if current.nudged_lately:
        raise Refused("This person was reminded less than three days ago.")
    panel = current.panel
    awaited = {one.pk for one in (*queries.owing(panel), *queries.undecided(panel))}
    if panel.state != State.OPEN or current.pk not in awaited:
        raise Refused("Nothing is awaited of this person.")
    current.nudged_at = clock.now()
    current.save(update_fields=["nudged_at"])
    send_nudge(current, by=by)
    audit.record(Event.MEMBER_NUDGED, on=current, by=by)
    return current


def send_nudge(invitation: Invitation, *, by: Any) -> None:
    """Who was asked goes to the invitation, who accepted to the panel, and a guest who has not come in yet by a fresh link."""
    panel, person = invitation.panel, invitation.invitee
    if person.activated_at is None and accounts.is_guest(person):
        guest_links.mail_fresh(invitation, by=None)
        return
    here = panel if invitation.state == InvitationState.ACCEPTED else invitation
    again = clock.now().isoformat()
    escalating.send([person], Notice.NUDGED, panel, path=here.get_absolute_url(), again=again, by=by)
