"""Any change of when a series meets: before the day the old rule, after it the new one, and no date twice in a calendar.

``CPMS_CHANGES`` says how many changes are drawn.
"""

from __future__ import annotations

import datetime as dt
import os
import zoneinfo
from dataclasses import replace

import pytest
from dateutil import rrule
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as draw
from icalendar import Calendar

from cpms import clock
from cpms.notifications.models import OutboxMessage
from panels.meetings import actions, queries, recurrence
from panels.meetings.forms import RescheduleForm
from panels.meetings.models import Meeting
from panels.meetings.recurrence import AHEAD, Plan
from panels.meetings.states import Rhythm
from tests.clients import signed_in
from tests.meetings.test_recurrence import ZONES, by_hand

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
CHANGES = int(os.environ.get("CPMS_CHANGES", "8"))
SUNDAY = clock.today() + dt.timedelta(days=13 - clock.today().weekday())
TIMES = draw.times().map(lambda at: at.replace(second=0, microsecond=0, fold=0))  # as a form gives them


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


LEAST = settings(
    max_examples=CHANGES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)


def started(plan, group, people, *, by):
    size = {"minutes": 60, "slots": 2, "link": "https://video.example/board", "groups": [group]}
    when = {"rhythm": plan.rhythm, "first_on": plan.first_on, "at": plan.at}
    by.zone = plan.zone
    return actions.start_series(name="Board", people=people, by=by, **when, **size)


def changed(series, plan, *, place, by):
    """As the page would do it, from the coming date at this place on; gives that day, or ``None`` where the page refuses."""
    coming = queries.planned(series)
    since = coming[min(place, len(coming) - 1)].day
    values = {"since": f"{since}", "day": f"{plan.first_on}", "time": f"{plan.at:%H:%M}", "rhythm": plan.rhythm}
    form = RescheduleForm(values | {"zone": plan.zone}, series=series, coming=coming)
    if not form.is_valid():
        return None
    actions.reschedule(series, since=since, plan=plan, homes={}, seen=series.version, by=by)
    series.refresh_from_db()
    return since


@example(
    Plan(Rhythm.WEEKLY, SUNDAY, dt.time(2, 30), ZONES[0]), Plan(Rhythm.FORTNIGHTLY, SUNDAY, dt.time(0), ZONES[1]), 0
)
@example(Plan(Rhythm.WEEKLY, SUNDAY, dt.time(1), ZONES[0]), Plan(Rhythm.WEEKLY, SUNDAY, dt.time(9), ZONES[0]), 1)
@given(plans(in_days(2, 9)), plans(in_days(2, 80)), draw.integers(0, 6))
@LEAST
def test_before_the_day_the_old_rule_and_after_it_the_new(coordinator, always, story, old, new, place):
    assume(fits(old) and fits(new))
    with transaction.atomic():
        series = started(old, story.group, [always], by=coordinator)
        if since := changed(series, new, place=place, by=coordinator):
            told_apart(series, [*moments(old, before=since), *moments(new)], always)
        transaction.set_rollback(True)


@example(*(Plan(Rhythm.WEEKLY, SUNDAY + dt.timedelta(days), dt.time(9), ZONES[0]) for days in (0, 15, 30)), (2, 2))
@given(plans(in_days(2, 9)), plans(in_days(2, 40)), plans(in_days(2, 80)), draw.tuples(*[draw.integers(0, 4)] * 2))
@LEAST
def test_a_second_change_leaves_the_dates_before_both_as_they_are(coordinator, always, story, old, new, newest, places):
    assume(fits(old) and fits(new) and fits(newest))
    with transaction.atomic():
        series = started(old, story.group, [always], by=coordinator)
        if first := changed(series, new, place=places[0], by=coordinator):
            before = moments(old, before=first)
            if second := changed(series, newest, place=places[1], by=coordinator):
                told_apart(series, [*before, *moments(new, before=second), *moments(newest)], always)
        transaction.set_rollback(True)


def told_apart(series, wanted, person):
    """Rows and calendar hold exactly these moments, in this order, and from each date its panels go on to the next."""
    rows = list(Meeting.objects.coming().select_related("series").order_by("day"))
    assert not [one for one in rows if one.moved()]
    assert [one.starts_at for one in rows] == wanted
    assert read(person) == wanted
    assert [one.next_of_series() for one in rows] == [*rows[1:], None]


def test_a_second_change_knows_the_last_dates_of_the_earlier_plan(story, coordinator, always):
    day, week = clock.today() + dt.timedelta(days=2), dt.timedelta(days=7)
    first_plan = Plan(Rhythm.WEEKLY, day, dt.time(16), coordinator.zone)
    series = started(first_plan, story.group, [always], by=coordinator)
    actions.bring(story.fresh(), to=series.meetings.order_by("day")[1], invite=False, by=story.lead)
    later = replace(first_plan, first_on=day + 2 * week + dt.timedelta(days=1))
    assert changed(series, later, place=2, by=coordinator)
    assert changed(series, replace(later, first_on=day + week), place=0, by=coordinator) is None
    assert changed(series, replace(later, first_on=later.first_on + week, at=dt.time(9)), place=1, by=coordinator)
    second = Meeting.objects.get(agenda__panel=story.panel)
    actions.call_off(second, by=coordinator)
    assert Meeting.objects.get(agenda__panel=story.panel, state="planned").day == later.first_on
    page = signed_in(coordinator).post(
        reverse("meetings:series_when", args=[series.pk]),
        {"since": later.first_on + week, "day": later.first_on + week, "time": "8:00", "rhythm": "weekly"}
        | {"zone": series.zone, "version": series.version},
    )
    assert [one.day for one in page.context["change"].before] == [day, later.first_on]
