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
from panels.models import SIGNS, Panel, Sign
from panels.states import Urgency

IDLE_AFTER = OF_PANELS[IDLE].usual


def at(moment: dt.datetime) -> Value:
    """The same moment for every panel."""
    return Value(moment, output_field=DateTimeField())


def standing_still() -> tuple[list[Panel], set[Any]]:
    """The panels whose lead should look after them, and the keys of those the helpdesk hears of; by each network's days,
    which an urgent panel halves."""
    own = notifications.days_by_network(IDLE)
    shortest = min([IDLE_AFTER[0], *(days[0] for days in own.values() if days)])
    panels, long = [], set()
    for panel in idle(before=at(clock.now() - dt.timedelta(days=shortest) / 2)):
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


def happened_after(sign: Sign, moment: Any, *, panel: str) -> Exists:
    """Whether such a thing happened in a panel after a moment, given as such or as the outer query names it."""
    later = reduce(operator.or_, (Q(**{f"{field}__gt": moment}) for field in sign.at))
    return Exists(sign.model._default_manager.filter(later, sign.only, **{sign.panel: OuterRef(panel)}))


def moved_after(moment: Any, *, panel: str) -> Q:
    """Whether anything happened in a panel after a moment, both named as the outer query names them."""
    return reduce(operator.or_, (Q(happened_after(sign, moment, panel=panel)) for sign in SIGNS))


def newest(sign: Sign) -> Subquery:
    """The panel's newest moment of one kind."""
    rows = sign.model._default_manager.filter(sign.only, **{sign.panel: OuterRef("pk")}).order_by().values(sign.panel)
    moments = [Max(field) for field in sign.at]
    found = rows.annotate(newest=Greatest(*moments) if len(moments) > 1 else moments[0]).values("newest")
    return Subquery(found, output_field=DateTimeField())


def idle(*, before: Any) -> QuerySet[Panel]:
    """Running panels under consent in which nothing happened since a moment, given as such or as an expression over the panel.

    ``last_at`` says when something last did; PostgreSQL's GREATEST leaves out what never happened. It is looked up for the
    panels that are found alone: first each kind of thing is asked whether it happened after the moment, which PostgreSQL
    answers with one pass over its table, and of which it needs no newest one. Asks once when it is called.
    """
    running = Panel.objects.running().alias(border=before)
    silent = [~happened_after(sign, OuterRef("border"), panel="pk") for sign in SIGNS]
    # Asked in one go, PostgreSQL looks at every consent there is before it looks for the few
    found = list(running.filter(*silent, opened_at__lte=F("border")).order_by().values_list("pk", flat=True))
    if not found:
        return Panel.objects.none()
    rows = Panel.objects.filter(care_consent("case__patient"), pk__in=found)
    rows = rows.annotate(last_at=Greatest(F("opened_at"), *map(newest, SIGNS)))
    return rows.order_by("last_at", "pk").select_related("lead", "group", "network")
