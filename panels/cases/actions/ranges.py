"""A thematic group confirms a default range, sets its own, or ends one: each a further row, never a change."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.models import ThematicGroup
from cpms.audit import actions as audit
from cpms.audit.states import Event
from panels.cases.models import GroupRange
from panels.cases.policy import may_set_ranges
from panels.cases.queries import history_of, in_force, overlapping, turning_days

MEANWHILE = "Somebody set a range of these ages meanwhile. Look at the page again."
ENDED = "This range is ended or replaced already."


def held_history(new: GroupRange, *, by: Any) -> list[GroupRange]:
    """The group's rows of the analyte, under its lock. Raises ``Refused`` for whoever does not set this group's ranges."""
    if not (verdict := may_set_ranges(by, new.group)):
        raise Refused(verdict.reason)
    ThematicGroup.objects.select_for_update(of=("self",)).get(pk=new.group_id)
    return history_of(new.group, new.analyte)


def write(new: GroupRange, *, verb: str, by: Any) -> GroupRange:
    new.confirmed_by, new.confirmed_at = by, clock.now()
    new.save(force_insert=True)
    audit.record(Event.RANGE_SET, on=new, by=by, verb=verb, kind=new.analyte)
    return new


@transaction.atomic
def set_range(new: GroupRange, *, by: Any) -> GroupRange:
    """Write an unsaved row down; it replaces one of the same sex, ages and condition from its day on. Raises ``Refused`` where
    another one's ages meet it."""
    if overlapping(held_history(new, by=by), new):
        raise Refused(MEANWHILE)
    return write(new, verb="set", by=by)


@transaction.atomic
def end_range(row: GroupRange, *, since: dt.date | None, by: Any) -> GroupRange:
    """From samples of this day on, or of any day, what stands behind the range holds again. Raises ``Refused`` for one that
    holds on no such day."""
    rows = held_history(row, by=by)
    same = [one for one in rows if one.band == row.band]
    if not any(in_force(same, day) for day in turning_days(same, since)):
        raise Refused(ENDED)
    names = ("group", "analyte", "sex", "age_from", "age_to", "condition", "unit")
    end = GroupRange(**{name: getattr(row, name) for name in names}, since=since)
    return write(end, verb="end", by=by)
