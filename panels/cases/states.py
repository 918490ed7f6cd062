"""Words for what a case holds."""

import re

from django.db import models

CODE = re.compile(r"(?=[^0-9]*[0-9])[A-Za-z0-9][A-Za-z0-9:._/-]*")  # of a term: a digit, no space; never a name


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
    GROUP = "group", "default of the thematic group, to be confirmed"
    NONE = "", "no range given"
