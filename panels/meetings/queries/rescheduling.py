"""What becomes of the coming dates of a series that meets on other days, or at another time, from one of them on."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from cpms import clock
from cpms.accounts.models import User
from panels.meetings import recurrence
from panels.meetings.models import AgendaItem, Attendance, Meeting, MeetingSeries
from panels.meetings.recurrence import Plan
from panels.meetings.states import MeetingState, Rhythm


@dataclass(frozen=True)
class Row:
    """One line of what changes: a coming meeting, with the number of panels on it, and the moment that takes its place. One of
    both is missing where a date falls away or is new."""

    meeting: Any
    moment: dt.datetime | None
    there: str


@dataclass(frozen=True)
class Change:
    """``follows`` says which new day a meeting goes to, ``falls`` which meetings have none; ``homeless`` are the panels on these,
    ``days`` the new days of the next four months, ``stays`` the coming meetings before the change; ``off`` the dates that were
    called off and stay so, with the new day of each; ``before`` the last coming ones of earlier plans, which nothing changes."""

    plan: Plan
    stays: list[Any]
    follows: list[tuple[Any, dt.date]]
    falls: list[Any]
    homeless: list[AgendaItem]
    days: list[dt.date]
    told: int
    off: list[tuple[Any, dt.date]]
    before: list[Any]

    @property
    def stamp(self) -> str:
        """Another one as soon as something else would happen than what was shown."""
        moved = [(meeting.pk, day) for meeting, day in self.follows]
        told = [self.plan, moved, [one.pk for one in self.falls], [item.pk for item in self.homeless], self.told]
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]

    @property
    def rows(self) -> list[Row]:
        """Old and new dates side by side, in order."""
        taken = {day for _meeting, day in self.follows}
        pairs = [*self.follows, *((one, None) for one in self.falls)]
        pairs += [(None, day) for day in self.days if day not in taken]
        return [self.row(meeting, day) for meeting, day in sorted(pairs, key=in_order)]

    def row(self, meeting: Any, day: dt.date | None) -> Row:
        new = self.plan.moment(day) if day else None
        return Row(meeting, new, recurrence.spoken(new, self.plan.zone) if new else "")


def in_order(pair: tuple[Any, dt.date | None]) -> dt.date:
    meeting, day = pair
    found: dt.date = day or meeting.day
    return found


def planned(series: MeetingSeries) -> list[Meeting]:
    """The coming meetings of a series in the order of its days, with the number of panels on each."""
    return list(with_panels(series.meetings.all()))


def planned_before(series: MeetingSeries) -> QuerySet[Meeting]:
    """Those of its earlier plans: the series goes on after them."""
    return with_panels(Meeting.objects.filter(series__goes_on_as=series))


def with_panels(meetings: QuerySet[Meeting]) -> QuerySet[Meeting]:
    rows = meetings.filter(state=MeetingState.PLANNED, starts_at__gt=clock.now())
    return rows.annotate(panels=Count("agenda")).order_by("day")


def what_changes(series: MeetingSeries, *, since: dt.date, plan: Plan) -> Change:
    """From the meeting of the day ``since`` on, which is one of the coming ones, the series meets by ``plan``."""
    coming = planned(series)
    goes = [meeting for meeting in coming if meeting.day and meeting.day >= since]
    days = plan.days(clock.today() + recurrence.AHEAD)
    months = {Rhythm(series.rhythm), plan.rhythm} <= recurrence.MONTHS
    off = list(series.meetings.filter(state=MeetingState.CANCELLED, starts_at__gt=clock.now(), day__gte=since))
    found = recurrence.successors(sorted(one.day for one in [*goes, *off] if one.day), days, months=months)
    stays_off = [(one, found[one.day]) for one in off if one.day in found]
    falls = [one for one in goes if one.day not in found]
    homeless = AgendaItem.objects.filter(meeting__in=falls).select_related(
        "meeting", "panel__lead", "panel__case__patient", "presenter"
    )
    return Change(
        plan=plan,
        stays=[one for one in coming if one not in goes],
        follows=[(one, found[one.day]) for one in goes if one.day in found],
        falls=falls,
        homeless=list(homeless.order_by("meeting__day", "position", "pk")),
        days=[day for day in days if day not in {new for _one, new in stays_off}],
        told=told(series, goes),
        off=stays_off,
        before=list(planned_before(series)),
    )


def told(series: MeetingSeries, goes: list[Meeting]) -> int:
    """How many people get a mail: who comes to every meeting, or to one that goes."""
    asked = Attendance.objects.filter(meeting__in=goes).values_list("who", flat=True)
    return User.objects.filter(pk__in={*asked, *series.people.values_list("pk", flat=True)}, is_active=True).count()
