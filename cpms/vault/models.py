"""Data keys: one per patient, question without a patient, or draft. Destroying one makes its texts unreadable. And envelopes,
for words on their way."""

from __future__ import annotations

import json
import uuid
from typing import Any

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


class EnvelopeQuerySet(models.QuerySet["Envelope"]):
    def to_seal_again(self) -> EnvelopeQuerySet:
        """Sealed under another key-encryption key than the one in use."""
        return self.exclude(sealed__startswith=f"{cipher.SEALED_TEXT}{cipher.current_name()}:")


class Envelope(models.Model):
    """Words on their way from a request to whoever takes them out, once: for a job, or for the same person a moment later.

    They belong to no patient's key: they are sealed straight under the key-encryption key, bound to this row and its purpose.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(max_length=40)
    sealed = models.TextField()
    written_at = models.DateTimeField(default=clock.now)

    objects = EnvelopeQuerySet.as_manager()

    def __str__(self) -> str:
        return f"envelope {self.pk}"

    @property
    def words(self) -> Any:
        """What was put in. Raises ``CannotOpen``."""
        return json.loads(cipher.unseal_text(self.sealed, self.context))

    @words.setter
    def words(self, words: Any) -> None:
        self.sealed = cipher.seal_text(json.dumps(words), self.context)

    @property
    def context(self) -> str:
        return f"vault_envelope.{self.purpose}.{self.pk}"


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
