"""Data keys: one per patient, question without a patient, or draft. Destroying one makes its texts unreadable."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from cpms import clock
from cpms.vault import cipher


class DataKeyQuerySet(models.QuerySet["DataKey"]):
    def to_rotate(self) -> DataKeyQuerySet:
        """Living keys that are not wrapped under the key-encryption key in use."""
        return self.filter(destroyed_at=None).exclude(kek_name=cipher.current_name()).order_by("pk")


class DataKey(models.Model):
    """A 256-bit key, kept only wrapped under a key-encryption key that never enters the database."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kek_name = models.CharField(max_length=40)
    wrapped = models.BinaryField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    destroyed_at = models.DateTimeField(null=True)

    objects = DataKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="vault_key_is_wrapped_or_destroyed",
                condition=Q(wrapped__isnull=False, destroyed_at__isnull=True)
                | Q(wrapped__isnull=True, destroyed_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"data key {self.pk}"

    @property
    def context(self) -> str:
        return f"vault_datakey.wrapped.{self.pk}"

    def secret(self) -> bytes | None:
        """The unwrapped key, or ``None`` once destroyed. Raises ``CannotOpen`` without the right key-encryption key."""
        if self.wrapped is None:
            return None
        if not hasattr(self, "_secret"):
            self._secret = cipher.unwrap(self.kek_name, bytes(self.wrapped), self.context)
        return self._secret


class SealedManager(models.Manager):
    """Fetches the key with the row, so opening a text costs no query."""

    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().select_related("key")


class SealedModel(models.Model):
    """A row with sealed columns: its primary key is known before it is saved, its key comes along."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True
