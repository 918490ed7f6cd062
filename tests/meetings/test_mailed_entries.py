"""The calendar part of a mail, as a program reads it: one event through invitation, moving and cancelling, for its reader alone."""

from __future__ import annotations

import datetime as dt

import pytest
from icalendar import Calendar

from cpms import clock
from cpms.notifications import actions as notifications
from panels.meetings import actions
from panels.meetings.models import Meeting

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


def test_a_mailed_entry_is_one_event_and_names_its_reader_alone(story, mailoutbox):
    starts_at = clock.now() + dt.timedelta(days=3)
    meeting = actions.schedule(story.fresh(), starts_at=starts_at, minutes=30, link="", by=story.lead)
    later = starts_at + dt.timedelta(days=1)
    actions.move(meeting, starts_at=later, seen=0, by=story.lead)
    actions.call_off(Meeting.objects.get(pk=meeting.pk), by=story.lead)
    notifications.dispatch_outbox()
    for person in (story.lead, story.expert):
        parts = [part for mail in mailoutbox if mail.to == [person.email] for part in mail.attachments]
        read = [Calendar.from_ical(text) for _name, text, _kind in parts]
        assert [str(calendar["method"]) for calendar in read] == ["REQUEST", "REQUEST", "CANCEL"]
        events = [event for calendar in read for event in calendar.walk("VEVENT")]
        assert {str(event["uid"]) for event in events} == {f"{meeting.pk}@cpms"}
        assert [int(event["sequence"]) for event in events] == [0, 1, 2]
        assert [event.decoded("dtstart") for event in events] == [
            at.replace(microsecond=0) for at in (starts_at, later, later)
        ]
        assert {str(event["attendee"]) for event in events} == {f"mailto:{person.email}"}
        assert {event["attendee"].params["RSVP"] for event in events} == {"FALSE"}
