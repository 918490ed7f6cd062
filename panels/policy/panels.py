"""The panel itself: reading, moving, advising, marking."""

from __future__ import annotations

from typing import Any

from consent.policy import may_be_discussed
from cpms.accounts.access import Verdict, no, rule, yes
from cpms.accounts.policy import may_open_panels
from cpms.accounts.roles import Permission
from panels.models import Panel, Thanks
from panels.policy.parts import FOR_TREATING_SIDE, IN_ARCHIVE, may_lead, may_move, may_take_part, part_of
from panels.states import (
    OVER,
    SHARED,
    Move,
    Part,
    State,
)


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
    if part_of(user, panel) == Part.TREATING and panel.state != State.CLOSED:
        return no("Only a closed panel can be reopened.")
    return may_move(user, panel, Move.REOPEN)


@rule(Permission.PANEL_TERMS)
def may_set_terms(user: Any, panel: Any) -> Verdict:
    """The treating side, until the outcome is written."""
    if panel.state != State.OPEN:
        return no("The day and the number of answers count while the panel is open.")
    return may_lead(user, panel)


@rule(Permission.PANEL_WISH)
def may_wish_meeting(user: Any, panel: Any) -> Verdict:
    """Members and guests; the lead calls one."""
    if part_of(user, panel) == Part.TREATING:
        return no("You can call a meeting yourself.")
    return may_take_part(user, panel)


@rule(Permission.PANEL_ARCHIVE)
def may_archive(user: Any, panel: Any) -> Verdict:
    """The treating side, when the panel is over. It stays readable for those who may read it, and leaves the lists."""
    if part_of(user, panel) != Part.TREATING:
        return no(FOR_TREATING_SIDE)
    if panel.archived_at is not None:
        return no("The panel is in the archive already.")
    return yes if panel.state in OVER else no("Only a closed or withdrawn panel goes into the archive.")


@rule(Permission.PANEL_UNARCHIVE)
def may_unarchive(user: Any, panel: Any) -> Verdict:
    if part_of(user, panel) != Part.TREATING:
        return no(FOR_TREATING_SIDE)
    return yes if panel.archived_at is not None else no("The panel is not in the archive.")


@rule(Permission.PANEL_TIME)
def may_say_minutes(user: Any, panel: Any) -> Verdict:
    """Whoever belongs to the panel, about their own time."""
    return yes if part_of(user, panel) != Part.NONE else no("Only members of the panel may do this.")


@rule(Permission.ASSIST_GIVE)
def may_let_in(user: Any, panel: Any) -> Verdict:
    """The treating side lets somebody of the helpdesk look on, once the panel is open."""
    if part_of(user, panel) != Part.TREATING:
        return no(FOR_TREATING_SIDE)
    return may_be_looked_at(panel)


def may_be_looked_at(panel: Panel) -> Verdict:
    if panel.state not in SHARED:
        return no("The helpdesk can look on once the panel is open.")
    return may_be_discussed(panel.case.patient)


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
    if panel.archived_at is not None:
        return no(IN_ARCHIVE)
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
