"""A person's own ways of looking at the list of panels."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from cpms import clock


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    def visible_to(self, user: Any) -> SavedFilterQuerySet:
        return self.filter(who=user)


class SavedFilter(models.Model):
    """Choices of the list's filter, as its address names them. Codes and days only: no words that somebody typed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    who = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters")
    query = models.CharField(max_length=200)
    label = models.CharField(max_length=200)
    saved_at = models.DateTimeField(default=clock.now)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        ordering = ["saved_at"]
        constraints = [models.UniqueConstraint(name="panels_filter_once", fields=["who", "query"])]

    def __str__(self) -> str:
        return self.label
