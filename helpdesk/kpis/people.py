"""Figures about people: where they belong on the day they are counted."""

from __future__ import annotations

import datetime as dt
import operator
from functools import reduce
from typing import Any

from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from cpms.accounts.models import ThematicGroup, User
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
BELONGING = Paths("network", "", "centre", "centre__country")


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


def there(to: str, end: dt.datetime) -> Q:
    """Registered by this moment, of the people at the end of a path."""
    return Q(**{f"{to}__activated_at__lt": end}) & ~Q(**{f"{to}__pk__in": switched_off(end)})


def gone(to: str, month: dt.date) -> Q:
    """Registered for longer than ``AWAY_FOR`` months, and not signed in since."""
    since, end = midnight(before(month, AWAY_FOR - 1)), moments(month)[1]
    lately = Q(**{f"{to}__pk__in": signed_in(since, end)})
    return there(to, end) & Q(**{f"{to}__activated_at__lt": since}) & ~lately


def people(month: dt.date) -> Counts:
    """Registered, active, contributing and not returning, by centre and by group; and, of a network, why they do not return."""
    start, end = moments(month)
    spoke = [
        model._default_manager.filter(within("at", start, end)).order_by().values(who)
        for model, who in ((Contribution, "author"), (Message, "author"), (Stance, "who"))
    ]

    def conditions(to: str) -> dict[str, Q]:
        here = there(to, end)
        return {
            "registered": here,
            "active": here & Q(**{f"{to}__pk__in": signed_in(start, end)}),
            "contributing": here & reduce(operator.or_, (Q(**{f"{to}__pk__in": people}) for people in spoke)),
            "not_returning": gone(to, month),
        }

    def counts(to: str) -> dict[str, Any]:
        return {name: Count(to, distinct=True, filter=each) for name, each in conditions(to).items()}

    names = list(conditions("people"))
    rows = memberships(month).values(*BELONGING.keys()).annotate(**counts("centre__people"))
    found = summed(rows, BELONGING, names)
    groups: Any = ThematicGroup.objects.order_by().values("network", "pk").annotate(**counts("people"))
    for row in groups:
        found[Place(row["network"], group=row["pk"])] = {name: row[name] for name in names}
    for place, said in reasons(month).items():
        line = found[place]
        line |= said | {"away_unsaid": (line.get("not_returning") or 0) - sum(said.values())}
    return found


def reasons(month: dt.date) -> dict[Place, dict[str, int]]:
    """Of each network's people who do not return, how many gave which reason last, in the twelve months to the month's end. Of
    a whole network alone: who represents a hospital would know who said it. Three queries."""
    said = WhyAway.objects.filter(within("at", midnight(before(month, 11)), moments(month)[1]))
    newest = dict(said.order_by("at", "pk").values_list("person", "reason"))
    away, wanted = gone("centre__people", month), dict[str, Any]()
    for why in Reason.values:
        who = [person for person, reason in newest.items() if reason == why]
        wanted[f"away_{why}"] = Count("centre__people", distinct=True, filter=away & Q(centre__people__pk__in=who))
    networks = {network: dict.fromkeys(WHY, 0) for network in memberships(month).values_list("network", flat=True)}
    rows: Any = memberships(month).filter(centre__people__in=list(newest)).values("network").annotate(**wanted)
    networks |= {row.pop("network"): row for row in rows}
    return {Place(network): counts for network, counts in networks.items()}


def starters(month: dt.date) -> Counts:
    """Who opened panels in the twelve months that end with this one, and the share of the five who opened most."""
    start, end = midnight(before(month, 11)), moments(month)[1]
    rows = Panel.objects.filter(within("opened_at", start, end)).order_by()
    keys = ("network", "group", "centre", "centre__country", "started_by")
    per_person: dict[Place, dict[Any, int]] = {}
    for row in rows.values(*keys).annotate(number=Count("pk")):
        network, group, centre, country, starter = (row[key] for key in keys)
        places = {Place(network), Place(network, group=group), Place(network, centre=centre)}
        for place in places | {Place(network, country=country or "")}:
            mine = per_person.setdefault(place, {})
            mine[starter] = mine.get(starter, 0) + row["number"]
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
        for row in memberships(month).values(*BELONGING.keys()).distinct()
    ]
    return summed(rows, BELONGING, ["centres", "centres_idle"])
