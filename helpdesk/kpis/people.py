"""Figures about people: where they belong on the day they are counted."""

from __future__ import annotations

import datetime as dt
import operator
from collections import defaultdict
from functools import reduce
from typing import Any

from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from cpms.accounts.models import User
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from helpdesk.kpis.months import before, midnight, moments, within
from helpdesk.kpis.places import Counts, Paths, Place, memberships, nothing, summed
from helpdesk.people.models import WhyAway
from outcomes.states import Reason
from panels.models import Contribution, Message, Panel, Stance

AWAY_FOR = 3
"""In so many months without a sign-in somebody counts as not returning."""
WHY = [f"away_{why}" for why in Reason.values]
BELONGING = Paths("centre__memberships__network", "", "centre", "centre__country")
"""From a person to the networks of the own hospital."""
PLACED = Paths("network", "", "centre", "centre__country")


def signed_in(start: dt.datetime, end: dt.datetime) -> QuerySet[AuditEvent, Any]:
    return AuditEvent.objects.filter(within("at", start, end), event=Event.SIGNED_IN).order_by().values("actor_id")


def switched_off(end: dt.datetime) -> QuerySet[User, Any]:
    """Accounts that were switched off at this moment, as the trail says. Of one it says nothing of before: off if it is off now,
    and was not switched off after."""
    said = AuditEvent.objects.filter(event=Event.ACCOUNT_SWITCHED, subject_type=User._meta.label_lower)
    said = said.filter(subject_id=Cast(OuterRef("pk"), CharField()))
    last = Subquery(said.filter(at__lt=end).order_by("-at", "-pk").values_list(KT("detail__verb"))[:1])
    rows = User.objects.filter(Q(is_active=False) | Q(Exists(said))).annotate(last=last)
    unknown = Q(~Exists(said.filter(at__gte=end)), last__isnull=True, is_active=False)
    return rows.filter(Q(last="off") | unknown).order_by().values("pk")


def there(end: dt.datetime) -> QuerySet[User]:
    """Registered by this moment."""
    return User.objects.filter(activated_at__lt=end).exclude(pk__in=switched_off(end))


def gone(month: dt.date) -> Q:
    """Of those who are there: registered for longer than ``AWAY_FOR`` months, and not signed in since."""
    since, end = midnight(before(month, AWAY_FOR - 1)), moments(month)[1]
    return Q(activated_at__lt=since) & ~Q(pk__in=signed_in(since, end))


def people(month: dt.date) -> Counts:
    """Registered, active, contributing and not returning, by centre and by group; and, of a network, why they do not return."""
    start, end = moments(month)
    spoke = [
        model._default_manager.filter(within("at", start, end)).order_by().values(who)
        for model, who in ((Contribution, "author"), (Message, "author"), (Stance, "who"))
    ]
    conditions = {
        "registered": Q(),
        "active": Q(pk__in=signed_in(start, end)),
        "contributing": reduce(operator.or_, (Q(pk__in=people) for people in spoke)),
        "not_returning": gone(month),
    }
    counts: dict[str, Any] = {name: Count("pk", distinct=True, filter=each) for name, each in conditions.items()}
    rows: Any = there(end).filter(centre__memberships__in=memberships(month)).order_by()
    found = summed(rows.values(*BELONGING.keys()).annotate(**counts), BELONGING, conditions)
    groups: Any = there(end).filter(groups_of_interest__isnull=False).order_by()
    for row in groups.values("groups_of_interest__network", "groups_of_interest").annotate(**counts):
        place = Place(row["groups_of_interest__network"], group=row["groups_of_interest"])
        found[place] = {name: row[name] for name in conditions}
    for place, said in reasons(month).items():
        line = found[place]
        line |= said | {"away_unsaid": (line.get("not_returning") or 0) - sum(said.values())}
    return found


def reasons(month: dt.date) -> dict[Place, dict[str, int]]:
    """Of each network's people who do not return, how many gave which reason last, in the twelve months to the month's end. Of
    a whole network alone: who represents a hospital would know who said it. Three queries."""
    end = moments(month)[1]
    said = WhyAway.objects.filter(within("at", midnight(before(month, 11)), end))
    newest = dict(said.order_by("at", "pk").values_list("person", "reason"))
    networks = memberships(month).values_list("network", flat=True).distinct()
    found = {Place(network): dict.fromkeys(WHY, 0) for network in networks}
    away: Any = there(end).filter(gone(month), pk__in=list(newest), centre__memberships__in=memberships(month))
    for network, person in away.order_by().values_list(BELONGING.network, "pk").distinct():
        if newest[person] in Reason.values:  # one that is asked no more counts as not said
            found[Place(network)][f"away_{newest[person]}"] += 1
    return found


def starters(month: dt.date) -> Counts:
    """Who opened panels in the twelve months that end with this one, and the share of the five who opened most."""
    start, end = midnight(before(month, 11)), moments(month)[1]
    rows = Panel.objects.filter(within("opened_at", start, end)).order_by()
    per_person: dict[Place, dict[Any, int]] = defaultdict(lambda: defaultdict(int))
    for name, path in Paths().each():
        each = rows.values_list("network", path or "network", "started_by").annotate(number=Count("pk"))
        for network, at, starter, number in each:
            if at:
                per_person[Place(network, **({name: at} if path else {}))][starter] += number
    found = nothing()
    for place, mine in per_person.items():
        top = sum(sorted(mine.values(), reverse=True)[:5])
        found[place] = {"starters": len(mine), "top_five_share": round(100 * top / sum(mine.values()))}
    return found


def without_panel(month: dt.date) -> Counts:
    """Centres of the network, and those of them without a panel opened since January."""
    start, end = midnight(month.replace(month=1, day=1)), moments(month)[1]
    opened = Panel.objects.filter(within("opened_at", start, end)).order_by()
    busy = set(opened.values_list("network", "centre").distinct())
    rows = [
        {**row, "centres": 1, "centres_idle": int((row["network"], row["centre"]) not in busy)}
        for row in memberships(month).values(*PLACED.keys()).distinct()
    ]
    return summed(rows, PLACED, ["centres", "centres_idle"])
