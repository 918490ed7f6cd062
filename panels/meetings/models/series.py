"""A series: a group's meeting that returns, alone or together with groups of other networks."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Max, Q
from django.urls import reverse

from cpms import clock
from cpms.accounts.models import Membership, ThematicGroup
from cpms.accounts.policy import networks_served_by
from cpms.accounts.roles import Role
from cpms.patients.models import treated_by
from panels.meetings import recurrence
from panels.meetings.states import MeetingState, Rhythm
from panels.models import Panel


class MeetingSeriesQuerySet(models.QuerySet["MeetingSeries"]):
    def visible_to(self, user: Any) -> MeetingSeriesQuerySet:
        """Who is asked to each meeting, clinicians who take part in its groups or lead a running panel of them, and who
        coordinates them or serves their networks."""
        if not user.is_active:
            return self.none()
        coordinated = Membership.objects.current().filter(user=user, role=Role.GROUP_COORDINATOR)
        here = Q(groups__in=coordinated.values("group")) | Q(groups__network__in=networks_served_by(user).values("pk"))
        if Role.CLINICIAN in user.held_roles():
            leading = Panel.objects.running().filter(treated_by(user, "case__patient"), lead=user, group__isnull=False)
            here |= Q(groups__in=user.groups_of_interest.all()) | Q(people=user) | Q(groups__in=leading.values("group"))
        return self.filter(pk__in=MeetingSeries._base_manager.filter(here).values("pk"))

    def running(self) -> MeetingSeriesQuerySet:
        """Those that have not ended, nor do before their first day."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=clock.today()) & Q(ended_on__gt=F("first_on")))

    def with_dates_left(self) -> MeetingSeriesQuerySet:
        """Those that run, and those with a date still to come: one of an earlier plan may have been moved past its end."""
        coming = Q(meetings__state=MeetingState.PLANNED, meetings__starts_at__gt=clock.now())
        left = MeetingSeries._base_manager.filter(coming).order_by().values("pk")
        return self.filter(Q(pk__in=self.running().order_by().values("pk")) | Q(pk__in=left))


class MeetingSeries(models.Model):
    """``rule``, ``first_on``, ``at`` and ``zone`` say when it meets, in local time. Name and rows hold nothing clinical.

    ``goes_on_as`` is set in the row that keeps an earlier plan with its dates: the series goes on as that one, on another day or at
    another time. ``sequence`` counts what calendars heard, ``version`` what its forms changed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80)
    groups = models.ManyToManyField(ThematicGroup, related_name="meeting_series")
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    rhythm = models.CharField(max_length=15, choices=Rhythm)
    rule = models.CharField(max_length=100)
    first_on = models.DateField()
    at = models.TimeField()
    zone = models.CharField(max_length=50)
    minutes = models.PositiveSmallIntegerField(default=60)
    slots = models.PositiveSmallIntegerField(default=4)
    link = models.URLField(max_length=300, blank=True)
    called_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    called_at = models.DateTimeField(default=clock.now)
    ended_on = models.DateField(null=True)
    sequence = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)
    goes_on_as = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="earlier")

    objects = MeetingSeriesQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="meetings_series_minutes_plausible", condition=Q(minutes__gte=5, minutes__lte=480)
            ),
            models.CheckConstraint(name="meetings_series_slots_plausible", condition=Q(slots__gte=1, slots__lte=20)),
            models.CheckConstraint(
                name="meetings_series_ends_after_first", condition=Q(ended_on=None) | Q(ended_on__gte=F("first_on"))
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("meetings:series", args=[self.pk])

    @property
    def plan(self) -> recurrence.Plan:
        return recurrence.Plan(Rhythm(self.rhythm), self.first_on, self.at, self.zone)

    @property
    def over(self) -> bool:
        """Whether nothing of it can be changed any more; an earlier plan's last dates can."""
        return self.ended_on is not None and (self.goes_on_as_id is None or self.ended_on <= clock.today())

    def next_sequence(self) -> int:
        """For the next mail about it or one of its meetings, which are one event in calendars: above what any said so far."""
        row = MeetingSeries.objects.filter(pk=self.pk).aggregate(own=Max("sequence"), dates=Max("meetings__sequence"))
        return max(row["own"], row["dates"] or 0) + 1

    def days(self, *, after: dt.date, until: dt.date) -> list[dt.date]:
        """The days of the series in this span, those after its end left out."""
        last = min(until, self.ended_on - dt.timedelta(days=1)) if self.ended_on else until
        return recurrence.days(self.rule, self.first_on, after=after, until=last) if after <= last else []
