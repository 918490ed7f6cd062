"""Work asked for in a transaction, and when what beat asks for was last done. A job's row survives Redis: what no worker
confirmed is sent again."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import models
from django.db.models import Q

from cpms import clock
from cpms.jobs.states import JobState

RESEND_AFTER = dt.timedelta(minutes=6)  # longer than the broker's visibility timeout of 5 minutes
MOST_ATTEMPTS = 8


class JobQuerySet(models.QuerySet["Job"]):
    def sendable(self) -> JobQuerySet:
        """Never sent, or sent long ago and not confirmed by a worker."""
        lost = Q(state=JobState.SENT, sent_at__lt=clock.now() - RESEND_AFTER)
        return self.filter(Q(state=JobState.WAITING) | lost)

    def open(self) -> JobQuerySet:
        """Neither done nor given up."""
        return self.filter(state__in=[JobState.WAITING, JobState.SENT])


class Job(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.CharField(max_length=100)
    ids = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                name="jobs_job_open", fields=["asked_at"], condition=Q(state__in=[JobState.WAITING, JobState.SENT])
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="jobs_job_done_has_time",
                condition=Q(state=JobState.DONE, done_at__isnull=False)
                | (~Q(state=JobState.DONE) & Q(done_at__isnull=True)),
            )
        ]

    def __str__(self) -> str:
        return f"{self.task} ({self.get_state_display()})"


class LastRun(models.Model):
    """When a task of beat's table last began, and last ended without an error; before its first end, when it first began."""

    task = models.CharField(max_length=100, primary_key=True)
    began_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.task} at {self.began_at}"
