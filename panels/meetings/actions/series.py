"""Start a series, keep its meetings planned ahead, change it, end it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from cpms import clock, locking
from cpms.accounts.access import Refused
from cpms.accounts.models import ThematicGroup
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.locking import hold
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from panels.meetings import queries, recurrence, video
from panels.meetings.actions.agenda import slots_changed
from panels.meetings.actions.single import cancel, go_on, put_terms, tell_change
from panels.meetings.calendars import series_file
from panels.meetings.models import Attendance, Meeting, MeetingSeries
from panels.meetings.policy import may_change_series, may_own
from panels.meetings.states import MeetingState, Rhythm


@transaction.atomic
def start_series(
    *,
    groups: list[ThematicGroup],
    rhythm: Rhythm,
    first_on: dt.date,
    at: dt.time,
    people: list[Any],
    by: Any,
    **rest: Any,
) -> MeetingSeries:
    """A returning meeting of one or several groups, in the caller's zone; ``rest`` is name, minutes, slots and link.

    Raises ``Refused`` for a group the caller does not serve, ``ValueError`` for a fifth weekday of a month.
    """
    if not (verdict := may_own(by, groups)):
        raise Refused(verdict.reason)
    rule = recurrence.rule_for(rhythm, first_on)
    when = {"rhythm": rhythm, "rule": rule, "first_on": first_on, "at": at, "zone": by.zone}
    series = MeetingSeries.objects.create(called_by=by, **when, **rest)
    series.groups.set(groups)
    series.people.set(people)
    plan(series)
    tell(series, people, notice=Notice.SERIES)
    audit.record(Event.SERIES_CHANGED, on=series, by=by, verb="started", count=len(people))
    return series


def plan(series: MeetingSeries) -> int:
    """Make the meetings of the next four months that are not there yet; gives how many. Safe to run twice."""
    today = clock.today()
    there = set(series.meetings.values_list("day", flat=True))
    days = [
        day
        for day in series.days(after=max(series.first_on, today), until=today + recurrence.AHEAD)
        if day not in there
    ]
    networks = list(series.groups.order_by("network__name").values_list("network", flat=True)[:1])
    hosted = not series.link and queries.server_for(networks) is not None
    made = Meeting.objects.bulk_create(
        (
            Meeting(
                series=series,
                day=day,
                starts_at=recurrence.moment(day, series.at, series.zone),
                minutes=series.minutes,
                zone=series.zone,
                link=series.link,
                room=video.new_room() if hosted else "",
                called_by=series.called_by,
            )
            for day in days
        ),
        ignore_conflicts=True,
    )
    planned, people = series.meetings.filter(day__in=days), list(series.people.all())
    Attendance.objects.bulk_create(
        (Attendance(meeting=meeting, who=person) for meeting in planned for person in people), ignore_conflicts=True
    )
    return len(made)


def plan_ahead(*, by: Any) -> int:
    """Every running series, for the nightly task."""
    made = 0
    for pk in MeetingSeries.objects.running().values_list("pk", flat=True):
        with transaction.atomic():
            series = MeetingSeries.objects.running().select_for_update().filter(pk=pk).first()
            made += plan(series) if series else 0
    return made


def tell(series: MeetingSeries, people: list[Any], *, notice: Notice, again: str = "") -> None:
    changed = list(series.meetings.exclude(state=MeetingState.HELD).select_related("series"))
    notifications.notify(
        people,
        notice=notice,
        by=None,
        about=series,
        path=series.get_absolute_url(),
        calendar=series_file(series, changed),
        again=again or str(series.sequence),
    )


def hold_dates(series: MeetingSeries) -> None:
    """For a caller that holds the series: its earlier plans until commit, and all their dates in one order."""
    plans = [series, *series.earlier.select_for_update().order_by("pk")]
    hold(Meeting.objects.filter(series__in=plans))


def held_series(series: MeetingSeries, *, by: Any) -> MeetingSeries:
    """The series with its plans and dates for as long as it changes. Raises ``Refused`` for who does not keep it, and once it has
    ended."""
    current = MeetingSeries.objects.select_for_update().get(pk=series.pk)
    if not (verdict := may_change_series(by, current)):
        raise Refused(verdict.reason)
    if current.over:
        raise Refused("This series has ended already.")
    hold_dates(current)
    return current


@transaction.atomic
def change_series(
    series: MeetingSeries, *, seen: int | None, by: Any, groups: list[ThematicGroup] | None = None, **wanted: Any
) -> MeetingSeries:
    """Another name, length, number of slots or link: ``wanted`` holds all four. The coming meetings follow, where they had what
    the series had. ``groups`` own it from now on: their people see it and may bring panels (``None``: as they are).

    ``seen`` is the ``version`` that was seen; raises ``Clash`` when somebody else changed it meanwhile, ``Refused`` when none of
    the groups is the changer's to serve."""
    current = held_series(series, by=by)
    was = {name: getattr(current, name) for name in wanted}
    changed = [name for name in wanted if wanted[name] != was[name]]
    owners = groups is not None and set(groups) != set(current.groups.all())
    if not changed and not owners:
        return current
    if seen != current.version:
        both = {name: (str(wanted[name]), str(was[name])) for name in changed}
        fields = [locking.ClashField(name, name.capitalize(), *both[name], both[name]) for name in changed]
        raise locking.Clash(current, fields or [groups_apart(current, groups or [])], version=current.version)
    current.version += 1
    current.save(update_fields=["version"])
    if owners:
        give_to(current, groups or [], by=by)
    if changed:
        new = {name: wanted[name] for name in changed}
        put_into(current, new, was=was, by=by)
        for earlier in current.earlier.with_dates_left():
            put_into(earlier, new, was={name: getattr(earlier, name) for name in was}, by=by)
    audit.record(Event.SERIES_CHANGED, on=current, by=by, verb="changed", saved=current.version)
    return current


