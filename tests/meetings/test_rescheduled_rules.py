"""Any change of when a series meets: before the day the old rule, after it the new one, and no date twice in a calendar.

``CPMS_CHANGES`` says how many changes are drawn.
"""

from __future__ import annotations

import datetime as dt
import os
import zoneinfo

import pytest
from dateutil import rrule
from django.db import transaction
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as draw
from icalendar import Calendar

from cpms import clock
from cpms.notifications.models import OutboxMessage
from panels.meetings import actions, queries, recurrence
from panels.meetings.models import Meeting, MeetingSeries
from panels.meetings.recurrence import AHEAD, Plan
from panels.meetings.states import Rhythm
from tests.meetings.test_recurrence import ZONES, by_hand

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
CHANGES = int(os.environ.get("CPMS_CHANGES", "8"))
SUNDAY = clock.today() + dt.timedelta(days=13 - clock.today().weekday())
TIMES = draw.times().map(lambda at: at.replace(second=0, microsecond=0))


def plans(days):
    return draw.builds(Plan, draw.sampled_from(list(Rhythm)), days, TIMES, draw.sampled_from(ZONES))


def in_days(least, most):
    return draw.integers(least, most).map(lambda n: clock.today() + dt.timedelta(days=n))


def fits(plan):
    if plan.rhythm == Rhythm.MONTHLY:
        return plan.first_on.day <= 28
    return plan.rhythm != Rhythm.MONTHLY_LAST or recurrence.is_last_of_month(plan.first_on)


def moments(plan, *, before=None):
    """What dateutil makes of the plan up to four months from today, in local time and given in UTC: an hour that clocks skip equals
    nothing in another zone."""
    last = min(clock.today() + AHEAD, (before or dt.date.max) - dt.timedelta(days=1))
    zone = zoneinfo.ZoneInfo(plan.zone)
    days = [day for day in by_hand(plan.rhythm, plan.first_on) if day <= last]
    return [dt.datetime.combine(day, plan.at, tzinfo=zone).astimezone(dt.UTC) for day in days]


def read(person):
    """Every coming moment of what the calendar holds once all mails are in: of each UID the newest entry counts."""
    newest = {}
    for message in OutboxMessage.objects.filter(recipient=person, calendar__gt="").order_by("written_at", "pk"):
        (event,) = Calendar.from_ical(message.calendar).walk("VEVENT")
        newest[str(event["uid"])] = event
    return sorted(moment for event in newest.values() for moment in occurrences(event))


def occurrences(event):
    start = event.decoded("dtstart")
    rule, until = event["rrule"].copy(), dt.datetime.combine(clock.today() + AHEAD, dt.time.max)
    ends = rule.pop("UNTIL", [None])[0]
    found = rrule.rrulestr(rule.to_ical().decode(), dtstart=start.replace(tzinfo=None))
    local = [
        moment.replace(tzinfo=start.tzinfo) for moment in found.between(start.replace(tzinfo=None), until, inc=True)
    ]
    return [moment.astimezone(dt.UTC) for moment in local if ends is None or moment <= ends]


@example(
    Plan(Rhythm.WEEKLY, SUNDAY, dt.time(2, 30), ZONES[0]), Plan(Rhythm.FORTNIGHTLY, SUNDAY, dt.time(0), ZONES[1]), 0
)
@given(plans(in_days(2, 9)), plans(in_days(2, 80)), draw.integers(0, 6))
@settings(
    max_examples=CHANGES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)
def test_before_the_day_the_old_rule_and_after_it_the_new(coordinator, always, story, old, new, place):
    assume(fits(old) and fits(new))
    with transaction.atomic():
        size = {"minutes": 60, "slots": 2, "link": "https://video.example/board", "groups": [story.group]}
        when = {"rhythm": old.rhythm, "first_on": old.first_on, "at": old.at}
        coordinator.zone = old.zone
        series = actions.start_series(name="Board", people=[always], by=coordinator, **when, **size)
        coming = queries.planned(series)
        since = coming[min(place, len(coming) - 1)].day
        stay = moments(old, before=since)
        if not stay or stay[-1] < new.moment(new.first_on):
            changed = actions.reschedule(series, since=since, plan=new, homes={}, seen=0, by=coordinator)
            wanted = [*stay, *moments(new)]
            rows = Meeting.objects.filter(series__in=MeetingSeries.objects.all()).coming()
            assert not [one for one in queries.planned(changed) if one.moved()]
            assert sorted(rows.values_list("starts_at", flat=True)) == wanted
            assert read(always) == wanted
        transaction.set_rollback(True)
