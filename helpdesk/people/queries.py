"""Requests for access as their readers need them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from cpms.accounts import queries as accounts
from cpms.accounts.models import ThematicGroup, User
from cpms.vault import cipher
from helpdesk.people.models import AccessRequest


def request_of(token: str) -> AccessRequest | None:
    """The request that a private link leads to; looked up by digest."""
    rows = AccessRequest.objects.select_related("centre", "account")
    return rows.filter(digest=cipher.digest("request", token)).first()


def deciders_of(request: AccessRequest) -> QuerySet[User]:
    """The centre's representative and substitute; where it has none, the coordinators of its networks."""
    return accounts.representatives_of(request.centre) or accounts.coordinators_of(request.centre)


def waiting_requests(user: Any) -> QuerySet[AccessRequest]:
    """What waits for this person, the longest wait first."""
    rows = AccessRequest.objects.visible_to(user).waiting().select_related("centre")
    return rows.prefetch_related("groups__network").order_by("asked_at")


def decided_requests(user: Any) -> QuerySet[AccessRequest]:
    """The latest decisions on this person's requests."""
    rows = AccessRequest.objects.visible_to(user).exclude(decided_at=None)
    return rows.select_related("centre", "decided_by", "account").order_by("-decided_at")[:20]


def groups_to_choose() -> QuerySet[ThematicGroup]:
    return ThematicGroup.objects.filter(parent=None).select_related("network")