def groups_apart(series: MeetingSeries, wanted: list[ThematicGroup]) -> locking.ClashField:
    mine, theirs = (", ".join(sorted(str(group) for group in some)) for some in (wanted, series.groups.all()))
    return locking.ClashField("", "Groups", mine, theirs)


def give_to(series: MeetingSeries, groups: list[ThematicGroup], *, by: Any) -> None:
    """Other groups own it, and the last dates of an earlier plan: who sees them and may bring panels follows. Who is asked to come
    stays, and so do the panels on its agendas."""
    if not (verdict := may_own(by, groups)):
        raise Refused(verdict.reason)
    series.groups.set(groups)
    for earlier in series.earlier.with_dates_left():
        earlier.groups.set(groups)


def put_into(series: MeetingSeries, new: dict[str, Any], *, was: dict[str, Any], by: Any) -> None:
    """For a caller that holds the series: what is ``new`` of name, length, slots and link, and what all four were."""
    coming = series.meetings.filter(state=MeetingState.PLANNED, starts_at__gt=clock.now())
    meetings = list(coming.order_by("pk").select_for_update(of=("self",)).select_related("series"))
    before = {meeting.pk: {item.pk for item in meeting.with_slot()} for meeting in meetings}
    for name, value in new.items():
        setattr(series, name, value)
    series.sequence = series.next_sequence()
    series.save(update_fields=[*new, "sequence"])
    for meeting in meetings:
        meeting.series = series
        follow(meeting, was)
        slots_changed(meeting, before=before[meeting.pk], by=by)
    if set(new) != {"slots"}:
        tell(series, list(series.people.all()), notice=Notice.SERIES_CHANGED)


def follow(meeting: Meeting, was: dict[str, Any]) -> None:
    """One coming meeting takes over what the series has now; who comes to this one alone gets its new entry."""
    series: Any = meeting.series
    terms = {name: getattr(meeting, name) for name in ("minutes", "link")}
    new = {name: getattr(series, name) if value == was[name] else value for name, value in terms.items()}
    if new != terms or series.name != was["name"]:
        put_terms(meeting, sequence=series.sequence, **new)
        tell_change(meeting, notice=Notice.MEETING_CHANGED, all_of_series=False)


@transaction.atomic
def end_series(series: MeetingSeries, *, by: Any) -> MeetingSeries:
    """No meeting from now on, nor of an earlier plan of it. Who comes to all of them is told once; who was asked to one of them is
    told of that one."""
    current = held_series(series, by=by)
    for plan in [*current.earlier.with_dates_left(), current]:
        end_plan(plan, by=by)
    return current


def end_plan(series: MeetingSeries, *, by: Any) -> None:
    """For a caller that holds it with its dates. An earlier plan may be over before: then only what was moved past its end is off,
    and who comes to all of them hears of nothing else."""
    was, today = series.ended_on, clock.today()
    series.ended_on, series.sequence = min(was or dt.date.max, max(today, series.first_on)), series.next_sequence()
    series.save(update_fields=["ended_on", "sequence"])
    for meeting in series.meetings.filter(state=MeetingState.PLANNED, starts_at__gt=clock.now()):
        cancel(meeting, sequence=series.sequence)
        tell_change(meeting, notice=Notice.MEETING_CALLED_OFF, all_of_series=meeting.differs())
        go_on(meeting, None, by=by)
    if series.ended_on != was:
        tell(series, list(series.people.all()), notice=Notice.SERIES_ENDED)
    audit.record(Event.SERIES_CHANGED, on=series, by=by, verb="ended")
