"""Rows of pages about meetings."""

from __future__ import annotations

import datetime as dt

from cpms import clock
from panels.meetings.models import AgendaItem, Attendance, DateAnswer, Meeting
from panels.meetings.states import Can
from tools.bench.growing.ground import Ground
from tools.bench.growing.growth import grows


def planned(at: Ground, number: int, **more: object) -> Meeting:
    when = clock.now() + dt.timedelta(days=8, hours=number)
    return Meeting(called_by=at.lead, starts_at=when, zone="Europe/Helsinki", **more)


@grows("meetings ahead", "meetings:list")
def meetings(at: Ground, rows: range) -> None:
    """Each about a panel of its own, and the lead is asked to come."""
    made = Meeting.objects.bulk_create(planned(at, number) for number in rows)
    both = list(zip(made, rows, strict=True))
    AgendaItem.objects.bulk_create(AgendaItem(meeting=meeting, panel=at.panels[n]) for meeting, n in both)
    Attendance.objects.bulk_create(Attendance(meeting=meeting, who=at.lead) for meeting in made)


@grows("days of the series", "meetings:series", few="Days are laid out for a year")
def days(at: Ground, rows: range) -> None:
    first = at.today + dt.timedelta(days=365)
    made = [planned(at, n, series=at.series, day=first + dt.timedelta(days=n)) for n in rows]
    Meeting.objects.bulk_create(made)


@grows("people whom the series asks", "meetings:series", few="Some twenty meet")
def asked(at: Ground, rows: range) -> None:
    at.series.people.add(*(at.others[n] for n in rows))


@grows("people asked, and panels on the agenda", "meetings:sheet", few="Some twenty meet, about some five panels")
def agenda(at: Ground, rows: range) -> None:
    Attendance.objects.bulk_create(Attendance(meeting=at.meeting, who=at.others[n]) for n in rows)
    AgendaItem.objects.bulk_create(AgendaItem(meeting=at.meeting, panel=at.panels[n], position=n + 1) for n in rows)


@grows("people who answered", "meetings:dates", few="Some ten are asked")
def answers(at: Ground, rows: range) -> None:
    dates = list(at.poll.dates.all())
    made = [DateAnswer(date=date, who=at.others[n], can=Can.YES) for n in rows for date in dates]
    DateAnswer.objects.bulk_create(made)
