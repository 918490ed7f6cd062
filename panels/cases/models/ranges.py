"""Laboratory ranges that a thematic group confirmed or set: dated rows, added and never changed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cpms import clock
from cpms.accounts.models import ThematicGroup
from panels.cases.states import RangeSex


class GroupRange(models.Model):
    """One line of a group's history of an analyte: bounds for a sex and a span of ages, in any case or under a condition.

    Ages are in days, the upper one excluded. ``since``: the first day of taking a sample for which it holds; none for samples of
    any day. Of several rows of the same sex, ages and condition the one confirmed last counts. A row without bounds ends them.
    The database refuses any change and any removal.
    """

    group = models.ForeignKey(ThematicGroup, on_delete=models.PROTECT, related_name="ranges")
    analyte = models.CharField(max_length=40)  # the key in the catalogue, which says the specimen too
    sex = models.CharField(max_length=6, choices=RangeSex)
    age_from = models.PositiveIntegerField()
    age_to = models.PositiveIntegerField()
    condition = models.CharField(max_length=120, blank=True)
    low = models.DecimalField(max_digits=24, decimal_places=9, null=True)
    high = models.DecimalField(max_digits=24, decimal_places=9, null=True)
    unit = models.CharField(max_length=40)  # a UCUM code
    source = models.CharField(max_length=300, blank=True)
    address = models.CharField(max_length=300, blank=True)
    since = models.DateField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["confirmed_at", "pk"]
        indexes = [models.Index(name="cases_ranges_of_a_group", fields=["group", "analyte"])]
        constraints = [
            models.CheckConstraint(name="cases_range_ages", condition=Q(age_from__lt=F("age_to"))),
            models.CheckConstraint(
                name="cases_range_low_below_high", condition=Q(low=None) | Q(high=None) | Q(low__lt=F("high"))
            ),
            models.CheckConstraint(name="cases_range_says_source", condition=Q(low=None, high=None) | ~Q(source="")),
        ]

    def __str__(self) -> str:
        return f"{self.analyte} of {self.group_id}"

    @property
    def is_end(self) -> bool:
        return self.low is None and self.high is None

    @property
    def band(self) -> tuple[Any, ...]:
        """What one row replaces another by."""
        return self.condition.casefold(), self.sex, self.age_from, self.age_to

    @property
    def named(self) -> str:
        """Whose range it is, as a page says it beside a result."""
        return f"group {self.group.name}, confirmed {self.confirmed_at:%Y-%m-%d}"
