"""Who looked at a panel and when; how long the page was open; what the person says it really was."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Extract

from cpms import clock
from cpms.accounts.access import Refused
from cpms.audit import actions as audit
from cpms.audit.states import Event
from panels import policy
from panels.models import Panel, TimeSpent, Visit
from panels.states import PRESENT_WITHIN, READ_WITHIN, Part


def note_visit(panel: Panel, *, by: Any) -> None:
    """The person looked: "seen by 4 of 6". Reading itself is in the audit trail already. Only who belongs to the panel spends time."""
    now = clock.now()
    visit = Visit(panel=panel, who=by, at=now)
    Visit.objects.bulk_create([visit], update_conflicts=True, unique_fields=["panel", "who"], update_fields=["at"])
    if policy.part_of(by, panel) == Part.NONE:
        return
    _add_time(_open_lately(panel, by))
    here = TimeSpent(panel=panel, who=by, year=clock.today().year, present_at=now)
    unique = ["panel", "who", "year"]
    TimeSpent.objects.bulk_create([here], update_conflicts=True, unique_fields=unique, update_fields=["present_at"])


def note_presence(panel: Panel, *, by: Any) -> int:
    """The open page gave a sign: the time since the last one is time spent, unless it was left open long ago. Gives how many rows
    were moved: one or none."""
    visited = {"panel__visits__who": by, "panel__visits__at__gt": clock.now() - READ_WITHIN}
    return _add_time(_open_lately(panel, by).filter(**visited))


def _open_lately(panel: Panel, who: Any) -> QuerySet[TimeSpent]:
    """The person's time of this year, if the page gave its last sign a moment ago."""
    since = clock.now() - PRESENT_WITHIN
    return TimeSpent.objects.filter(panel=panel, who=who, year=clock.today().year, present_at__gt=since)


def _add_time(rows: QuerySet[TimeSpent]) -> int:
    """In one statement, so that two windows at once count no second twice."""
    now = clock.now()
    passed = Extract(Value(now) - F("present_at"), "epoch")
    rows = TimeSpent.objects.filter(pk__in=rows.values("pk"), present_at__lt=now)
    return rows.update(seconds=F("seconds") + passed, present_at=now)


@transaction.atomic
def say_minutes(panel: Panel, *, minutes: int, by: Any) -> TimeSpent:
    """What the person's time with the panel came to this year, in their own words; it counts instead of the measure."""
    if not (verdict := policy.may_say_minutes(by, panel)):
        raise Refused(verdict.reason)
    year = clock.today().year
    spent, _made = TimeSpent.objects.update_or_create(
        panel=panel, who=by, year=year, defaults={"said_minutes": minutes}
    )
    audit.record(Event.MINUTES_SAID, on=panel, by=by, count=minutes)
    return spent
