"""Whoever takes part in a panel no more is asked to its meetings no more, and their own calendar hears of it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F

from cpms import clock
from cpms.accounts.models import User
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from panels import queries
from panels.meetings.actions.single import times_left
from panels.meetings.calendars import taken_out_file
from panels.meetings.models import Meeting
from panels.meetings.states import MeetingState
from panels.models import Invitation, Panel
from panels.states import InvitationState


@transaction.atomic
def leave(panel_id: str, user_id: str, *, by: Any) -> int:
    """Off the list of each planned meeting that they were asked to for this panel alone. Safe to run twice; gives how many.

    The mail leads to the first page and names no panel: they see neither the meeting nor the panel any more.
    """
    panel, person = Panel.objects.get(pk=panel_id), User.objects.get(pk=user_id)
    if person in queries.people_in(panel):
        return 0
    planned = Meeting.objects.coming().filter(agenda__panel=panel)
    left = 0
    for meeting in planned.filter(attendance__who=person).select_related("series"):
        meeting.agenda.filter(panel=panel, presenter=person).update(presenter=None)
        if asked_otherwise(meeting, person):
            continue
        meeting.attendance.filter(who=person).delete()
        again = f"{panel.ref}:{times_left(panel, person)}"
        entry = taken_out_file(meeting, [panel.ref])
        notifications.notify([person], notice=Notice.MEETING_LEFT, by=None, about=meeting, calendar=entry, again=again)
        audit.record(Event.MEETING_CHANGED, on=meeting, by=by, verb="left")
        left += 1
    return left


def asked_otherwise(meeting: Meeting, person: Any) -> bool:
    """Whether they called the meeting, come to its whole series, or take part in another panel that has a slot in it."""
    if meeting.called_by_id == person.pk or (meeting.series and meeting.series.people.filter(pk=person.pk).exists()):
        return True
    return any(person in queries.people_in(item.panel) for item in meeting.with_slot())


def let_guests_go(*, by: Any) -> int:
    """Guests whose date has passed, for the clock. Gives how many meetings they were still asked to."""
    passed = Invitation.objects.guests().filter(state=InvitationState.ACCEPTED, guest_until__lte=clock.now())
    asked = passed.filter(
        panel__agenda_items__meeting__state=MeetingState.PLANNED,
        panel__agenda_items__meeting__attendance__who=F("invitee"),
    )
    return sum(leave(str(panel), str(who), by=by) for panel, who in set(asked.values_list("panel", "invitee")))
