"""What a person is in a panel, and what each move of it asks for."""

from __future__ import annotations

from typing import Any

from consent.policy import may_be_discussed
from cpms.accounts.access import Verdict, no, yes
from cpms.patients.policy import treats
from panels.models import Invitation, Panel
from panels.states import (
    BY_VERB,
    RUNNING,
    InvitationKind,
    Move,
    Part,
)

FOR_TREATING_SIDE = "Only the lead and their assistant may do this."
IN_ARCHIVE = "The panel is in the archive. Take it out first."
NOT_RUNNING = "The panel is not open."


def part_of(user: Any, panel: Panel) -> Part:
    """What the person is in this panel now; looked up once per loaded panel."""
    cache: dict[Any, Part] = panel.__dict__.setdefault("_parts", {})
    if user.pk not in cache:
        cache[user.pk] = find_part(user, panel)
    return cache[user.pk]


def find_part(user: Any, panel: Panel) -> Part:
    if treats(user, panel.case.patient):
        return Part.TREATING
    seat = Invitation.objects.seats_of(user).filter(panel=panel).values_list("kind", flat=True).first()
    if seat is None:
        return Part.NONE
    return Part.EXPERT if seat == InvitationKind.EXPERT else Part.GUEST


def may_move(user: Any, panel: Panel, verb: Move) -> Verdict:
    """By the table: the right state, the treating side; then what the move itself needs."""
    transition = BY_VERB[verb]
    if part_of(user, panel) != Part.TREATING:
        return no(FOR_TREATING_SIDE)
    if panel.state not in transition.sources:
        return no(f"A panel that is {panel.get_state_display().lower()} cannot be changed this way.")
    if panel.archived_at is not None:
        return no(IN_ARCHIVE)
    return yes if verb == Move.WITHDRAW else may_be_discussed(panel.case.patient)


def may_take_part(user: Any, panel: Panel) -> Verdict:
    """Write in a running panel: members, guests and the treating side."""
    if part_of(user, panel) == Part.NONE:
        return no("Only members of the panel may do this.")
    if panel.state not in RUNNING:
        return no(NOT_RUNNING)
    return may_be_discussed(panel.case.patient)


def may_lead(user: Any, panel: Panel) -> Verdict:
    if part_of(user, panel) != Part.TREATING:
        return no(FOR_TREATING_SIDE)
    if panel.state not in RUNNING:
        return no(NOT_RUNNING)
    return may_be_discussed(panel.case.patient)
