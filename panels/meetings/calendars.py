"""Calendar files (RFC 5545) by the icalendar library. Numbers, names of series, times and links: nothing clinical.

A meeting keeps its UID, and its SEQUENCE grows when it is moved or called off, so calendars update instead of doubling. Who is
invited to a whole series has one entry with a rule; a meeting of it that is moved or called off is named by RECURRENCE-ID. Of one
UID no later mail has a lower SEQUENCE than an earlier one, whichever date it is about: programs drop it (RFC 5546, 2.1.4).
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress, vInt, vRecur, vText

from cpms import clock
from panels.meetings import recurrence
from panels.meetings.models import Meeting, MeetingSeries
from panels.meetings.states import MeetingState

DAY, AN_HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
LONG = 20 * 366 * DAY  # a series has no end, its file names each change of the clock, and it is mailed once


def calendar_file(meeting: Meeting, refs: list[str]) -> str:
    """One meeting for somebody who is invited to this one: a request, or its cancellation."""
    return whole(method_of(meeting), [entry(meeting, uid=meeting.pk, title=title(meeting, refs))])


def taken_out_file(meeting: Meeting, refs: list[str]) -> str:
    """A cancellation for one person alone, of a meeting that takes place without them. It leads to no page they see no more.

    The SEQUENCE stays, as the meeting did not change: the later DTSTAMP decides, and a new invitation counts again.
    """
    event = entry(meeting, uid=meeting.pk, title=title(meeting, refs))
    event["status"] = vText("CANCELLED")
    del event["url"]
    return whole("CANCEL", [event])


def occurrence_file(meeting: Meeting) -> str:
    """A changed meeting of a series, for those who have the whole series in their calendar."""
    if meeting.series is None:
        raise ValueError("Only a meeting of a series is one of several.")
    return whole(method_of(meeting), [occurrence(meeting, meeting.series)])


def occurrence(meeting: Meeting, series: MeetingSeries) -> Event:
    """One day of the series, named by where the rule had put it."""
    event = entry(meeting, uid=series.pk, title=series.name)
    event["sequence"] = vInt(max(meeting.sequence, series.sequence))
    event.add("recurrence-id", recurrence.moment(meeting.day or series.first_on, series.at, series.zone))
    return event


def series_file(series: MeetingSeries, changed: Iterable[Meeting] = ()) -> str:
    """The whole series: its rule, without the days that are called off, and with those that are not where the rule puts them.

    A series that ends before its first day has no day left: its file takes it out.
    """
    if series.ended_on and series.ended_on <= series.first_on:
        return series_left_file(series)
    event = rule_of(series)
    moved = []
    for meeting in changed:
        if meeting.state == MeetingState.CANCELLED and meeting.day:
            event.add("exdate", recurrence.moment(meeting.day, series.at, series.zone))
        elif meeting.state == MeetingState.PLANNED and meeting.differs():
            moved.append(occurrence(meeting, series))
    return whole("REQUEST", [event, *moved], until=event.decoded("dtstart") + LONG)


def series_left_file(series: MeetingSeries) -> str:
    """A cancellation of the whole series: for everybody, or for one person who comes to it no more. It leads to no page."""
    event = rule_of(series)
    event["status"] = vText("CANCELLED")
    del event["url"]
    return whole("CANCEL", [event])


def rule_of(series: MeetingSeries) -> Event:
    start = recurrence.moment(series.first_on, series.at, series.zone)
    event = blank(series.pk, series.sequence, series.name, series.get_absolute_url())
    event.add("dtstart", start)
    event.add("dtend", start + dt.timedelta(minutes=series.minutes))
    rule = vRecur.from_ical(series.rule)
    if series.ended_on and series.ended_on > series.first_on:
        rule["UNTIL"] = [recurrence.moment(series.ended_on, dt.time(), series.zone).astimezone(dt.UTC)]
    event.add("rrule", rule)
    if series.goes_on_as_id:
        event.add("related-to", f"{series.goes_on_as_id}@cpms", parameters={"RELTYPE": "SIBLING"})
    return event


def feed_file(meetings: Iterable[tuple[Meeting, list[str]]]) -> str:
    """What a subscribed calendar shows: each coming meeting as it stands now."""
    return whole("PUBLISH", [entry(one, uid=one.pk, title=title(one, refs)) for one, refs in meetings])


def method_of(meeting: Meeting) -> str:
    return "CANCEL" if meeting.state == MeetingState.CANCELLED else "REQUEST"


def title(meeting: Meeting, refs: list[str]) -> str:
    if meeting.series:
        return meeting.series.name
    return f"Panel {', '.join(refs)} (details after sign-in)"


def blank(uid: Any, sequence: int, summary: str, path: str) -> Event:
    event = Event()
    event.add("uid", f"{uid}@cpms")
    event.add("sequence", sequence)
    event.add("dtstamp", clock.now())
    event.add("summary", summary)
    event.add("url", settings.BASE_URL + path)
    organizer = vCalAddress("mailto:" + settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].rstrip(">"))
    organizer.params["cn"] = vText("CPMS")
    event["organizer"] = organizer
    return event


def entry(meeting: Meeting, *, uid: Any, title: str) -> Event:
    zone = zoneinfo.ZoneInfo(meeting.zone)
    event = blank(uid, meeting.sequence, title, meeting.get_absolute_url())
    event.add("dtstart", meeting.starts_at.astimezone(zone))
    event.add("dtend", meeting.ends_at.astimezone(zone))
    if meeting.state == MeetingState.CANCELLED:
        event.add("status", "CANCELLED")
    return event


def whole(method: str, events: list[Event], *, until: dt.datetime | None = None) -> str:
    """The file around the entries, with the zones they name and no year more than they need."""
    calendar = Calendar()
    calendar.add("prodid", "-//CPMS//panels//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    if method == "PUBLISH":
        calendar.add("x-wr-calname", "CPMS")
        calendar.add("refresh-interval", AN_HOUR, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", "PT1H")
    for event in events:
        calendar.add_component(event)
    if events:
        starts = [event.decoded("dtstart") for event in events]
        last = until or max(starts)
        calendar.add_missing_timezones(first_date=(min(starts) - DAY).date(), last_date=(last + 2 * DAY).date())
    return calendar.to_ical().decode()
