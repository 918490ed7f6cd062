"""Referrals from outside. Constant query counts, whatever the size."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Case, IntegerField, QuerySet, Value, When

from cpms.countries import EU_AND_EEA
from cpms.patients.states import Route
from cpms.vault import cipher
from panels.models import Referral
from panels.states import ReferralState


def referrals(user: Any, *, country: str = "") -> QuerySet[Referral]:
    """Those that lie with the person: what waits first, then the latest."""
    first = Case(When(state=ReferralState.WAITING, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = Referral.objects.visible_to(user).with_surroundings().order_by(first, "-asked_at")
    return rows.filter(country=country) if country else rows


def countries_of_referrals(user: Any) -> list[str]:
    """The countries from which referrals came to the person."""
    rows = Referral.objects.visible_to(user).order_by("country")
    return list(rows.values_list("country", flat=True).distinct())


def as_referred(key: str | None, user: Any) -> dict[str, Any]:
    """What a referral already says of a new panel: the patient's country, and how the case comes."""
    found = Referral.objects.to_start(user).filter(pk=key).first() if key and is_key(key) else None
    if found is None:
        return {}
    route = Route.NON_ERN if found.country in EU_AND_EEA else Route.NON_EU
    return {"referral": found.pk, "country": found.country, "route": route}


def is_key(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def referral_of(token: str) -> Referral | None:
    """The referral behind a private link; looked up by digest."""
    return Referral.objects.with_surroundings().filter(digest=cipher.digest("referral", token)).first()
