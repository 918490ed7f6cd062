"""What a patient says is wrong, beside what was written: neither takes the other's place."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from consent.states import Giver
from cpms import clock
from cpms.vault.fields import SealedTextField
from cpms.vault.models import SealedManager, SealedModel
from panels.cases.models.records import Case
from panels.cases.states import PartOf


class Rectification(SealedModel):
    """A correction that the data subject asked for (GDPR, article 16). Never edited; the words corrected stay beside it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="rectifications")
    part = models.CharField(max_length=12, choices=PartOf)
    written = SealedTextField()  # as it stood on the day of asking
    says = SealedTextField()  # in the patient's words
    asked_by = models.CharField(max_length=20, choices=Giver)
    asked_on = models.DateField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)

    objects = SealedManager()

    class Meta:
        ordering = ["recorded_at"]

    def __str__(self) -> str:
        return f"correction of {self.case_id}"

    @property
    def audit_patient_id(self) -> Any:
        return self.case.patient_id
