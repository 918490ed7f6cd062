"""Panels put before groups and networks. Constant query counts, whatever the size."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from cpms.accounts.models import User
from panels.models import Dispatch, Invitation, Panel
from panels.queries.page import Seat
from panels.states import DispatchState


def dispatches(user: Any) -> QuerySet[Dispatch]:
    """What waits for the groups and networks the person coordinates, the oldest first."""
    return Dispatch.objects.for_coordinator(user).waiting().with_surroundings().order_by("asked_at")


def decided(user: Any) -> QuerySet[Dispatch]:
    """What was decided of running panels, the latest first."""
    rows = Dispatch.objects.for_coordinator(user).exclude(state__in=[DispatchState.ENDED, DispatchState.WAITING])
    return rows.with_surroundings().order_by("-decided_at")


def addressed(panel: Panel) -> list[Dispatch]:
    """The way of a panel through groups and networks, in the order it went."""
    rows = Dispatch.objects.filter(panel=panel).select_related("key", "network", "group", "decided_by", "asked_by")
    return list(rows.order_by("asked_at"))


def proposed(panel: Panel) -> list[User]:
    """People whom coordinators named and who were not asked yet."""
    named = Dispatch.objects.filter(panel=panel).values("proposed")
    asked = Invitation.objects.filter(panel=panel).values("invitee")
    people = User.objects.active().filter(pk__in=named).exclude(pk__in=asked).exclude(pk=panel.lead_id)
    return list(people.select_related("centre").order_by("display_name"))


def is_cross_border(panel: Panel, seats: list[Seat]) -> bool:
    """Whether anybody who is asked or in works in another country than the lead."""
    home = panel.lead.centre.country if panel.lead.centre else panel.lead.country
    people = (seat.invitation.shown for seat in seats if seat.invitation.state in {"pending", "accepted"})
    return any((person.centre.country if person.centre else person.country) != home for person in people)
