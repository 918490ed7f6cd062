"""Who calls a meeting and who sees it."""

from __future__ import annotations

from typing import Any

from cpms.accounts.access import Verdict, no, rule, yes
from cpms.accounts.roles import Permission
from panels.meetings.states import MeetingState
from panels.policy import FOR_TREATING_SIDE, may_lead


@rule(Permission.MEETING_SCHEDULE)
def may_schedule(user: Any, panel: Any) -> Verdict:
    return may_lead(user, panel)


@rule(Permission.MEETING_READ)
def may_read(_user: Any, _meeting: Any) -> Verdict:
    """Whoever sees one of its panels."""
    return yes


@rule(Permission.MEETING_HOLD)
def may_hold(user: Any, meeting: Any) -> Verdict:
    """Whoever called it says that it was held."""
    if meeting.called_by_id != user.pk:
        return no(FOR_TREATING_SIDE)
    return yes if meeting.state == MeetingState.PLANNED else no("This meeting was held or cancelled already.")
