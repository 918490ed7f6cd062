"""Asking people in, and their answer."""

from __future__ import annotations

from typing import Any

from consent.policy import may_be_discussed
from cpms import clock
from cpms.accounts.access import Verdict, no, rule, yes
from cpms.accounts.roles import Permission
from panels.policy.panels import may_prepare
from panels.policy.parts import NOT_RUNNING, may_lead
from panels.states import (
    RUNNING,
    InvitationKind,
    InvitationState,
    State,
)


@rule(Permission.PANEL_ASK)
def may_look_for_people(user: Any, panel: Any) -> Verdict:
    """The treating side chooses whom to ask, from the draft on."""
    return may_prepare(user, panel) if panel.state == State.DRAFT else may_lead(user, panel)


@rule(Permission.PANEL_INVITE)
def may_invite(user: Any, panel: Any) -> Verdict:
    return may_lead(user, panel)


@rule(Permission.INVITATION_READ)
def may_read_invitation(_user: Any, _invitation: Any) -> Verdict:
    return yes


@rule(Permission.INVITATION_ANSWER)
def may_answer(user: Any, invitation: Any) -> Verdict:
    """One's own, not answered, not expired, to a running panel of a patient who may be discussed."""
    if invitation.invitee_id != user.pk:
        return no("This invitation is for somebody else.")
    if invitation.state != InvitationState.PENDING or invitation.expires_at <= clock.now():
        return no("This invitation was answered or has ended.")
    if invitation.kind == InvitationKind.EXPERT and not user.is_practising:
        return no("You were asked as a clinician of your hospital.")
    if invitation.panel.state not in RUNNING:
        return no(NOT_RUNNING)
    return may_be_discussed(invitation.panel.case.patient)


@rule(Permission.INVITATION_WITHDRAW)
def may_withdraw_invitation(user: Any, panel: Any) -> Verdict:
    return may_lead(user, panel)
