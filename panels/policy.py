"""The rules of a panel: yes, or why not. They look down at consent each time, so a withdrawal freezes at once."""

from __future__ import annotations

from typing import Any

from consent.policy import may_be_discussed
from cpms import clock
from cpms.accounts.access import Verdict, no, rule, yes
from cpms.accounts.policy import acts_as_clinician, clinicians_served_by, may_open_panels
from cpms.accounts.roles import Permission
from panels.models import Invitation, Panel, Thanks
from panels.states import BY_VERB, RUNNING, InvitationKind, InvitationState, Move, Part, State

FOR_TREATING_SIDE = "Only the lead and their assistant may do this."
NOT_RUNNING = "The panel is not open."


def part_of(user: Any, panel: Panel) -> Part:
    """What the person is in this panel now; looked up once per loaded panel."""
    cache: dict[Any, Part] = panel.__dict__.setdefault("_parts", {})
    if user.pk not in cache:
        cache[user.pk] = find_part(user, panel)
    return cache[user.pk]


def find_part(user: Any, panel: Panel) -> Part:
    if panel.case.patient.enrolled_by_id in clinicians_served_by(user):
        return Part.TREATING
    seat = Invitation.objects.seated().filter(panel=panel, invitee=user).values_list("kind", flat=True).first()
    if seat is None:
        return Part.NONE
    return Part.EXPERT if seat == InvitationKind.EXPERT else Part.GUEST


def may_move(user: Any, panel: Panel, verb: Move) -> Verdict:
    """By the table: the right state, the treating side; then what the move itself needs."""
    transition = BY_VERB[verb]
    if part_of(user, panel) != Part.TREATING:
        return no(FOR_TREATING_SIDE)
    if panel.state not in transition.sources:
        return no(f"A panel that is {panel.get_state_display().lower()} cannot be changed this way.")
    return yes if verb == Move.WITHDRAW else may_be_discussed(panel.case.patient)


def may_take_part(user: Any, panel: Panel) -> Verdict:
    """Write in a running panel: members, guests and the treating side."""
    if part_of(user, panel) == Part.NONE:
        return no("Only members of the panel may do this.")
    if panel.state not in RUNNING:
        return no(NOT_RUNNING)
    return may_be_discussed(panel.case.patient)


def may_lead(user: Any, panel: Panel) -> Verdict:
    if part_of(user, panel) != Part.TREATING:
        return no(FOR_TREATING_SIDE)
    if panel.state not in RUNNING:
        return no(NOT_RUNNING)
    return may_be_discussed(panel.case.patient)


@rule(Permission.PANEL_LIST)
def may_list(_user: Any, _thing: Any = None) -> Verdict:
    return yes


@rule(Permission.PANEL_READ)
def may_read(_user: Any, _panel: Any) -> Verdict:
    """Whoever can see the panel at all may read it."""
    return yes


@rule(Permission.SIGHT_READ)
def may_read_sight(_user: Any, _patient: Any) -> Verdict:
    """Whoever can see the patient's page is the treating side."""
    return yes


@rule(Permission.PANEL_PREPARE)
def may_prepare(user: Any, panel: Any) -> Verdict:
    if part_of(user, panel) != Part.TREATING:
        return no(FOR_TREATING_SIDE)
    if panel.state != State.DRAFT:
        return no("The panel is open already.")
    if not (verdict := may_open_panels(panel.lead.centre)):
        return verdict
    return may_be_discussed(panel.case.patient)


@rule(Permission.PANEL_OPEN)
def may_open(user: Any, panel: Any) -> Verdict:
    return may_move(user, panel, Move.OPEN) and may_open_panels(panel.lead.centre)


@rule(Permission.PANEL_WITHDRAW)
def may_withdraw(user: Any, panel: Any) -> Verdict:
    return may_move(user, panel, Move.WITHDRAW)


@rule(Permission.PANEL_REOPEN)
def may_reopen(user: Any, panel: Any) -> Verdict:
    return may_move(user, panel, Move.REOPEN)


@rule(Permission.PANEL_ASK)
def may_look_for_people(user: Any, panel: Any) -> Verdict:
    """The treating side chooses whom to ask, from the draft on."""
    return may_prepare(user, panel) if panel.state == State.DRAFT else may_lead(user, panel)


@rule(Permission.PANEL_INVITE)
def may_invite(user: Any, panel: Any) -> Verdict:
    return may_lead(user, panel)


@rule(Permission.PANEL_MARK)
def may_mark(user: Any, panel: Any) -> Verdict:
    return may_lead(user, getattr(panel, "panel", panel))


@rule(Permission.PANEL_REWORD)
def may_reword(user: Any, said: Any) -> Verdict:
    """The author, until the outcome is written: what others build on must not change under them."""
    if said.author_id != user.pk:
        return no("These are somebody else's words.")
    if said.panel.state != State.OPEN:
        return no("The outcome is being written; add a new statement instead.")
    return may_take_part(user, said.panel)


@rule(Permission.PANEL_SUPPLY)
def may_supply(user: Any, contribution: Any) -> Verdict:
    """The treating side answers a request for data."""
    return may_lead(user, contribution.panel)


@rule(Permission.PANEL_THANK)
def may_thank(user: Any, panel: Any) -> Verdict:
    """The treating side, once, when the panel is closed."""
    if part_of(user, panel) != Part.TREATING:
        return no(FOR_TREATING_SIDE)
    if panel.state != State.CLOSED:
        return no("Thanks come when the panel is closed.")
    return no("The members were thanked already.") if Thanks.objects.filter(panel=panel).exists() else yes


@rule(Permission.PANEL_CONTRIBUTE)
def may_contribute(user: Any, panel: Any) -> Verdict:
    return may_take_part(user, panel)


@rule(Permission.PANEL_COMMENT)
def may_comment(user: Any, panel: Any) -> Verdict:
    return may_take_part(user, panel)


@rule(Permission.PANEL_STANCE)
def may_take_stance(user: Any, contribution: Any) -> Verdict:
    """Anybody in the panel but the author: one does not agree with oneself."""
    if contribution.author_id == user.pk:
        return no("This is your own statement.")
    return may_take_part(user, contribution.panel)


@rule(Permission.QUESTION_LIST)
def may_list_questions(_user: Any, _thing: Any = None) -> Verdict:
    return yes


@rule(Permission.QUESTION_ASK)
def may_ask_question(user: Any, _thing: Any = None) -> Verdict:
    return acts_as_clinician(user)


@rule(Permission.QUESTION_READ)
def may_read_question(_user: Any, _question: Any) -> Verdict:
    """Whoever sees it at all may read it."""
    return yes


@rule(Permission.QUESTION_ANSWER)
def may_answer_question(_user: Any, question: Any) -> Verdict:
    return yes if question.closed_at is None else no("This question is closed.")


@rule(Permission.QUESTION_CLOSE)
def may_close_question(user: Any, question: Any) -> Verdict:
    if question.asker_id not in clinicians_served_by(user):
        return no("Only who asked closes the question.")
    return may_answer_question(user, question)


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
    if invitation.panel.state not in RUNNING:
        return no(NOT_RUNNING)
    return may_be_discussed(invitation.panel.case.patient)


@rule(Permission.INVITATION_WITHDRAW)
def may_withdraw_invitation(user: Any, panel: Any) -> Verdict:
    return may_lead(user, panel)
