"""What became of a panel's advice, and the topics that came of it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from outcomes.models import Effect, FollowUp, Topic
from outcomes.states import TopicState


def effect_of(panel: Any) -> Effect | None:
    return Effect.objects.filter(panel=panel).select_related("by").first()


def effect_said(panel: Any) -> bool:
    """Whether the effect was said since the panel was closed."""
    return Effect.objects.filter(panel=panel, at__gte=panel.closed_at).exists()


def asked_of(panel: Any) -> FollowUp | None:
    """The follow-up that waits for an answer: the latest one asked."""
    latest = FollowUp.objects.filter(panel=panel).select_related("panel").first()
    return latest if latest and latest.answered_at is None else None


def answered_of(panel: Any) -> list[FollowUp]:
    """Follow-ups with their answers, newest first."""
    rows = FollowUp.objects.filter(panel=panel).answered().select_related("answered_by")
    return list(rows.prefetch_related("answers__key"))


def topics(user: Any, *, decided: bool) -> QuerySet[Topic]:
    """The topics of the groups and networks that the person coordinates."""
    rows = Topic.objects.visible_to(user).with_surroundings()
    return rows.exclude(state=TopicState.OPEN) if decided else rows.filter(state=TopicState.OPEN)
