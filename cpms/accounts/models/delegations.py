"""Assistants: who may do for a clinician what that clinician may."""

from __future__ import annotations

import datetime as dt

from dateutil.relativedelta import relativedelta
from django.db import models
from django.db.models import F, Q

from cpms import clock
from cpms.accounts.models.people import ENDED, User, in_force

LONGEST_ABSENCE = relativedelta(months=12)
"""Whoever is away longer has left, for which there is another way: reminders do not wait for years."""


def latest_absence() -> dt.date:
    """The last day until which somebody may be away as from today."""
    return clock.rights_day() + LONGEST_ABSENCE


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def current(self) -> DelegationQuerySet:
        return self.filter(in_force())


class Delegation(models.Model):
    """An assistant may do for a clinician what that clinician may; every audit row says on whose behalf."""

    assistant = models.ForeignKey(User, on_delete=models.PROTECT, related_name="acts_for")
    clinician = models.ForeignKey(User, on_delete=models.PROTECT, related_name="assistants")
    valid_from = models.DateField(default=clock.rights_day)
    valid_to = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = DelegationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="accounts_no_self_delegation", condition=~Q(assistant=F("clinician"))),
            models.CheckConstraint(
                name="accounts_delegation_dates", condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from"))
            ),
            models.CheckConstraint(name="accounts_ended_delegation_says_who", condition=ENDED),
        ]

    def __str__(self) -> str:
        return f"{self.assistant} for {self.clinician}"
