"""The audit trail: append-only by trigger, without foreign keys, ids only. The columns follow IHE BALP."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models
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


class AuditSeal(models.Model):
    """A stretch of the trail, and a digest over it and over the seal before: whatever is changed afterwards shows."""

    number = models.BigIntegerField(primary_key=True)
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    events = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number}: {self.first_id} to {self.last_id}"


class AuditHead(models.Model):
    """The one row that says how far the trail is sealed, and the stretch that waits until nobody can write into it.

    ``next_id`` is its last row; ``waits_for`` names the transactions that may hold a smaller number.
    """

    number = models.BigIntegerField(default=0)
    last_id = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    next_id = models.BigIntegerField(null=True)
    waits_for = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"sealed to {self.last_id}"


def noted(table: str, *columns: str) -> migrations.RunSQL:
    """A step of a migration: the database itself notes each change of the table's rows in the trail, by whatever way it came.

    Only these columns matter; without any, all do. Their names are noted, never what stands in them.
    """
    named = ", ".join(f"'{column}'" for column in columns)
    return migrations.RunSQL(
        f"CREATE TRIGGER audit_note AFTER INSERT OR UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION audit_note_change({named})",
        f"DROP TRIGGER audit_note ON {table}",
    )
