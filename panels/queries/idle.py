"""Panels in which nothing happens any more."""

from __future__ import annotations

import datetime as dt
import operator
from functools import reduce
from typing import Any

from django.db.models import Case, DateTimeField, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Greatest

from consent.models import care_consent
from cpms import clock
from cpms.accounts.models import Network
from cpms.notifications import queries as notifications
from cpms.notifications.states import IDLE, OF_PANELS
from panels.models import Contribution, Invitation, Message, Panel, PanelStep, Stance
from panels.states import Urgency

IDLE_AFTER = OF_PANELS[IDLE].usual


def standing_still() -> tuple[list[Panel], set[Any]]:
    """The panels whose lead should look after them, and the keys of those the helpdesk hears of; by each network's days,
    which an urgent panel halves."""
    own = notifications.days_by_network(IDLE)
    shortest = min([IDLE_AFTER[0], *(days[0] for days in own.values() if days)])
    panels, long = [], set()
    for panel in idle(before=clock.now() - dt.timedelta(days=shortest) / 2):
        days = own.get(panel.network_id, IDLE_AFTER)
        silent = clock.now() - panel.last_at  # type: ignore[attr-defined]  # annotated by the query
        silent *= 2 if panel.urgent else 1
        if days and silent >= dt.timedelta(days=days[0]):
            panels.append(panel)
        if days and silent >= dt.timedelta(days=days[1]):
            long.add(panel.pk)
    return panels, long


def forgotten(networks: QuerySet[Network]) -> QuerySet[Panel]:
    """Panels of these networks that stand still for so long that the helpdesk hears of it, by each network's days."""
    own = notifications.days_by_network(IDLE)
    rules = [(Q(network=pk), days[1]) for pk, days in own.items() if days]
    silenced = [pk for pk, days in own.items() if not days]
    return idle(before=since_when(rules)).filter(network__in=networks).exclude(network__in=silenced)


def since_when(rules: list[tuple[Q, int]]) -> Case:
    """The moment before which a panel's last event must lie, by its network's days, which an urgent panel halves."""
    now, urgent = clock.now(), Q(urgency=Urgency.URGENT)
    spells = [(where, dt.timedelta(days=days)) for where, days in rules]
    rest = dt.timedelta(days=IDLE_AFTER[1])
    halved = [When(where & urgent, then=Value(now - spell / 2)) for where, spell in (*spells, (Q(), rest))]
    whole = [When(where, then=Value(now - spell)) for where, spell in spells]
    return Case(*halved, *whole, default=Value(now - rest), output_field=DateTimeField())


EVENTS: tuple[tuple[type, str, str], ...] = (
    (Contribution, "panel", "at"),
    (Stance, "contribution__panel", "at"),
    (Message, "panel", "at"),
    (PanelStep, "panel", "at"),
    (Invitation, "panel", "answered_at"),
)
"""What ends a silence: of which model, how it leads to the panel, and when it was."""


def moved_after(moment: Any, *, panel: str) -> Q:
    """Whether anything happened in a panel after a moment, both named as the outer query names them."""
    found = [
        Exists(model._default_manager.filter(**{here: OuterRef(panel), f"{field}__gt": moment}))  # type: ignore[attr-defined]
        for model, here, field in EVENTS
    ]
    return reduce(operator.or_, map(Q, found))


def newest(model: type, here: str, field: str) -> Subquery:
    """The panel's newest moment of one kind."""
    rows = model._default_manager.filter(**{here: OuterRef("pk")}).order_by().values(here)  # type: ignore[attr-defined]
    return Subquery(rows.annotate(newest=Max(field)).values("newest"), output_field=DateTimeField())


def idle(*, before: Any) -> QuerySet[Panel]:
    """Running panels under consent whose last statement, view, message, answer to an invitation or change of state came before a moment, given
    as such or as an expression over the panel.

    ``last_at`` says when. PostgreSQL's GREATEST leaves out what never happened. It is asked for once in the filter: each further
    mention would look through five tables again for every running panel.
    """
    last = Greatest(F("opened_at"), *(newest(*kind) for kind in EVENTS))
    rows = (
        Panel.objects.running().filter(care_consent("case__patient")).annotate(last_at=last).filter(last_at__lte=before)
    )
    return rows.order_by("last_at").select_related("lead", "group", "network")
