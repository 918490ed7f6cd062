"""Who calls a meeting or a series, who changes it, who brings a panel to it, who sees it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from cpms import clock
from cpms.accounts.access import Verdict, no, rule, yes
from cpms.accounts.policy import networks_served_by
from cpms.accounts.roles import STAFF_ROLES, Permission, Role
from panels.meetings.states import MeetingState
from panels.policy import FOR_TREATING_SIDE, may_lead, may_take_part, part_of
from panels.states import Part

OWNERS = frozenset({Role.GROUP_COORDINATOR, Role.NETWORK_COORDINATOR, *STAFF_ROLES})
FOR_OWNERS = "Series of meetings are kept by the coordinators of their groups and networks, and by the helpdesk."
PICKED = "A date was picked already."
ENDED = "Nobody is asked about these dates any more."
OVER = "This meeting was held or called off already."
HELD_EARLY = dt.timedelta(minutes=15)
"""People who are all there begin before the hour."""
LOOKED_UP = "_agenda_looked_up"


@rule(Permission.MEETING_SCHEDULE)
def may_schedule(user: Any, panel: Any) -> Verdict:
    return may_lead(user, panel)


@rule(Permission.MEETING_READ)
def may_read(_user: Any, _meeting: Any) -> Verdict:
    """Whoever sees one of its panels, or its series."""
    return yes


@rule(Permission.MEETING_LIST)
def may_list(_user: Any, _thing: Any = None) -> Verdict:
    """Everybody has a page of their own meetings."""
    return yes


@rule(Permission.MEETING_CHANGE)
def may_change(user: Any, meeting: Any) -> Verdict:
    """Who chairs it, while it is still to come."""
    if meeting.state != MeetingState.PLANNED:
        return no(OVER)
    if chairs(user, meeting):
        return yes
    return no(FOR_OWNERS if meeting.series else FOR_TREATING_SIDE)


@rule(Permission.AGENDA_TIME)
def may_give_time(user: Any, item: Any) -> Verdict:
    """Who may change the meeting, about a panel that they see."""
    return may_change(user, item.meeting)


@rule(Permission.MEETING_HOLD)
def may_hold(user: Any, meeting: Any) -> Verdict:
    """Say that it was held: who may change it, once it begins."""
    verdict = may_change(user, meeting)
    if verdict and clock.now() < meeting.starts_at - HELD_EARLY:
        return no("The meeting has not begun yet. It can be noted as held from 15 minutes before its start.")
    return verdict


@rule(Permission.MEETING_JOIN)
def may_join(user: Any, meeting: Any) -> Verdict:
    """Who was asked, and who keeps the meeting, while it is planned; whoever was asked for panels alone needs one of them that may
    be discussed.

    A group meets in its room whatever is on the agenda: who keeps the series, or comes to all of it, enters though every panel is
    frozen. The room holds nothing of a case; a panel that may not be discussed is off the coming agendas (``clear_agendas``), and
    of one that froze while its meeting runs the sheet shows no more than the number.
    """
    if meeting.state != MeetingState.PLANNED:
        return no(OVER)
    keeps = chairs(user, meeting)
    if not keeps and not meeting.attendance.filter(who=user).exists():
        return no("You were not asked to this meeting. Whoever called it can ask you.")
    if meeting.series and (keeps or meeting.series.people.filter(pk=user.pk).exists()):
        return yes
    refused = []
    for item in on_the_agenda(meeting):
        if verdict := may_take_part(user, item.panel):
            return yes
        refused.append(verdict)
    return refused[0] if refused else yes


@rule(Permission.DATES_PROPOSE)
def may_propose_dates(user: Any, panel: Any) -> Verdict:
    return may_lead(user, panel)


@rule(Permission.DATES_READ)
def may_read_dates(_user: Any, _poll: Any) -> Verdict:
    """Whoever sees the panel."""
    return yes


@rule(Permission.DATES_ANSWER)
def may_answer_dates(user: Any, poll: Any) -> Verdict:
    return may_take_part(user, poll.panel) if poll.closed_at is None else closed(poll)


@rule(Permission.DATES_PICK)
def may_pick_date(user: Any, poll: Any) -> Verdict:
    """Pick one, or end the poll without a date."""
    return may_lead(user, poll.panel) if poll.closed_at is None else closed(poll)


def closed(poll: Any) -> Verdict:
    return no(PICKED if poll.meeting_id else ENDED)


@rule(Permission.MEETING_TALK)
def may_talk(user: Any, panel: Any) -> Verdict:
    """Whoever takes part in the running panel, while its patient may be discussed."""
    return may_take_part(user, panel)


@rule(Permission.MEETING_DECIDE)
def may_decide(user: Any, item: Any) -> Verdict:
    """Who chairs the meeting and belongs to the panel, and the panel's treating side; until the panel is closed."""
    if item.meeting.state == MeetingState.CANCELLED:
        return no(OVER)
    if part_of(user, item.panel) != Part.TREATING and not chairs(user, item.meeting):
        return no("Decisions are written down by the chair and by the panel's lead.")
    return may_take_part(user, item.panel)


def chairs(user: Any, meeting: Any) -> bool:
    """Who keeps its series today; of a meeting called for its panels alone, the treating side of one of them. Whoever called it
    and has handed the patient over, or lost the role, does not any more."""
    if meeting.series:
        return bool(may_change_series(user, meeting.series))
    return any(part_of(user, item.panel) == Part.TREATING for item in on_the_agenda(meeting))


def on_the_agenda(meeting: Any) -> list[Any]:
    """Its items, with the panels as the rules look at them. Looked up at every asking, but for a page that looked once for all its
    rules."""
    known: list[Any] | None = meeting.__dict__.get(LOOKED_UP)
    return list(meeting.agenda.select_related("panel__case__patient", "panel__lead")) if known is None else known


def look_once_at_agenda(meeting: Any) -> None:
    """Let every rule that a page asks about this loaded meeting see one and the same agenda. For showing only: actions load rows of
    their own."""
    meeting.__dict__[LOOKED_UP] = on_the_agenda(meeting)


@rule(Permission.MEETING_BRING)
def may_bring(user: Any, panel: Any) -> Verdict:
    return may_lead(user, panel)


@rule(Permission.SERIES_READ)
def may_read_series(_user: Any, _series: Any) -> Verdict:
    """Whoever sees it: it holds nothing clinical."""
    return yes


@rule(Permission.SERIES_START)
def may_start_series(user: Any, _thing: Any = None) -> Verdict:
    return yes if user.held_roles() & OWNERS else no(FOR_OWNERS)


@rule(Permission.SERIES_CHANGE)
def may_change_series(user: Any, series: Any) -> Verdict:
    return may_own(user, series.groups.all())


def may_own(user: Any, groups: Iterable[Any]) -> Verdict:
    """Keep a series of these groups: who coordinates one of them, or serves one of their networks."""
    networks = set(networks_served_by(user).values_list("pk", flat=True))
    held = user.memberships.current().filter(role=Role.GROUP_COORDINATOR)
    coordinated = set(held.values_list("group", flat=True))
    mine = any(group.pk in coordinated or group.network_id in networks for group in groups)
    return yes if mine else no(FOR_OWNERS)
