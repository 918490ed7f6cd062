"""What ends a panel's silence. Apps above add their own kinds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from cpms.notifications.models import WorkItem
from cpms.notifications.states import Settled, Verb
from panels.models.dispatching import Dispatch
from panels.models.invitations import Invitation
from panels.models.panels import MeetingWish, PanelStep
from panels.models.talk import Contribution, Message, Stance


@dataclass(frozen=True)
class Sign:
    """Rows of a model that say that something happened: how they lead to the panel, which columns hold a moment, which count."""

    model: Any
    panel: str
    at: tuple[str, ...]
    only: Q = Q()  # noqa: RUF009 never changed


SIGNS: list[Sign] = [
    Sign(Contribution, "panel", ("at", "supplied_at")),
    Sign(Stance, "contribution__panel", ("at",)),
    Sign(Message, "panel", ("at",)),
    Sign(PanelStep, "panel", ("at",)),
    Sign(Invitation, "panel", ("sent_at", "answered_at")),
    Sign(Dispatch, "panel", ("asked_at", "decided_at")),
    Sign(MeetingWish, "panel", ("at",)),
    Sign(WorkItem, "subject_id", ("settled_at",), Q(verb=Verb.REVIVE, settled_how=Settled.DONE)),
]
