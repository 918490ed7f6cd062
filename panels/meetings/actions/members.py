"""Who comes to every meeting of a series: people added and struck after its start, and what their calendars hear."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce

from cpms import clock
from cpms.accounts.models import Membership, User
from cpms.accounts.roles import Role
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from panels import queries as panels
from panels.meetings import queries
from panels.meetings.actions.series import held_series, hold_dates, tell
from panels.meetings.actions.single import call, call_off_reminders, sees
from panels.meetings.calendars import series_left_file, taken_out_file
from panels.meetings.models import Attendance, Meeting, MeetingSeries
from panels.meetings.states import MeetingState

A_WEEK = dt.timedelta(days=7)


def counted(series: MeetingSeries) -> None:
    """What is mailed about it next is above whatever its calendar entries said so far."""
    series.sequence = series.next_sequence()
    series.save(update_fields=["sequence"])


def coming_of(series: MeetingSeries) -> list[Meeting]:
    rows = series.meetings.filter(state=MeetingState.PLANNED, starts_at__gt=clock.now())
    return list(rows.order_by("pk").select_for_update(of=("self",)).select_related("series"))


@transaction.atomic
def add_people(series: MeetingSeries, *, people: list[Any], by: Any) -> int:
    """They come to every meeting from now on, with one entry in the calendar; what they had for single meetings goes. So they do
    to the last dates of an earlier plan. Gives how many are new."""
    current = held_series(series, by=by)
    for earlier in current.earlier.with_dates_left():
        take_in(earlier, people, by=by)
    return take_in(current, people, by=by)


def take_in(series: MeetingSeries, people: list[Any], *, by: Any) -> int:
    """For a caller that holds it with its dates. An earlier plan may be over before: who is new comes to what was moved past its
    end."""
    there = set(series.people.values_list("pk", flat=True))
    new = [person for person in people if person.pk not in there and person.is_active]
    if not new:
        return 0
    series.people.add(*new)
    counted(series)
    coming, again = coming_of(series), clock.now().isoformat()
    for meeting in coming:
        known = set(meeting.attendance.filter(who__in=new).values_list("who", flat=True))
        about: dict[str, Any] = {"about": meeting, "path": meeting.get_absolute_url(), "again": again}
        single = [person for person in new if person.pk in known]
        entry = taken_out_file(meeting, [])
        notifications.notify(single, notice=Notice.MEETING_CHANGED, by=None, calendar=entry, **about)
    Attendance.objects.bulk_create(
        (Attendance(meeting=meeting, who=person) for meeting in coming for person in new), ignore_conflicts=True
    )
    tell(series, new, notice=Notice.SERIES, again=again)
    audit.record(Event.SERIES_CHANGED, on=series, by=by, verb="people added", count=len(new))
    return len(new)


@transaction.atomic
def strike(series: MeetingSeries, *, person: Any, by: Any) -> None:
    """They come to the series no more, nor to the last dates of an earlier plan, and it leaves their calendar. A meeting that their
    own panel has a slot in stays theirs, with an entry of its own."""
    current = held_series(series, by=by)
    for plan in [*current.earlier.with_dates_left(), current]:
        let_out(plan, person, by=by)


def let_out(series: MeetingSeries, person: Any, *, by: Any) -> None:
    """For a caller that holds it with its dates."""
    if not series.people.filter(pk=person.pk).exists():
        return
    series.people.remove(person)
    counted(series)
    again = clock.now().isoformat()
    for meeting in coming_of(series):
        mine = [item.panel for item in meeting.with_slot() if person in panels.people_in(item.panel)]
        if mine and sees(person, meeting):
            call(meeting, panel=mine[0], people=[person])
        else:
            meeting.attendance.filter(who=person).delete()
            call_off_reminders(meeting, to=person)
    about: dict[str, Any] = {"about": series, "calendar": series_left_file(series), "again": again}
    notifications.notify([person], notice=Notice.SERIES_LEFT, by=None, **about)
    audit.record(Event.SERIES_CHANGED, on=series, by=by, verb="person struck", count=1)


def let_people_go(*, by: Any) -> int:
    """Whoever sees a series no more, by a role or a hospital that is gone, is asked to it no more, for the clock. The rights ended
    before; this takes the dates out of their calendar, which no mail about the series reaches any more. Who keeps the series is told
    that people left. An account that is switched off may come back, and stays. Safe to run twice; gives how many."""
    series = MeetingSeries.objects.with_dates_left().order_by().values_list(Coalesce("goes_on_as", "pk"), flat=True)
    return sum(strike_who_left(key, by=by) for key in set(series))


@transaction.atomic
def strike_who_left(key: Any, *, by: Any) -> int:
    """Of the series of this key and its earlier plans."""
    plans = MeetingSeries.objects.with_dates_left().filter(Q(pk=key) | Q(goes_on_as=key))
    if not any(who_left(plan) for plan in plans):
        return 0
    series = MeetingSeries.objects.select_for_update().get(pk=key)
    hold_dates(series)
    gone = [(plan, person) for plan in plans.all() for person in who_left(plan)]
    for plan, person in gone:
        let_out(plan, person, by=by)
    if people := {person.pk for _plan, person in gone}:
        tell_keepers(series, by=by)
    return len(people)


def tell_keepers(series: MeetingSeries, *, by: Any) -> None:
    """Once a night, however many left; the mail names nobody, the page of the series says who is asked still."""
    about: dict[str, Any] = {"about": series, "path": series.get_absolute_url(), "again": str(clock.rights_day())}
    notifications.notify(queries.keepers_of(series), notice=Notice.PEOPLE_LEFT, by=by, **about)


def who_left(series: MeetingSeries) -> list[User]:
    """People of the series who are no clinicians any more and do not see it otherwise, as a coordinator does. A role that ran out by
    its date is often given again: those have a week."""
    ran_out = Membership.objects.filter(role=Role.CLINICIAN, ended_at=None, valid_to__gte=clock.rights_day() - A_WEEK)
    still = Q(pk__in=User.objects.holding(Role.CLINICIAN).values("pk")) | Q(pk__in=ran_out.values("user"))
    others = series.people.filter(is_active=True).exclude(still)
    seen = MeetingSeries.objects.filter(pk=series.pk)
    return [person for person in others if not seen.visible_to(person).exists()]
