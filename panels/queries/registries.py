"""Which cases a registry may receive from the networks in which somebody does research for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from consent.models import Consent, Registry, RegistryRelease
from consent.states import Stage
from cpms.accounts.roles import Role
from panels.cases.models import Case
from panels.models import Panel
from panels.states import State


def receivable(registry: Registry, user: Any) -> QuerySet[Case]:
    """Cases of closed panels of the networks in which the person does research for this registry, whose patients consent to
    stage 2 for it, at this moment.

    The oldest first. An erased patient's case is not among them, and none is for a registry that is closed by now.
    """
    still = Registry.objects.visible_to(user).filter(pk=registry.pk)
    held = user.roles_in_force().filter(role=Role.RESEARCHER, registry__in=still.values("code"))
    closed = Panel.objects.filter(state=State.CLOSED, network__in=held.values("network"))
    agreed = Consent.objects.for_registry(registry.code)
    cases = Case.objects.filter(pk__in=closed.values("case"), patient__in=agreed.values("patient"))
    return cases.exclude(key__wrapped=None).order_by("made_at", "pk")


@dataclass(frozen=True)
class Offer:
    """A registry with how many cases it may receive, and of how many of those the patient may be asked about research."""

    registry: Registry
    cases: int
    to_ask: int


def offer(registry: Registry, user: Any) -> Offer:
    willing = Consent.objects.in_force(Stage.RESEARCH).filter(patient=OuterRef("patient"))
    counted = receivable(registry, user).order_by().annotate(asks=Exists(willing))
    found = counted.aggregate(cases=Count("pk"), to_ask=Count("pk", filter=Q(asks=True)))
    return Offer(registry, found["cases"], found["to_ask"])


def releases_of(registry: Registry, user: Any) -> QuerySet[RegistryRelease]:
    """What the person took out before, the latest twenty."""
    return registry.releases.filter(taken_by=user)[:20]
