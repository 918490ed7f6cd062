"""Words for what a case holds."""

from django.db import models


class DiagnosisStatus(models.TextChoices):
    CONFIRMED = "confirmed", "confirmed"
    SUSPECTED = "suspected", "suspected"
    EXCLUDED = "excluded", "ruled out"


class Flag(models.TextChoices):
    LOW = "low", "Low"
    HIGH = "high", "High"
    INSIDE = "inside", "Within the range"
    NONE = "", "No range given"


class RangeSource(models.TextChoices):
    LABORATORY = "laboratory", "range of the laboratory"
    NONE = "", "no range given"
