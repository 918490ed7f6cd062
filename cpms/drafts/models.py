"""Text typed and not sent yet, and the keys that make a repeated POST harmless."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from cpms import clock
from cpms.vault.fields import SealedTextField
from cpms.vault.models import SealedManager, SealedModel


class Draft(SealedModel):
    """One form of one person, its fields as JSON, sealed under a key that dies with it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    form = models.CharField(max_length=120)
    label = models.CharField(max_length=120)
    path = models.CharField(max_length=300)
    body = SealedTextField()
    updated_at = models.DateTimeField(default=clock.now)

    objects = SealedManager()

    class Meta:
        ordering = ["-updated_at"]
        constraints = [models.UniqueConstraint(name="drafts_form_once", fields=["user", "form"])]

    def __str__(self) -> str:
        return f"draft {self.pk}"


class PostKey(models.Model):
    """A POST that went through, and where it sent the person; without one, somebody who is not signed in."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    key = models.UUIDField()
    location = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(name="drafts_post_once", fields=["user", "key"], nulls_distinct=False)]

    def __str__(self) -> str:
        return f"post {self.key}"
