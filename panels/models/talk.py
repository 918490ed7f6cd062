"""What is said in a panel: advice, the views others take of it, and messages."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from cpms import clock
from cpms.vault.fields import SealedTextField
from cpms.vault.models import SealedManager, SealedModel
from panels.models.panels import Panel
from panels.states import Certainty, ContributionKind, StanceKind


class TalkQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> TalkQuerySet:
        """Whoever sees the panel sees what is said in it."""
        return self.filter(panel__in=Panel.objects.visible_to(user))

    def awaiting_data(self) -> TalkQuerySet:
        """Statements that ask for more data, which the treating side has not supplied yet."""
        return self.filter(kind=ContributionKind.NEED_DATA, supplied_at=None)

    def with_surroundings(self) -> TalkQuerySet:
        return self.select_related("key", "author__centre", "panel__key", "panel__case__patient", "panel__lead")


class Contribution(SealedModel):
    """An expert's statement: kind, text, how sure; marked by the lead for the outcome."""

    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="contributions")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="contributions")
    kind = models.CharField(max_length=20, choices=ContributionKind)
    text = SealedTextField()
    certainty = models.CharField(max_length=10, choices=Certainty, default=Certainty.FAIRLY)
    at = models.DateTimeField(default=clock.now)
    marked_at = models.DateTimeField(null=True)
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    supplied_at = models.DateTimeField(null=True)
    supplied_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = SealedManager.from_queryset(TalkQuerySet)()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(
                name="panels_marked_says_who",
                condition=Q(marked_at=None, marked_by=None) | Q(marked_at__isnull=False, marked_by__isnull=False),
            ),
            models.CheckConstraint(
                name="panels_supplied_says_who",
                condition=Q(supplied_at=None, supplied_by=None)
                | Q(supplied_at__isnull=False, supplied_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"contribution {self.pk}"

    @property
    def audit_patient_id(self) -> Any:
        return self.panel.case.patient_id


class Stance(SealedModel):
    """Somebody's view of a statement: agree, amend with words, dissent with words. One each, changeable."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contribution = models.ForeignKey(Contribution, on_delete=models.PROTECT, related_name="stances")
    who = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=StanceKind)
    text = SealedTextField()
    at = models.DateTimeField(default=clock.now)

    objects = SealedManager()

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(name="panels_stance_once", fields=["contribution", "who"])]

    def __str__(self) -> str:
        return f"{self.who_id} {self.get_kind_display()}"


class Thanks(SealedModel):
    """What the asking side says when it is over: how useful the advice was, 0 to 10, and a word to those who helped."""

    panel = models.OneToOneField(Panel, on_delete=models.PROTECT, related_name="thanks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    useful = models.PositiveSmallIntegerField()
    text = SealedTextField()
    at = models.DateTimeField(default=clock.now)

    objects = SealedManager()

    class Meta:
        constraints = [models.CheckConstraint(name="panels_useful_0_to_10", condition=Q(useful__lte=10))]

    def __str__(self) -> str:
        return f"thanks in {self.panel_id}"


class Message(SealedModel):
    """The conversation around the advice."""

    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="messages")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = SealedTextField()
    at = models.DateTimeField(default=clock.now)

    objects = SealedManager.from_queryset(TalkQuerySet)()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"message {self.pk}"
