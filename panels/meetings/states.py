"""The life of a meeting."""

from django.db import models


class MeetingState(models.TextChoices):
    PLANNED = "planned", "planned"
    HELD = "held", "held"
    CANCELLED = "cancelled", "cancelled"
