"""Who is away, and who stands in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects

from cpms import clock
from cpms.accounts.models import User
from cpms.accounts.roles import Role
from cpms.words import day


def name_deputies(people: Iterable[User]) -> None:
    """Gives those who are away their deputy in one query, ``None`` where whoever they named is no clinician any more."""
    clinicians = User.objects.active().holding(Role.CLINICIAN).filter(centre__isnull=False)
    away = [person for person in people if person.is_away and person.deputy_id]
    prefetch_related_objects(away, Prefetch("deputy", queryset=clinicians.select_related("centre")))


def absences(people: Iterable[Any]) -> list[str]:
    """A sentence for each of these people who is away, for whoever asks something of them: until when, and who stands in."""
    found = User.objects.filter(pk__in=[person.pk for person in people], away_until__gte=clock.rights_day())
    rows = list(found.order_by("display_name"))
    name_deputies(rows)
    return [
        f"{one.display_name} is away until {day(one.away_until)}; reminders wait until then."
        + (f" Deputy: {one.deputy.display_name}." if one.deputy else "")
        for one in rows
    ]


def stood_in_for(user: Any) -> list[User]:
    """Whoever is away and named this person as deputy."""
    return list(User.objects.active().filter(deputy=user, away_until__gte=clock.rights_day()).order_by("display_name"))
