"""Call a meeting, tell people, say that it was held."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.models import User
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from cpms.notifications.states import Settled, Verb
from panels import queries
from panels.meetings.calendars import calendar_file
from panels.meetings.models import AgendaItem, Attendance, Meeting
from panels.meetings.policy import may_hold, may_schedule
from panels.meetings.states import MeetingState
from panels.models import Panel


@transaction.atomic
def schedule(panel: Panel, *, starts_at: dt.datetime, minutes: int, link: str, by: Any) -> Meeting:
    """A meeting on one panel, in the caller's zone; every member gets a mail with a calendar file."""
    if not (verdict := may_schedule(by, panel)):
        raise Refused(verdict.reason)
    meeting = Meeting.objects.create(starts_at=starts_at, minutes=minutes, zone=by.zone, link=link, called_by=by)
    AgendaItem.objects.create(meeting=meeting, panel=panel)
    notifications.settle_all(panel, Verb.MEET, how=Settled.DONE)
    call(meeting, panel=panel, people=queries.people_in(panel), by=by)
    audit.record(Event.MEETING_SCHEDULED, on=meeting, by=by, patient=panel.audit_patient_id)
    return meeting


def call(meeting: Meeting, *, panel: Panel, people: list[Any], by: Any) -> None:
    """Put people on the list and mail them the entry; the caller gets it too."""
    Attendance.objects.bulk_create(
        (Attendance(meeting=meeting, who=person) for person in people), ignore_conflicts=True
    )
    notifications.notify(
        people,
        notice=Notice.MEETING,
        by=None,
        about=meeting,
        ref=panel.ref,
        path=meeting.get_absolute_url(),
        calendar=calendar_file(meeting, [panel.ref]),
        again=str(meeting.sequence),
    )


@transaction.atomic
def call_newcomer(panel_id: str, user_id: str, *, by: Any) -> int:
    """Somebody joined the panel: they get the coming meetings too. Safe to run twice; gives how many."""
    panel = Panel.objects.get(pk=panel_id)
    person = User.objects.get(pk=user_id)
    coming = Meeting.objects.coming().filter(agenda__panel=panel).visible_to(person)
    for meeting in coming:
        call(meeting, panel=panel, people=[person], by=by)
    return len(coming)


@transaction.atomic
def hold(meeting: Meeting, *, present: list[Any], by: Any) -> Meeting:
    """The meeting took place, with these people: from now on an outcome can be written."""
    current = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if not (verdict := may_hold(by, current)):
        raise Refused(verdict.reason)
    current.state, current.held_at = MeetingState.HELD, clock.now()
    current.save(update_fields=["state", "held_at"])
    Attendance.objects.filter(meeting=current).update(present=False)
    Attendance.objects.filter(meeting=current, who__in=present).update(present=True)
    audit.record(Event.MEETING_HELD, on=current, by=by, count=len(present))
    return current
