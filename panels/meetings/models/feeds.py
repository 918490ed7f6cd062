"""A private calendar address that a calendar program asks once an hour."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from cpms import clock


class CalendarFeed(models.Model):
    """One per person. The address holds the only copy of its secret; the database knows its digest."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=clock.now)
    asked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"calendar address of {self.user}"
