"""Meetings, the series they belong to, and the calendar addresses people subscribe to."""

from panels.meetings.models.feeds import CalendarFeed
from panels.meetings.models.meetings import AgendaItem, Attendance, Meeting, MeetingDecision
from panels.meetings.models.polls import DateAnswer, DatePoll, ProposedDate
from panels.meetings.models.series import MeetingSeries
from panels.meetings.models.video import VideoService
from panels.models import SIGNS, Sign

__all__ = [
    "AgendaItem",
    "Attendance",
    "CalendarFeed",
    "DateAnswer",
    "DatePoll",
    "Meeting",
    "MeetingDecision",
    "MeetingSeries",
    "ProposedDate",
    "VideoService",
]

SIGNS.extend(
    [
        Sign(AgendaItem, "panel", ("meeting__called_at", "meeting__held_at")),
        Sign(DatePoll, "panel", ("called_at",)),
        Sign(MeetingDecision, "item__panel", ("noted_at",)),
    ]
)
