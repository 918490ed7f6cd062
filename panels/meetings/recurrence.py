"""When a series meets: a recurrence rule (RFC 5545), expanded in local time by dateutil.

16:00 in Amsterdam stays 16:00 in Amsterdam when the clocks change; what moves is the moment in UTC.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass

from dateutil.rrule import rrulestr

from panels.meetings.states import Rhythm

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FIFTH = 5
AHEAD = dt.timedelta(days=120)
"""How far ahead the meetings of a series are rows."""
MONTHS = {Rhythm.MONTHLY, Rhythm.MONTHLY_LAST}


@dataclass(frozen=True)
class Plan:
    """How often, from which day on, at which time of which zone. ``rule`` raises ``ValueError`` as ``rule_for`` does."""

    rhythm: Rhythm
    first_on: dt.date
    at: dt.time
    zone: str

    @property
    def rule(self) -> str:
        return rule_for(self.rhythm, self.first_on)

    def days(self, until: dt.date) -> list[dt.date]:
        return days(self.rule, self.first_on, after=self.first_on, until=until)

    def moment(self, day: dt.date) -> dt.datetime:
        return moment(day, self.at, self.zone)


def rule_for(rhythm: Rhythm, first: dt.date) -> str:
    """The rule of a series whose first meeting is on this day. Raises ``ValueError`` for a fifth weekday of a month,
    which most months do not have."""
    weekday, nth = WEEKDAYS[first.weekday()], (first.day - 1) // 7 + 1
    if rhythm == Rhythm.MONTHLY and nth == FIFTH:
        raise ValueError("Most months have no fifth such weekday. Choose the last one of each month.")
    return {
        Rhythm.WEEKLY: f"FREQ=WEEKLY;BYDAY={weekday}",
        Rhythm.FORTNIGHTLY: f"FREQ=WEEKLY;INTERVAL=2;BYDAY={weekday}",
        Rhythm.MONTHLY: f"FREQ=MONTHLY;BYDAY={nth}{weekday}",
        Rhythm.MONTHLY_LAST: f"FREQ=MONTHLY;BYDAY=-1{weekday}",
    }[rhythm]


def is_last_of_month(day: dt.date) -> bool:
    """Whether no later day of the same month falls on this weekday."""
    return (day + dt.timedelta(days=7)).month != day.month


def days(rule: str, first: dt.date, *, after: dt.date, until: dt.date) -> list[dt.date]:
    """The days of the rule from ``after`` to ``until``, both included, none before ``first``."""
    start, zero = dt.datetime.combine(first, dt.time()), dt.time()
    found = rrulestr(rule, dtstart=start).between(
        dt.datetime.combine(after, zero), dt.datetime.combine(until, zero), inc=True
    )
    return [moment.date() for moment in found]


def successors(old: list[dt.date], new: list[dt.date], *, months: bool) -> dict[dt.date, dt.date]:
    """Which day of a new plan takes the place of which old one: the first of the first, and then those that lie as many weeks
    after it; as many months, where both plans are monthly. An old day without one is left out. Both lists are in order."""
    place = month_of if months else week_of
    at = {place(day) - place(new[0]): day for day in new}
    wanted = {day: place(day) - place(old[0]) for day in old}
    return {day: at[step] for day, step in wanted.items() if step in at}


def week_of(day: dt.date) -> int:
    """A number for the week, which begins on Monday."""
    return (day.toordinal() - 1) // 7


def month_of(day: dt.date) -> int:
    return day.year * 12 + day.month


def moment(day: dt.date, at: dt.time, zone: str) -> dt.datetime:
    """The local time of a day as an aware moment in that zone."""
    return dt.datetime.combine(day, at, tzinfo=zoneinfo.ZoneInfo(zone))


def spoken(moment: dt.datetime, zone: str) -> str:
    """Day and time in that zone: Thu 8 Oct, 16:00 in Helsinki."""
    local = moment.astimezone(zoneinfo.ZoneInfo(zone))
    town = zone.rpartition("/")[2].replace("_", " ")
    return f"{local:%a} {local.day} {local:%b}, {local:%H:%M} in {town}"
