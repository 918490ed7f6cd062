"""The audit trail: append-only by trigger, without foreign keys, ids only. The columns follow IHE BALP."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KeyTransform

from cpms import clock
from cpms.audit.states import Event, Result, event_choices


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def of_lists_with(self, keys: Iterable[Any]) -> AuditEventQuerySet:
        """The pages that showed one of these among other things. The index ``audit_lists`` holds such rows alone."""
        rows = self.filter(event=Event.PATIENT_READ, patient_id__isnull=True)
        return rows.filter(detail__ids__has_any_keys=[str(key) for key in keys])


class AuditEvent(models.Model):
    """Who did what to which thing, when, in which request. No name, no clinical text."""

    at = models.DateTimeField(default=clock.now)
    event = models.CharField(max_length=30, choices=event_choices)
    result = models.CharField(max_length=8, choices=Result, default=Result.DONE)
    actor_id = models.UUIDField(null=True)
    on_behalf_of_id = models.UUIDField(null=True)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=60)
    patient_id = models.UUIDField(null=True)
    route = models.CharField(max_length=80)
    request_id = models.CharField(max_length=32)
    detail = models.JSONField(default=dict)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        indexes = [
            GinIndex(
                KeyTransform("ids", "detail"),
                name="audit_lists",
                condition=Q(event=Event.PATIENT_READ, patient_id__isnull=True),
            ),
            models.Index(name="audit_sign_ins", fields=["at", "actor_id"], condition=Q(event=Event.SIGNED_IN)),
            models.Index(name="audit_by_patient", fields=["patient_id", "-at"]),
            models.Index(name="audit_by_actor", fields=["actor_id", "-at"]),
            models.Index(name="audit_by_subject", fields=["subject_type", "subject_id", "-at"]),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_event_display()}"
