"""How long things took: nearest-rank percentiles of a month, and of several months counted as one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Q

from helpdesk.kpis.months import in_any
from helpdesk.kpis.places import Counts, Paths, Place, nothing
from helpdesk.kpis.stood import by_line
from helpdesk.tickets.models import Ticket

PANEL = Paths()
HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)


class Wait(NamedTuple):
    """From when to when, and what it is given in."""

    name: str
    begin: str
    until: str
    unit: dt.timedelta = HOUR


PANEL_WAITS = (
    Wait("reply", "opened_at", "first_reply_at"),
    Wait("closing", "opened_at", "closed_at"),
    Wait("entry_minutes", "case__begun_at", "opened_at", MINUTE),
)
TICKET_WAITS = (
    Wait("ticket_answer", "raised_at", "first_answer_at"),
    Wait("ticket_closing", "raised_at", "closed_at"),
)
UNITS = {f"{wait.name}_{part}": wait.unit for wait in (*PANEL_WAITS, *TICKET_WAITS) for part in ("median", "p90")}
NUMBER = "_number"


class Nearest(Aggregate):
    """The nearest-rank percentile: the least value that so large a part of all values does not exceed."""

    function = "PERCENTILE_DISC"
    template = "%(function)s(%(part)s) WITHIN GROUP (ORDER BY %(expressions)s)"

    def __init__(self, expression: Any, part: float = 0.5, **extra: Any) -> None:
        super().__init__(expression, part=part, **extra)


def ended(wait: Wait, months: Collection[dt.date]) -> Q:
    """It has a beginning, and its end lies in one of the months."""
    return in_any(wait.until, months) & Q(**{f"{wait.begin}__isnull": False})


def asked(waits: Collection[Wait], months: Collection[dt.date]) -> dict[str, Any]:
    """Median and slowest tenth of each."""
    found: dict[str, Any] = {}
    for wait in waits:
        took = ExpressionWrapper(F(wait.until) - F(wait.begin), output_field=DurationField())
        found[f"{wait.name}_median"] = Nearest(took, filter=ended(wait, months))
        found[f"{wait.name}_p90"] = Nearest(took, part=0.9, filter=ended(wait, months))
    return found


def numbers(waits: Collection[Wait], months: Collection[dt.date]) -> dict[str, Any]:
    """How many there are of each."""
    return {wait.name + NUMBER: Count("pk", filter=ended(wait, months)) for wait in waits}


def in_units(line: dict[str, Any]) -> dict[str, Any]:
    """Hours or minutes with one decimal in place of durations."""
    took = {name: line[name] for name in UNITS if line.get(name) is not None}
    return line | {name: round(time / UNITS[name], 1) for name, time in took.items()}


def any_of(waits: Collection[Wait], months: Collection[dt.date]) -> Q:
    return reduce(or_, (ended(wait, months) for wait in waits))


def waits_over(months: Collection[dt.date]) -> Counts:
    """Every wait that ended in one of the months, place by place, with how many there are of each under its name and
    ``NUMBER``; nine queries, however many months."""
    found = by_line({one.until: asked([one], months) | numbers([one], months) for one in PANEL_WAITS}, months)
    for place, line in ticket_waits(months, numbers(TICKET_WAITS, months)).items():
        found[place] |= line
    each = nothing()
    each.update({place: in_units(line) for place, line in found.items()})
    return each


def ticket_waits(months: Collection[dt.date], counts: dict[str, Any], touched: Q | None = None) -> Counts:
    """Waits of tickets by the network that was asked, with other ``counts`` of tickets; one query."""
    rows: Any = Ticket.objects.filter(touched or any_of(TICKET_WAITS, months), network__isnull=False).order_by()
    wanted, found = counts | asked(TICKET_WAITS, months), nothing()
    for row in rows.values("network").annotate(**wanted):
        found[Place(row["network"])] = {name: row[name] for name in wanted}
    return found
