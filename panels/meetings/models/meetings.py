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
from panels.meetings import recurrence
from panels.meetings.models.series import MeetingSeries
from panels.meetings.states import MeetingState
from panels.models import Panel


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user: Any) -> MeetingQuerySet:
        """Whoever sees one of the panels on its agenda, or the series it belongs to."""
        items = AgendaItem.objects.filter(panel__in=Panel.objects.visible_to(user).order_by().values("pk"))
        returning = MeetingSeries.objects.visible_to(user).order_by().values("pk")
        return self.filter(Q(pk__in=items.order_by().values("meeting")) | Q(series__in=returning))

    def coming(self) -> MeetingQuerySet:
        return self.filter(state=MeetingState.PLANNED, starts_at__gt=clock.now() - dt.timedelta(hours=1))


class Meeting(models.Model):
    """One sitting, called for a panel or one of a series; ``day`` is the series' own day, wherever the meeting was moved to."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    series = models.ForeignKey(MeetingSeries, on_delete=models.PROTECT, null=True, related_name="meetings")
    day = models.DateField(null=True)
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
            models.UniqueConstraint(name="meetings_series_day_once", fields=["series", "day"]),
            models.CheckConstraint(
                name="meetings_day_of_series",
                condition=Q(series=None, day=None) | Q(series__isnull=False, day__isnull=False),
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

    @property
    def name(self) -> str:
        return self.series.name if self.series else "Meeting"

    def with_slot(self) -> list[AgendaItem]:
        """The agenda as far as the slots reach; a meeting called for its panels alone has room for all of them."""
        items = self.agenda.order_by("position", "pk")
        return list(items[: self.series.slots] if self.series else items)

    def next_of_series(self) -> Meeting | None:
        """The next planned meeting of the same series."""
        if self.series is None:
            return None
        later = self.series.meetings.filter(state=MeetingState.PLANNED, starts_at__gt=clock.now(), day__gt=self.day)
        return later.order_by("starts_at").first()

    def moved(self) -> bool:
        """Whether a meeting of a series is not where its rule put it."""
        series = self.series
        if series is None or self.day is None:
            return False
        return self.starts_at != recurrence.moment(self.day, series.at, series.zone)


class AgendaItem(models.Model):
    """A panel's slot in a meeting, in the order of ``position``; those beyond a series' slots wait for one to be free."""

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
