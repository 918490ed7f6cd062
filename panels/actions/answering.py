"""Answer an invitation, and take a no back."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from consent.actions import hold_consent
from cpms import clock
from cpms.accounts.access import Refused
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.drafts import actions as drafts
from cpms.jobs import actions as jobs
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from cpms.notifications.states import Verb
from panels import policy
from panels.actions import chasing, inviting, sight
from panels.cases.models import Case
from panels.models import Invitation
from panels.states import DeclineReason, InvitationState, State


@transaction.atomic
def accept(invitation: Invitation, *, by: Any) -> Invitation:
    """Become a member: see the case from now on, and be asked for advice by the date wanted; or for a signature, where the
    outcome is out for it."""
    hold_consent(invitation.audit_patient_id)
    current = inviting.locked(invitation)
    if not (verdict := policy.may_answer(by, current)):
        raise Refused(verdict.reason)
    current.state, current.answered_at = InvitationState.ACCEPTED, clock.now()
    current.centre_id = by.centre_id
    current.save(update_fields=["state", "answered_at", "centre"])
    panel = current.panel
    sight.project(Case.objects.filter(pk=panel.case_id), people=[by], by=by)
    answered(current, by=by)
    newcomer = {"panel_id": str(panel.pk), "user_id": str(by.pk)}
    if panel.state != State.OPEN:
        jobs.at_once("outcomes.ask_newcomer", **newcomer)
    elif not current.referred:
        inviting.wait_for_reply(panel, by)
    jobs.enqueue("meetings.call_newcomer", **newcomer)
    return current


@transaction.atomic
def decline(invitation: Invitation, *, reason: str, by: Any, text: str = "", better_name: str = "") -> Invitation:
    """Say no, with a reason and perhaps a better name. No more reminders."""
    current = inviting.locked(invitation)
    if not (verdict := policy.may_answer(by, current)):
        raise Refused(verdict.reason)
    current.state, current.answered_at = InvitationState.DECLINED, clock.now()
    current.reason, current.reason_text, current.better_name = DeclineReason(reason), text, better_name
    current.centre_id = by.centre_id
    current.save(update_fields=["state", "answered_at", "centre", "reason", "reason_text", "better_name"])
    answered(current, by=by)
    return current


def answered(invitation: Invitation, *, by: Any) -> None:
    """Nothing is asked any more; the lead hears of each answer, also of one after another was taken back."""
    notifications.settle_work(by, Verb.ANSWER, on=invitation)
    drafts.discard_about([str(invitation.pk)], by=by)
    panel = invitation.panel
    notifications.cancel_mails([panel.pk], Notice.ANSWER_LATE, Notice.NUDGED, to=by)
    chasing.something_happened(panel)
    notifications.notify(
        [panel.lead],
        notice=Notice.INVITATION_ANSWERED,
        by=by,
        about=invitation,
        ref=panel.ref,
        path=panel.get_absolute_url(),
        again=f"{invitation.answered_at}",
        urgent=panel.urgent,
    )
    audit.record(Event.INVITATION_ANSWERED, on=invitation, by=by, verb=str(invitation.state))


@transaction.atomic
def reconsider(invitation: Invitation, *, by: Any) -> Invitation:
    """Take one's no back while it is fresh: the invitation waits for an answer again, what was typed waits in its form, and the lead
    is not told of the no unless the mail is out already."""
    hold_consent(invitation.audit_patient_id)
    current = inviting.locked(invitation)
    if not (verdict := policy.may_reconsider(by, current)):
        raise Refused(verdict.reason)
    if Invitation.objects.live().filter(panel=current.panel, invitee=by).exists():
        raise Refused("You were asked again meanwhile: answer the new invitation.")
    typed = {"better_name": current.better_name, "text": current.reason_text}
    current.state, current.answered_at, current.centre = InvitationState.PENDING, None, None
    current.reason = current.reason_text = current.better_name = ""
    current.save(update_fields=["state", "answered_at", "centre", "reason", "reason_text", "better_name"])
    inviting.wait_for_answer(current)
    notifications.cancel_mails([current.pk], Notice.INVITATION_ANSWERED)
    if any(typed.values()):
        path, label = current.get_absolute_url(), f"Answer to the invitation to {current.panel.ref}"
        drafts.save_draft(form=f"decline:{current.pk}", label=label, path=path, fields=typed, by=by)
    chasing.something_happened(current.panel)
    audit.record(Event.ANSWER_TAKEN_BACK, on=current, by=by)
    return current
