"""A poll of dates, where no series fits: proposed dates, and who can come."""

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
from panels.meetings.models.meetings import Meeting
from panels.meetings.states import Can
from panels.models import Panel


class DatePollQuerySet(models.QuerySet["DatePoll"]):
    def visible_to(self, user: Any) -> DatePollQuerySet:
        """Whoever sees its panel."""
        return self.filter(panel__in=Panel.objects.visible_to(user).order_by().values("pk"))

    def with_surroundings(self) -> DatePollQuerySet:
        return self.select_related("panel__lead", "panel__case__patient", "called_by", "meeting")


class DatePoll(models.Model):
    """Dates for a meeting on one panel, in the zone of who proposed them. It ends with the ``meeting`` that was made of it, or
    without one: by its lead, by another meeting on the panel, or once every date has passed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="date_polls")
    minutes = models.PositiveSmallIntegerField(default=30)
    link = models.URLField(max_length=300, blank=True)
    zone = models.CharField(max_length=50)
    called_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    called_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True)
    meeting = models.OneToOneField(Meeting, on_delete=models.PROTECT, null=True, related_name="+")

    objects = DatePollQuerySet.as_manager()

    class Meta:
        ordering = ["-called_at"]
        constraints = [
            models.CheckConstraint(
                name="meetings_poll_with_meeting_is_closed", condition=Q(meeting=None) | Q(closed_at__isnull=False)
            ),
            models.CheckConstraint(
                name="meetings_poll_minutes_plausible", condition=Q(minutes__gte=5, minutes__lte=480)
            ),
        ]

    def __str__(self) -> str:
        return f"dates of {self.panel}"

    def get_absolute_url(self) -> str:
        return reverse("meetings:dates", args=[self.pk])

    @property
    def audit_patient_id(self) -> Any:
        return self.panel.case.patient_id

    @property
    def treated_by_id(self) -> Any:
        return self.panel.case.patient.enrolled_by_id


class ProposedDateQuerySet(models.QuerySet["ProposedDate"]):
    def to_come(self) -> ProposedDateQuerySet:
        return self.filter(starts_at__gt=clock.now())


class ProposedDate(models.Model):
    """One of a poll's dates."""

    poll = models.ForeignKey(DatePoll, on_delete=models.CASCADE, related_name="dates")
    starts_at = models.DateTimeField()

    objects = ProposedDateQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at"]
        constraints = [models.UniqueConstraint(name="meetings_proposed_once", fields=["poll", "starts_at"])]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def ends_at(self) -> dt.datetime:
        return self.starts_at + dt.timedelta(minutes=self.poll.minutes)

    @property
    def there(self) -> str:
        """Day and time where it was proposed, for those in another zone."""
        return recurrence.spoken(self.starts_at, self.poll.zone)


class DateAnswer(models.Model):
    """Whether somebody can come on a date; changeable while the poll is open."""

    date = models.ForeignKey(ProposedDate, on_delete=models.CASCADE, related_name="answers")
    who = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    can = models.CharField(max_length=10, choices=Can)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(name="meetings_answer_once", fields=["date", "who"])]

    def __str__(self) -> str:
        return f"{self.who}: {self.get_can_display()}"
