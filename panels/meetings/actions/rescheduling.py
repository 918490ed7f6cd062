"""A series meets on other days, or at another time, from one of its coming dates on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from cpms import clock, locking
from cpms.accounts.access import Refused
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.notifications.notices import Notice
from panels import actions as panels
from panels.meetings import queries, recurrence
from panels.meetings.actions import series as of_series
from panels.meetings.actions.presenting import ask_elsewhere
from panels.meetings.actions.single import call_off_reminders, cancel, put_on, runs, tell_change, tell_whose
from panels.meetings.models import Meeting, MeetingSeries
from panels.meetings.recurrence import Plan

WHEN = ("rhythm", "rule", "first_on", "at", "zone")
KEPT = ("name", *WHEN, "minutes", "slots", "link", "called_by", "called_at")
BROUGHT = "Panels were brought to these dates meanwhile, or taken off them. Look at what changes again."


@transaction.atomic
def reschedule(
    series: MeetingSeries, *, since: dt.date, plan: Plan, homes: Mapping[int, dt.date], seen: int | None, by: Any
) -> MeetingSeries:
    """From the coming meeting of the day ``since`` on the series meets by ``plan``. Agendas, people and way in go along to the
    date that takes the place of each; ``homes`` says to which new day each panel goes whose date has none (agenda item to day).

    The dates before stay with a row of their own, which keeps the earlier plan. ``seen`` is the ``version`` that was seen. Raises
    ``Clash`` when somebody else changed the series meanwhile, ``Refused`` when a panel is without a date.
    """
    current = of_series.held_series(series, by=by)
    if current.goes_on_as_id is not None:
        raise Refused("These are the last dates of an earlier plan. Move each of them, or call it off.")
    if seen != current.version:
        mine, theirs = spoken(plan), spoken(current.plan)
        raise locking.Clash(current, [locking.ClashField("", "When", mine, theirs)], version=current.version)
    change = queries.what_changes(current, since=since, plan=plan)
    if {item.pk for item in change.homeless} != set(homes) or not set(homes.values()) <= set(change.days):
        raise Refused(BROUGHT)
    earlier = take_up(plan, current, until=since if change.stays else max(clock.today(), current.first_on))
    for meeting, day in change.follows:
        follow(meeting, current, day=day)
    for meeting, day in change.off:
        put_there(meeting, current, day=day)
    of_series.plan(current)
    for meeting in change.falls:
        give_up(meeting, earlier, homes=homes, by=by)
    people = list(current.people.all())
    if change.stays:
        of_series.tell(earlier, people, notice=Notice.SERIES_BEFORE)
    of_series.tell(current, people, notice=Notice.SERIES_CHANGED)
    said: dict[str, Any] = {"verb": "rescheduled", "count": len(change.follows), "saved": current.version}
    audit.record(Event.SERIES_CHANGED, on=current, by=by, **said)
    return current


def spoken(plan: Plan) -> str:
    return f"{plan.rhythm.label}, from {recurrence.spoken(plan.moment(plan.first_on), plan.zone)} on"


def take_up(plan: Plan, series: MeetingSeries, *, until: dt.date) -> MeetingSeries:
    """The new plan into the series, which keeps its address and its entry in calendars; gives the row that keeps the plan as it
    was, with all dates that were made of it, for the people and groups of today."""
    sequence, kept = series.next_sequence(), {name: getattr(series, name) for name in KEPT}
    earlier = MeetingSeries.objects.create(ended_on=until, goes_on_as=series, **kept)
    earlier.groups.set(series.groups.all())
    earlier.people.set(series.people.all())
    series.meetings.update(series=earlier)
    for name in WHEN:
        setattr(series, name, getattr(plan, name))
    series.sequence, series.version = sequence, series.version + 1
    series.save(update_fields=[*WHEN, "sequence", "version"])
    return earlier


def follow(meeting: Meeting, series: MeetingSeries, *, day: dt.date) -> None:
    """One meeting goes to its new day, with everything that hangs on it; who comes to this one alone gets its entry anew."""
    put_there(meeting, series, day=day)
    tell_change(meeting, notice=Notice.MEETING_MOVED, all_of_series=False)


def put_there(meeting: Meeting, series: MeetingSeries, *, day: dt.date) -> None:
    meeting.series, meeting.day, meeting.zone = series, day, series.zone
    meeting.starts_at, meeting.sequence = recurrence.moment(day, series.at, series.zone), series.sequence
    meeting.save(update_fields=["series", "day", "zone", "starts_at", "sequence"])
    call_off_reminders(meeting)


def give_up(meeting: Meeting, earlier: MeetingSeries, *, homes: Mapping[int, dt.date], by: Any) -> None:
    """No date takes its place: it is off, and its panels go to the dates that were said for them."""
    meeting.series = earlier
    cancel(meeting, sequence=meeting.next_sequence())
    tell_change(meeting, notice=Notice.MEETING_CALLED_OFF, all_of_series=False)
    for item in meeting.agenda.select_related("panel__lead", "panel__case__patient", "presenter").order_by("position"):
        after = Meeting.objects.select_related("series").get(series=earlier.goes_on_as_id, day=homes[item.pk])
        if not runs(item.panel):
            ask_elsewhere(item, meeting, None, by=by)
            continue  # it has ended, or may not be discussed: the clock takes it off all agendas
        moved = put_on(after, item.panel, by=by, minutes=item.minutes, presenter=item.presenter)
        tell_whose(moved, after, by=by)
        ask_elsewhere(item, meeting, after, by=by)
        panels.something_happened(item.panel)
