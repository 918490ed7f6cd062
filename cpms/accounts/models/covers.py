"""A whole unit sees the panels of its clinicians for a time, as on holidays."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cpms import clock
from cpms.accounts.models.places import Unit

LONGEST_COVER = dt.timedelta(days=60)
"""From the first day to the last: cover for holidays ends by itself, and longer needs a new decision."""


class UnitCoverQuerySet(models.QuerySet["UnitCover"]):
    def visible_to(self, user: Any) -> UnitCoverQuerySet:
        """Those in force of the person's own unit; a unit of another hospital is nobody's own."""
        if not user.is_active or not user.unit_id:
            return self.none()
        return self.current().filter(unit=user.unit_id, unit__centre=user.centre_id)

    def current(self) -> UnitCoverQuerySet:
        """In force today, by the day of rights."""
        return self.to_come().filter(valid_from__lte=clock.rights_day())

    def to_come(self) -> UnitCoverQuerySet:
        """In force today, or on a day that comes."""
        return self.filter(ended_at=None, valid_to__gte=clock.rights_day())


class UnitCover(models.Model):
    """From one day to another, both counted, every clinician of the unit reads the panels of the others. Rows are never changed,
    only ended."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="covers")
    valid_from = models.DateField(default=clock.rights_day)
    valid_to = models.DateField()
    reason = models.CharField(max_length=200)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = UnitCoverQuerySet.as_manager()

    class Meta:
        ordering = ["-valid_from", "-given_at"]
        constraints = [
            models.CheckConstraint(
                name="accounts_cover_dates",
                condition=Q(valid_to__gte=F("valid_from"), valid_to__lte=F("valid_from") + LONGEST_COVER),
            ),
            models.CheckConstraint(name="accounts_cover_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="accounts_ended_cover_says_who",
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} from {self.valid_from} to {self.valid_to}"

    @property
    def is_to_come(self) -> bool:
        """In force, or still ahead: it can be ended."""
        return self.ended_at is None and self.valid_to >= clock.rights_day()

    @property
    def is_current(self) -> bool:
        return self.is_to_come and self.valid_from <= clock.rights_day()
