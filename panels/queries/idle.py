"""Panels in which nothing happens any more."""

from __future__ import annotations

import datetime as dt
import operator
from functools import reduce
from typing import Any

from django.db.models import DateTimeField, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest

from cpms import clock
from cpms.accounts.models import Network
from cpms.notifications import queries as notifications
from cpms.notifications.states import IDLE, IDLE_AFTER
from panels.models import Contribution, Invitation, Message, Panel, PanelStep


def standing_still() -> tuple[list[Panel], set[Any]]:
    """The panels whose lead should look after them, and the keys of those the helpdesk hears of; by each network's days."""
    own = notifications.days_by_network(IDLE)
    shortest = min([IDLE_AFTER[0], *(days[0] for days in own.values() if days)])
    panels, long = [], set()
    for panel in idle(for_at_least=dt.timedelta(days=shortest)):
        days = own.get(panel.network_id, IDLE_AFTER)
        silent = clock.now() - panel.last_at  # type: ignore[attr-defined]  # annotated by the query
        if days and silent >= dt.timedelta(days=days[0]):
            panels.append(panel)
        if days and silent >= dt.timedelta(days=days[1]):
            long.add(panel.pk)
    return panels, long


def forgotten(networks: QuerySet[Network]) -> QuerySet[Panel]:
    """Panels of these networks that stand still for so long that the helpdesk hears of it, by each network's days."""
    own = notifications.days_by_network(IDLE)
    rules = [(Q(network=pk), days[1]) for pk, days in own.items() if days]
    rules.append((~Q(network__in=list(own)), IDLE_AFTER[1]))
    now = clock.now()
    still = [where & Q(last_at__lte=now - dt.timedelta(days=days)) for where, days in rules]
    return idle(for_at_least=dt.timedelta(0)).filter(reduce(operator.or_, still), network__in=networks)


def moved_after(moment: Any, *, panel: str) -> Q:
    """Whether anything happened in a panel after a moment, both named as the outer query names them."""
    kinds = [(Contribution, "at"), (Message, "at"), (PanelStep, "at"), (Invitation, "answered_at")]
    here = {"panel": OuterRef(panel)}
    found = [Exists(model._default_manager.filter(**here, **{f"{field}__gt": moment})) for model, field in kinds]
    return reduce(operator.or_, map(Q, found))


def newest(model: type, field: str) -> Subquery:
    """The panel's newest moment of one kind."""
    rows = model._default_manager.filter(panel=OuterRef("pk")).order_by().values("panel")  # type: ignore[attr-defined]
    return Subquery(rows.annotate(newest=Max(field)).values("newest"), output_field=DateTimeField())


def idle(*, for_at_least: dt.timedelta) -> QuerySet[Panel]:
    """Running panels whose last statement, message, answer to an invitation or change of state lies so far back.

    ``last_at`` says when. PostgreSQL's GREATEST leaves out what never happened.
    """
    moments = [newest(Contribution, "at"), newest(Message, "at"), newest(PanelStep, "at")]
    moments.append(newest(Invitation, "answered_at"))
    last = Greatest(F("opened_at"), *moments)
    rows = Panel.objects.running().annotate(last_at=last).filter(last_at__lte=clock.now() - for_at_least)
    return rows.order_by(last).select_related("lead", "group", "network")
