"""Calendar files (RFC 5545) by the icalendar library. A panel's number, a time and a link: nothing clinical."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress, vText

from cpms import clock
from panels.meetings.models import Meeting


def calendar_file(meeting: Meeting, refs: list[str]) -> str:
    """One REQUEST. Same UID and a higher SEQUENCE when the meeting moves, so calendars update instead of doubling."""
    zone = zoneinfo.ZoneInfo(meeting.zone)
    event = Event()
    event.add("uid", f"{meeting.pk}@cpms")
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", clock.now())
    event.add("dtstart", meeting.starts_at.astimezone(zone))
    event.add("dtend", meeting.ends_at.astimezone(zone))
    event.add("summary", f"Panel {', '.join(refs)} (details after sign-in)")
    event.add("url", settings.BASE_URL + meeting.get_absolute_url())
    organizer = vCalAddress("mailto:" + settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].rstrip(">"))
    organizer.params["cn"] = vText("CPMS")
    event["organizer"] = organizer
    calendar = Calendar()
    calendar.add("prodid", "-//CPMS//panels//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "REQUEST")
    calendar.add_component(event)
    day = dt.timedelta(days=1)
    calendar.add_missing_timezones(
        first_date=(meeting.starts_at - day).date(), last_date=(meeting.ends_at + day).date()
    )
    return calendar.to_ical().decode()
