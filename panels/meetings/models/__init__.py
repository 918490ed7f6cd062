"""Meetings, the series they belong to, and the calendar addresses people subscribe to."""

from panels.meetings.models.feeds import CalendarFeed
from panels.meetings.models.meetings import AgendaItem, Attendance, Meeting, MeetingDecision
from panels.meetings.models.series import MeetingSeries

__all__ = ["AgendaItem", "Attendance", "CalendarFeed", "Meeting", "MeetingDecision", "MeetingSeries"]
