"""Asking people in, and their answer."""

from __future__ import annotations

from typing import Any

from consent.policy import may_be_discussed
from cpms import clock
from cpms.accounts.access import Verdict, no, rule, yes
from cpms.accounts.roles import Permission
from panels.policy.panels import may_prepare
from panels.policy.parts import NOT_RUNNING, may_lead, may_take_part, part_of
from panels.states import (
    RUNNING,
    SHARED,
    InvitationKind,
    InvitationState,
    Part,
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
    return may_still_come(user, invitation)


def may_still_come(user: Any, invitation: Any) -> Verdict:
    """Whoever was asked is what they were asked as, and the panel runs."""
    if invitation.kind == InvitationKind.EXPERT and not user.is_practising:
        return no("You were asked as a clinician of your hospital.")
    if invitation.panel.state not in RUNNING:
        return no(NOT_RUNNING)
    return may_be_discussed(invitation.panel.case.patient)


def may_reconsider(user: Any, invitation: Any) -> Verdict:
    """One's own no, as long as words can be recalled, and while a yes would still do."""
    if invitation.invitee_id != user.pk or invitation.state != InvitationState.DECLINED:
        return no("There is no answer of yours to take back.")
    if not invitation.recallable:
        return no("An answer can be taken back for five minutes. The lead can ask you again.")
    if invitation.expires_at <= clock.now():
        return no("This invitation has ended.")
    return may_still_come(user, invitation)


@rule(Permission.PANEL_LEAVE)
def may_leave(user: Any, panel: Any) -> Verdict:
    """A member or guest, as long as the panel opens to them: at any time, as the invitation promises."""
    if part_of(user, panel) not in {Part.EXPERT, Part.GUEST}:
        return no("Only members and guests can leave a panel.")
    return yes if panel.state in SHARED else no(NOT_RUNNING)


@rule(Permission.PANEL_PROPOSE)
def may_propose_colleague(user: Any, panel: Any) -> Verdict:
    """A member or guest; the treating side invites."""
    if part_of(user, panel) == Part.TREATING:
        return no("You can invite a colleague yourself.")
    return may_take_part(user, panel)


@rule(Permission.INVITATION_NUDGE)
def may_nudge(user: Any, panel: Any) -> Verdict:
    return may_lead(user, panel)


@rule(Permission.INVITATION_WITHDRAW)
def may_withdraw_invitation(user: Any, panel: Any) -> Verdict:
    return may_lead(user, panel)
