"""The life of a job: waiting, sent to the broker, done; or given up after too many tries."""

from django.db import models


class JobState(models.TextChoices):
    WAITING = "waiting", "waiting"
    SENT = "sent", "sent to a worker"
    DONE = "done", "done"
    GIVEN_UP = "given_up", "given up"
