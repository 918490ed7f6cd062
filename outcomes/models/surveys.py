"""Rounds of questions to the people of a network. Who was asked and what was answered are two tables without a link."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from cpms import clock
from cpms.accounts.models import Membership, Network
from cpms.accounts.roles import Role
from outcomes.states import Asked, reason_choices


class SurveyRoundQuerySet(models.QuerySet["SurveyRound"]):
    def open(self) -> SurveyRoundQuerySet:
        return self.filter(closed_at=None)

    def of_coordinator(self, user: Any) -> SurveyRoundQuerySet:
        """The rounds of the networks that the person coordinates today."""
        held = Membership.objects.current().filter(user=user, role=Role.NETWORK_COORDINATOR)
        return self.filter(network__in=held.values("network"))

    def visible_to(self, user: Any) -> SurveyRoundQuerySet:
        """Whoever is asked, and the network's coordinators."""
        if not user.is_active:
            return self.none()
        own, asked = self.of_coordinator(user), SurveyAsked.objects.filter(who=user)
        return self.filter(Q(pk__in=own.order_by().values("pk")) | Q(pk__in=asked.values("round")))


class SurveyRound(models.Model):
    """Opened by a network's coordinator, to everybody of the network at that moment; one at a time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="survey_rounds")
    number = models.PositiveSmallIntegerField()
    opened_at = models.DateTimeField(default=clock.now)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = SurveyRoundQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(name="outcomes_round_number_once", fields=["network", "number"]),
            models.UniqueConstraint(name="outcomes_one_open_round", fields=["network"], condition=Q(closed_at=None)),
            models.CheckConstraint(
                name="outcomes_round_closed_says_who",
                condition=Q(closed_at=None, closed_by=None) | Q(closed_at__isnull=False, closed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.network.code} survey {self.number}"


class SurveyAsked(models.Model):
    """Somebody who was asked, as who they were then; and whether they answered, but not what nor when."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(SurveyRound, on_delete=models.CASCADE, related_name="asked")
    who = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Asked)
    answered = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(name="outcomes_asked_once", fields=["round", "who"])]

    def __str__(self) -> str:
        return f"{self.who_id} in {self.round_id}"


def nought_to_ten(name: str) -> Q:
    return Q(**{name: None}) | Q(**{f"{name}__lte": 10})


class SurveyAnswer(models.Model):
    """What somebody answered: no name, no day, no words, and a key that says nothing of the order."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(SurveyRound, on_delete=models.CASCADE, related_name="answers")
    kind = models.CharField(max_length=10, choices=Asked)
    useful = models.PositiveSmallIntegerField(null=True)
    valued = models.PositiveSmallIntegerField(null=True)
    again = models.PositiveSmallIntegerField(null=True)
    reasons = ArrayField(models.CharField(max_length=12, choices=reason_choices), default=list, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="outcomes_scores_0_to_10",
                condition=nought_to_ten("useful") & nought_to_ten("valued") & nought_to_ten("again"),
            )
        ]

    def __str__(self) -> str:
        return f"answer in {self.round_id}"
