"""When a series meets: equal to dateutil's own expansion, read back by icalendar, right through the change of clocks.

``CPMS_RULES`` says how many rules are drawn; ``bin/campaign rules`` draws a thousand.
"""

from __future__ import annotations

import datetime as dt
import os
import zoneinfo

import pytest
from dateutil import rrule
from hypothesis import assume, given, settings
from hypothesis import strategies as draw
from icalendar import Calendar

from panels.meetings import recurrence
from panels.meetings.calendars import series_file
from panels.meetings.models import MeetingSeries
from panels.meetings.states import Rhythm

ZONES = ("Europe/Amsterdam", "Atlantic/Azores", "Europe/Helsinki")
SPAN = dt.timedelta(days=800)
RULES = int(os.environ.get("CPMS_RULES", "60"))


def by_hand(rhythm, first):
    """The same series by dateutil's objects instead of the rule's text."""
    weekday = first.weekday()
    how = {
        Rhythm.WEEKLY: (rrule.WEEKLY, {"interval": 1}),
        Rhythm.FORTNIGHTLY: (rrule.WEEKLY, {"interval": 2}),
        Rhythm.MONTHLY: (rrule.MONTHLY, {"byweekday": rrule.weekday(weekday, (first.day - 1) // 7 + 1)}),
        Rhythm.MONTHLY_LAST: (rrule.MONTHLY, {"byweekday": rrule.weekday(weekday, -1)}),
    }
    frequency, rest = how[rhythm]
    start = dt.datetime.combine(first, dt.time())
    return [moment.date() for moment in rrule.rrule(frequency, dtstart=start, until=start + SPAN, **rest)]


def rhythm_and_day():
    first = draw.dates(dt.date(2024, 1, 1), dt.date(2030, 12, 31))
    return draw.tuples(draw.sampled_from(list(Rhythm)), first)


@given(
    rhythm_and_day(),
    draw.sampled_from(ZONES),
    draw.times(max_value=dt.time(23, 59)).map(lambda t: t.replace(second=0, microsecond=0)),
)
@settings(max_examples=RULES)
def test_a_series_is_dateutils_and_read_back_by_icalendar(what, zone, at):
    rhythm, first = what
    assume(not (rhythm == Rhythm.MONTHLY and first.day > 28))
    assume(rhythm != Rhythm.MONTHLY_LAST or recurrence.is_last_of_month(first))
    rule = recurrence.rule_for(rhythm, first)
    found = recurrence.days(rule, first, after=first, until=first + SPAN)
    assert found == by_hand(rhythm, first)
    assert found[0] == first
    series = MeetingSeries(name="Board", rhythm=rhythm, rule=rule, first_on=first, at=at, zone=zone)
    event = next(iter(Calendar.from_ical(series_file(series)).walk("VEVENT")))
    start = event.decoded("dtstart")
    assert (start.date(), start.time().replace(tzinfo=None)) == (first, at)
    again = rrule.rrulestr(event["rrule"].to_ical().decode(), dtstart=start.replace(tzinfo=None))
    assert [
        moment.date()
        for moment in again.between(dt.datetime.combine(first, dt.time()), start.replace(tzinfo=None) + SPAN, inc=True)
    ] == found


@pytest.mark.parametrize("zone", ZONES)
def test_the_local_time_holds_when_clocks_change(zone):
    first = dt.date(2026, 2, 25)
    days = recurrence.days("FREQ=MONTHLY;BYDAY=4WE", first, after=first, until=dt.date(2026, 12, 31))
    moments = [recurrence.moment(day, dt.time(16), zone) for day in days]
    assert {moment.astimezone(zoneinfo.ZoneInfo(zone)).hour for moment in moments} == {16}
    hours = {moment.astimezone(dt.UTC).hour for moment in moments}
    assert len(hours) == 2
    assert (moments[1].date(), moments[2].date()) == (dt.date(2026, 3, 25), dt.date(2026, 4, 22))
    assert moments[1].astimezone(dt.UTC).hour == moments[2].astimezone(dt.UTC).hour + 1


def test_a_fifth_weekday_is_asked_about():
    with pytest.raises(ValueError, match="fifth"):
        recurrence.rule_for(Rhythm.MONTHLY, dt.date(2026, 12, 29))
