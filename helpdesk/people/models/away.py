"""Why somebody stays away, as the helpdesk heard it."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from cpms import clock
from outcomes.states import reason_choices


class WhyAway(models.Model):
    """One reason that somebody gave, by telephone or mail; of several the newest counts. No words: only which it was.

    A month counts those of its last twelve, and is frozen once it is over: ``KEPT_MONTHS`` later each row goes."""

    KEPT_MONTHS = 13

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=12, choices=reason_choices)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "reason to stay away"
        verbose_name_plural = "reasons to stay away"
        ordering = ["at", "pk"]
        indexes = [models.Index(name="people_why_away_of_late", fields=["at"])]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}, {self.at:%Y-%m-%d}"
