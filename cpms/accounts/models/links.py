"""Mailed links: single use, hashed, expiring, bound to a person. A GET changes nothing."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q

from cpms import clock
from cpms.accounts.models.people import User


class ActivationLinkQuerySet(models.QuerySet["ActivationLink"]):
    def usable(self) -> ActivationLinkQuerySet:
        return self.filter(used_at__isnull=True, expires_at__gt=clock.now(), user__is_active=True)


class ActivationLink(models.Model):
    """Leads a person to choose a password and enrol the first device. The database knows only its digest."""

    GOOD_FOR = dt.timedelta(hours=24)
    GUESTS_GOOD_FOR = dt.timedelta(days=14)

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="activation_links")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    next_path = models.CharField(max_length=200, blank=True)

    objects = ActivationLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="accounts_link_expires_later", condition=Q(expires_at__gt=F("made_at")))
        ]

    def __str__(self) -> str:
        return f"activation link of {self.user}"
