"""A CSV or XLSX file of centres or people: every row is kept, named when it is bad, and taken in once."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cpms import clock
from cpms.accounts.models import Network
from cpms.accounts.policy import networks_served_by
from helpdesk.people.states import OF_OTHERS, RowState, TableKind


class TableQuerySet(models.QuerySet["Table"]):
    def visible_to(self, user: Any) -> TableQuerySet:
        """Those of the networks that the person coordinates or serves as helpdesk."""
        return self.filter(network__in=networks_served_by(user)) if user.is_active else self.none()


class Table(models.Model):
    """``header`` names the file's columns; ``taken_by`` let the good rows in, once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=TableKind)
    name = models.CharField(max_length=160)
    header = models.JSONField(default=list)
    read_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(default=clock.now)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)

    objects = TableQuerySet.as_manager()

    class Meta:
        ordering = ["-read_at"]
        constraints = [
            models.CheckConstraint(
                name="people_table_taken_says_who",
                condition=Q(taken_at=None, taken_by=None) | Q(taken_at__isnull=False, taken_by__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("people:table", args=[self.pk])


class TableRow(models.Model):
    """One line of the file as it was written; ``number`` is its line there, ``problems`` are sentences: what is wrong, or
    where an account or hospital that is there already differs."""

    table = models.ForeignKey(Table, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    cells = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=RowState)
    problems = models.JSONField(default=list)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(name="people_row_once", fields=["table", "number"])]

    def __str__(self) -> str:
        return f"row {self.number}"

    @property
    def asks_others(self) -> bool:
        return OF_OTHERS in self.problems
