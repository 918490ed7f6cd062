"""What a panel concludes, who signed which version, and the documents made of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cpms import clock
from cpms.vault.fields import SealedBytesField, SealedTextField
from cpms.vault.models import SealedManager, SealedModel
from outcomes.states import PROGRESS, Decision, DocumentState, OutcomeState, Strength
from panels.models import Contribution, Panel


class ThroughPanelQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> ThroughPanelQuerySet:
        """Whoever sees the panel."""
        return self.filter(panel__in=Panel.objects.visible_to(user))


class Outcome(SealedModel):
    """One per panel; each sending for signature makes a new version."""

    panel = models.OneToOneField(Panel, on_delete=models.PROTECT, related_name="outcome")
    state = models.CharField(max_length=10, choices=OutcomeState, default=OutcomeState.DRAFT)
    conclusion = SealedTextField(verbose_name="conclusion")
    number = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = SealedManager.from_queryset(ThroughPanelQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="outcomes_sent_has_number",
                condition=Q(state=OutcomeState.DRAFT) | Q(number__gte=1, sent_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"outcome of {self.panel_id}"

    @property
    def audit_patient_id(self) -> Any:
        return self.panel.case.patient_id


class AdviceItem(SealedModel):
    """One piece of advice, from a marked statement; the lead edits text and strength."""

    outcome = models.ForeignKey(Outcome, on_delete=models.CASCADE, related_name="items")
    contribution = models.ForeignKey(Contribution, on_delete=models.PROTECT, null=True, related_name="+")
    position = models.PositiveSmallIntegerField()
    text = SealedTextField()
    strength = models.CharField(max_length=12, choices=Strength, default=Strength.STRONG)

    objects = SealedManager()

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return f"advice {self.position}"


class SignOff(SealedModel):
    """A member's signature under one version. Silence is recorded as silence, never as a signature."""

    outcome = models.ForeignKey(Outcome, on_delete=models.CASCADE, related_name="signoffs")
    who = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    decision = models.CharField(max_length=10, choices=Decision, default=Decision.PENDING)
    text = SealedTextField()
    at = models.DateTimeField(null=True)

    objects = SealedManager()

    class Meta:
        ordering = ["who__display_name"]
        constraints = [
            models.UniqueConstraint(name="outcomes_signature_once", fields=["outcome", "who", "number"]),
            models.CheckConstraint(
                name="outcomes_signature_has_time",
                condition=Q(decision__in=[Decision.PENDING, Decision.SILENT], at=None)
                | (~Q(decision__in=[Decision.PENDING, Decision.SILENT]) & Q(at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.who_id}: {self.get_decision_display()}"


class OutcomeDocument(SealedModel):
    """A made PDF of one version. ``fingerprint`` is the SHA-256 of the signed text, ``file_hash`` that of the file."""

    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="documents")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=DocumentState, default=DocumentState.WAITING)
    code = models.CharField(max_length=20, unique=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    file_hash = models.CharField(max_length=64, blank=True)
    pdf = SealedBytesField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    made_at = models.DateTimeField(null=True)

    objects = SealedManager.from_queryset(ThroughPanelQuerySet)()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(name="outcomes_document_version_once", fields=["panel", "number"]),
            models.CheckConstraint(
                name="outcomes_ready_has_hashes",
                condition=Q(state=DocumentState.READY, made_at__isnull=False)
                | (~Q(state=DocumentState.READY) & Q(made_at=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"document {self.code}"

    def get_absolute_url(self) -> str:
        return reverse("outcomes:download", args=[self.pk])

    @property
    def audit_patient_id(self) -> Any:
        return self.panel.case.patient_id

    @property
    def treated_by_id(self) -> Any:
        return self.panel.case.patient.enrolled_by_id

    def carried(self) -> tuple[str, Iterator[bytes]] | None:
        """The document as a file: for the copy of everything."""
        return (f"outcome-{self.code}.pdf", iter([self.pdf])) if self.state == DocumentState.READY else None

    @property
    def progress(self) -> int:
        return PROGRESS[DocumentState(self.state)]
