"""What has to be looked at again about a patient: consents to be asked anew, and whether the data is still needed."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from consent.states import ReviewDecision, ReviewKind
from cpms import clock
from cpms.accounts.roles import REPRESENTING_ROLES
from cpms.patients.models import Patient, treated_by, without_clinician
from cpms.vault.fields import SealedTextField


class ReviewQuerySet(models.QuerySet["Review"]):
    def open(self) -> ReviewQuerySet:
        return self.filter(decided_at=None)

    def visible_to(self, user: Any) -> ReviewQuerySet:
        """The treating side. Once the patient's clinician has gone, whoever represents the hospital decides on what it keeps."""
        if not user.is_active:
            return self.none()
        treating = treated_by(user, "patient")
        held = user.memberships.current().filter(role__in=REPRESENTING_ROLES)
        left_behind = Q(
            without_clinician("patient"), kind=ReviewKind.RETENTION, patient__centre__in=held.values("centre")
        )
        return self.filter(treating | left_behind)

    def with_surroundings(self) -> ReviewQuerySet:
        return self.select_related("patient__key", "patient__centre", "patient__enrolled_by", "decided_by")


class Review(models.Model):
    """One thing to look at again about one patient, opened by the clock, decided by a person or by what was recorded."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="reviews")
    kind = models.CharField(max_length=10, choices=ReviewKind)
    due_on = models.DateField()
    opened_at = models.DateTimeField(default=clock.now)
    decision = models.CharField(max_length=10, choices=ReviewDecision, blank=True)
    reason = SealedTextField()  # why the data is still needed
    keep_until = models.DateField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["due_on"]
        constraints = [
            models.UniqueConstraint(
                name="consent_review_open_once", fields=["patient", "kind"], condition=Q(decided_at=None)
            ),
            models.CheckConstraint(
                name="consent_review_decided_says_how",
                condition=Q(decided_at=None, decided_by=None, decision="")
                | (Q(decided_at__isnull=False) & ~Q(decision="")),
            ),
            models.CheckConstraint(
                name="consent_kept_until_a_day",
                condition=Q(decision=ReviewDecision.KEPT, keep_until__isnull=False)
                | (~Q(decision=ReviewDecision.KEPT) & Q(keep_until=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.patient_id}"

    def get_absolute_url(self) -> str:
        return reverse("patients:review", args=[self.pk])

    @property
    def key(self) -> Any:
        """The reason is sealed under the patient's own key."""
        return self.patient.key

    @property
    def audit_patient_id(self) -> Any:
        return self.patient_id

    @property
    def treated_by_id(self) -> Any:
        return self.patient.enrolled_by_id
