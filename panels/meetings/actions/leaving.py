"""Whoever takes part in a panel no more is asked to its meetings no more, and their own calendar hears of it."""

from __future__ import annotations

from collections.abc import Iterable
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
from panels.meetings.actions.single import call_off_reminders, cancel, fill_slots, runs, tell_change
from panels.meetings.calendars import taken_out_file
from panels.meetings.models import Meeting
from panels.meetings.policy import chairs
from panels.meetings.states import MeetingState
from panels.models import Invitation, Panel
from panels.states import InvitationState

CASE_OF = ("panel__case__patient", "panel__key")


@transaction.atomic
def leave(panel_id: str, user_id: str, *, by: Any) -> int:
    """Off the list of each planned meeting that they were asked to for this panel alone. Safe to run twice; gives how many.

    The mail leads to the first page and names no panel: they see neither the meeting nor the panel any more.
    """
    panel, person = Panel.objects.get(pk=panel_id), User.objects.get(pk=user_id)
    if person in queries.people_in(panel):
        return 0
    planned = Meeting.objects.coming().filter(agenda__panel=panel, attendance__who=person)
    left = 0
    for meeting in Meeting.objects.held_to_come(planned):
        meeting.agenda.filter(panel=panel, presenter=person).update(presenter=None)
        left += let_go(meeting, [person], panel=panel, by=by)
    return left


def let_go(meeting: Meeting, people: Iterable[Any], *, panel: Panel, by: Any) -> int:
    """Those of these people who were asked to the meeting for this panel alone need not come: their own calendars hear of it.
    For a caller that holds the meeting. Gives how many."""
    asked = set(meeting.attendance.values_list("who", flat=True))
    gone = [person for person in people if person.pk in asked and not asked_otherwise(meeting, person)]
    if gone:
        meeting.attendance.filter(who__in=gone).delete()
        for person in gone:
            call_off_reminders(meeting, to=person)
        entry = taken_out_file(meeting, [panel.ref])
        occasion = f"{panel.ref}:{clock.now().isoformat()}"  # they may be asked to it again, and need not come again
        notifications.notify(gone, notice=Notice.MEETING_LEFT, by=None, about=meeting, calendar=entry, again=occasion)
        audit.record(Event.MEETING_CHANGED, on=meeting, by=by, verb="left", count=len(gone))
    return len(gone)


def asked_otherwise(meeting: Meeting, person: Any) -> bool:
    """Whether they chair the meeting, come to its whole series, or take part in another panel that has a slot in it."""
    if meeting.series and meeting.series.people.filter(pk=person.pk).exists():
        return True
    return chairs(person, meeting) or any(person in queries.people_in(item.panel) for item in meeting.with_slot())


@transaction.atomic
def clear_agendas(panel_id: str, *, by: Any) -> int:
    """A panel that has ended, or whose patient may not be discussed, gives its slots back, and nobody comes for it alone; a
    meeting that was called for it alone is off. What a meeting has begun or decided on stays. Safe to run twice; gives how
    many meetings it was taken off."""
    panel = Panel.objects.with_case().get(pk=panel_id)
    if runs(panel):
        return 0
    untouched = panel.agenda_items.filter(begun_at=None, seconds=0, decisions=None)
    coming = Meeting.objects.filter(pk__in=untouched.values("meeting"), state=MeetingState.PLANNED)
    rows = coming.filter(starts_at__gt=clock.now()).order_by("pk").select_for_update()
    for meeting in (found := list(rows)):
        before = {item.pk for item in meeting.with_slot()}
        notifications.cancel_mails([meeting.pk], Notice.PRESENTER, ref=panel.ref)
        others = any(runs(item.panel) for item in meeting.agenda.exclude(panel=panel).select_related(*CASE_OF))
        if not meeting.series and not others:
            cancel(meeting, sequence=meeting.next_sequence())
            tell_change(meeting, notice=Notice.MEETING_CALLED_OFF)
        else:
            meeting.agenda.filter(panel=panel).delete()
            asked = [row.who for row in meeting.attendance.select_related("who")]
            let_go(meeting, asked, panel=panel, by=by)
            fill_slots(meeting, before=before)
        audit.record(Event.AGENDA_CHANGED, on=meeting, by=by, verb="panel ended", patient=panel.audit_patient_id)
    return len(found)


def let_guests_go(*, by: Any) -> int:
    """Guests whose date has passed, for the clock. Gives how many meetings they were still asked to."""
    passed = Invitation.objects.guests().filter(state=InvitationState.ACCEPTED, guest_until__lte=clock.now())
    asked = passed.filter(
        panel__agenda_items__meeting__state=MeetingState.PLANNED,
        panel__agenda_items__meeting__attendance__who=F("invitee"),
    )
    return sum(leave(str(panel), str(who), by=by) for panel, who in set(asked.values_list("panel", "invitee")))
