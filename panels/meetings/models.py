"""Meetings on panels. A meeting's own row holds nothing clinical, so calendars can carry it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cpms import clock
from panels.meetings.states import MeetingState
from panels.models import Panel


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user: Any) -> MeetingQuerySet:
        """Whoever sees one of the panels on its agenda."""
        return self.filter(
            models.Exists(
                AgendaItem.objects.filter(meeting=models.OuterRef("pk"), panel__in=Panel.objects.visible_to(user))
            )
        )

    def coming(self) -> MeetingQuerySet:
        return self.filter(state=MeetingState.PLANNED, starts_at__gt=clock.now() - dt.timedelta(hours=1))


class Meeting(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(default=30)
    zone = models.CharField(max_length=50)
    link = models.URLField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=MeetingState, default=MeetingState.PLANNED)
    sequence = models.PositiveSmallIntegerField(default=0)
    called_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    called_at = models.DateTimeField(default=clock.now)
    held_at = models.DateTimeField(null=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                name="meetings_held_has_time",
                condition=Q(state=MeetingState.HELD, held_at__isnull=False)
                | (~Q(state=MeetingState.HELD) & Q(held_at=None)),
            ),
            models.CheckConstraint(name="meetings_minutes_plausible", condition=Q(minutes__gte=5, minutes__lte=480)),
        ]

    def __str__(self) -> str:
        return f"meeting of {self.starts_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("meetings:detail", args=[self.pk])

    @property
    def ends_at(self) -> dt.datetime:
        return self.starts_at + dt.timedelta(minutes=self.minutes)


class AgendaItem(models.Model):
    """A panel's slot in a meeting."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="agenda")
    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="agenda_items")
    position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(name="meetings_panel_once", fields=["meeting", "panel"])]

    def __str__(self) -> str:
        return f"{self.panel} in {self.meeting}"


class Attendance(models.Model):
    """Who was asked to come, and who was there."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendance")
    who = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    present = models.BooleanField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="meetings_person_once", fields=["meeting", "who"])]

    def __str__(self) -> str:
        return f"{self.who} in {self.meeting}"
