"""The official figures of a month, counted from ordinary rows. Definitions in ``docs/kpis.md``."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from cpms.accounts.models import Centre, CentreMembership, Network, ThematicGroup, User
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from panels.models import Panel


@dataclass(frozen=True)
class Line:
    """One line of the month; neither group nor centre is the whole network."""

    network: Network
    registered: int
    active: int
    panels_opened: int
    panels_closed: int
    group: ThematicGroup | None = None
    centre: Centre | None = None


def first_of_next(month: dt.date) -> dt.date:
    return (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)


def moments(month: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """The month's beginning and end, in UTC."""
    ends = first_of_next(month)
    return (
        dt.datetime(month.year, month.month, 1, tzinfo=dt.UTC),
        dt.datetime(ends.year, ends.month, 1, tzinfo=dt.UTC),
    )


def active_people(month: dt.date) -> set[Any]:
    """Keys of everybody who signed in at least once in the month (the founding paper's definition)."""
    start, end = moments(month)
    events = AuditEvent.objects.filter(event=Event.SIGNED_IN, at__gte=start, at__lt=end)
    return set(events.values_list("actor_id", flat=True))


def panel_counts(network: Network, month: dt.date, by: str) -> dict[Any, tuple[int, int]]:
    """Opened and closed panels of the month per value of ``by`` (a path from the panel)."""
    start, end = moments(month)
    rows = Panel.objects.filter(network=network).order_by().values(by)
    rows = rows.annotate(
        opened=Count("pk", filter=Q(opened_at__gte=start, opened_at__lt=end)),
        closed=Count("pk", filter=Q(closed_at__gte=start, closed_at__lt=end)),
    )
    return {row[by]: (row["opened"], row["closed"]) for row in rows}


def registered_people(month: dt.date) -> Any:
    """Accounts that were activated before the month's end."""
    _start, end = moments(month)
    return User.objects.filter(activated_at__lt=end)


def centres_at_the_end(network: Network, month: dt.date) -> Any:
    """The centres that belonged to the network on the month's last day."""
    last = first_of_next(month) - dt.timedelta(days=1)
    return Centre.objects.filter(pk__in=CentreMembership.objects.on(last).filter(network=network).values("centre"))


def lines(network: Network, month: dt.date) -> list[Line]:
    """The network's line, then one per group, then one per centre."""
    active, people = active_people(month), registered_people(month)
    per_group, per_centre = panel_counts(network, month, "group"), panel_counts(network, month, "lead__centre")
    belonging = centres_at_the_end(network, month)
    everybody = set(people.filter(centre__in=belonging).values_list("pk", flat=True))
    opened = sum(pair[0] for pair in per_group.values())
    closed = sum(pair[1] for pair in per_group.values())
    found = [Line(network, len(everybody), len(everybody & active), opened, closed)]
    for group in ThematicGroup.objects.filter(network=network):
        there = set(people.filter(groups_of_interest=group).values_list("pk", flat=True))
        found.append(Line(network, len(there), len(there & active), *per_group.get(group.pk, (0, 0)), group=group))
    centres: dict[Any, set[Any]] = {}
    for person, centre_id in people.filter(centre__in=belonging).values_list("pk", "centre_id"):
        centres.setdefault(centre_id, set()).add(person)
    for centre in belonging:
        there = centres.get(centre.pk, set())
        counts = per_centre.get(centre.pk, (0, 0))
        found.append(Line(network, len(there), len(there & active), *counts, centre=centre))
    return found
