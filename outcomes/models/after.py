"""After a panel: what its advice did, what became of it after months, and what nobody had experience with."""

from __future__ import annotations

from typing import Any

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.db import models
from django.db.models import Q

from consent.models import care_consent
from cpms import clock
from cpms.accounts.models import Network, ThematicGroup
from cpms.vault.fields import SealedTextField
from cpms.vault.models import SealedManager, SealedModel
from outcomes.models.outcomes import ThroughPanelQuerySet
from outcomes.states import ASK_WITHIN, Benefit, Done, EffectKind, TopicState
from panels.models import Panel
from panels.models.dispatching import coordinated_by


class Effect(SealedModel):
    """What the advice did to the treatment, in the treating physician's own judgement; they may change their mind."""

    panel = models.OneToOneField(Panel, on_delete=models.PROTECT, related_name="effect")
    kind = models.CharField(max_length=20, choices=EffectKind)
    text = SealedTextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    objects = SealedManager.from_queryset(ThroughPanelQuerySet)()

    def __str__(self) -> str:
        return f"effect of {self.panel_id}: {self.get_kind_display()}"


class FollowUpQuerySet(ThroughPanelQuerySet):
    def answered(self, *, yes: bool = True) -> FollowUpQuerySet:
        return self.filter(answered_at__isnull=not yes)


class FollowUp(SealedModel):
    """Asked once, so many months after the panel was closed. ``closed_on`` tells a reopened panel's closings apart."""

    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="follow_ups")
    months = models.PositiveSmallIntegerField()
    closed_on = models.DateField()
    asked_at = models.DateTimeField(default=clock.now)
    benefit = models.CharField(max_length=10, choices=Benefit, blank=True)
    patient_view = SealedTextField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = SealedManager.from_queryset(FollowUpQuerySet)()

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(name="outcomes_followed_up_once", fields=["panel", "months", "closed_on"]),
            models.CheckConstraint(
                name="outcomes_answered_says_who",
                condition=Q(answered_at=None, answered_by=None, benefit="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(benefit="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.panel_id} after {self.months} months"

    @property
    def late(self) -> bool:
        """Asked long after its months were over."""
        return self.asked_at.date() > self.closed_on + relativedelta(months=self.months) + ASK_WITHIN


class AdviceDone(SealedModel):
    """What became of one advice: ``text`` is the advice as it read when it was asked about."""

    follow_up = models.ForeignKey(FollowUp, on_delete=models.CASCADE, related_name="answers")
    number = models.PositiveSmallIntegerField()
    text = SealedTextField()
    done = models.CharField(max_length=10, choices=Done)
    because = SealedTextField()

    objects = SealedManager()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(name="outcomes_advice_done_once", fields=["follow_up", "number"])]

    def __str__(self) -> str:
        return f"advice {self.number}: {self.get_done_display()}"


class TopicQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> TopicQuerySet:
        """The coordinators of the group or network, while consent to care is in force: they see no more of the case."""
        if not user.is_active:
            return self.none()
        return self.filter(coordinated_by(user)).filter(care_consent("panel__case__patient"))

    def with_surroundings(self) -> TopicQuerySet:
        return self.select_related("key", "panel__case__patient", "group__network", "network", "decided_by")


class Topic(SealedModel):
    """Nobody had experience with it: in the physician's general words, for a webinar or for research."""

    panel = models.OneToOneField(Panel, on_delete=models.PROTECT, related_name="topic")
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(ThematicGroup, on_delete=models.PROTECT, related_name="topics")
    text = SealedTextField()
    state = models.CharField(max_length=10, choices=TopicState, default=TopicState.OPEN)
    noted_at = models.DateTimeField(default=clock.now)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = SealedManager.from_queryset(TopicQuerySet)()

    class Meta:
        ordering = ["-noted_at"]
        constraints = [
            models.CheckConstraint(
                name="outcomes_topic_decided_says_who",
                condition=Q(state=TopicState.OPEN, decided_at=None, decided_by=None)
                | (~Q(state=TopicState.OPEN) & Q(decided_at__isnull=False, decided_by__isnull=False)),
            )
        ]

    def __str__(self) -> str:
        return f"topic {self.get_state_display()}"

    @property
    def audit_patient_id(self) -> Any:
        return self.panel.case.patient_id
