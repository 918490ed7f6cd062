"""Consent as it was given: stage, answer, who, when, on which form version. Rows are never edited, only withdrawn."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from consent.states import Answer, Giver, Stage
from cpms import clock
from cpms.patients.models import Patient


class ConsentForm(models.Model):
    """The text of a form in one language and version. A version that was used is never changed."""

    language = models.CharField(max_length=10)
    version = models.PositiveSmallIntegerField()
    body = models.TextField()
    published_on = models.DateField(null=True)

    class Meta:
        ordering = ["language", "-version"]
        constraints = [models.UniqueConstraint(name="consent_form_version_once", fields=["language", "version"])]

    def __str__(self) -> str:
        return f"{self.language}, version {self.version}"


class ConsentQuerySet(models.QuerySet["Consent"]):
    def in_force(self, stage: Stage) -> ConsentQuerySet:
        """Given and not withdrawn."""
        return self.filter(stage=stage, answer=Answer.GIVEN, withdrawn_at=None)


class Consent(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="consents")
    stage = models.PositiveSmallIntegerField(choices=Stage)
    registry = models.CharField(max_length=80, blank=True)
    answer = models.CharField(max_length=10, choices=Answer)
    given_by = models.CharField(max_length=20, choices=Giver)
    given_on = models.DateField()
    form = models.ForeignKey(ConsentForm, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["stage", "-recorded_at"]
        constraints = [
            models.UniqueConstraint(
                name="consent_one_open_answer", fields=["patient", "stage", "registry"], condition=Q(withdrawn_at=None)
            ),
            models.CheckConstraint(
                name="consent_withdrawn_says_who",
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
            models.CheckConstraint(
                name="consent_withdrawn_later",
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("recorded_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"stage {self.stage}: {self.get_answer_display()}"

    @property
    def audit_patient_id(self) -> Any:
        return self.patient_id


def care_consent(patient: str) -> models.Exists:
    """Stage 1 in force, as a condition on a row whose path ``patient`` leads to the patient's key."""
    return models.Exists(Consent.objects.in_force(Stage.CARE).filter(patient=models.OuterRef(patient)))
