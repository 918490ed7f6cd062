"""The life of a meeting, and how often a series meets."""

import datetime as dt

from django.db import models

HOUR = dt.timedelta(hours=1)
SOON = ((48 * HOUR, 24 * HOUR, "two days"), (HOUR, 0 * HOUR, "one hour"))
"""From and until how long before a meeting each reminder goes out: a worker that was away does not remind too late."""


class MeetingState(models.TextChoices):
    PLANNED = "planned", "planned"
    HELD = "held", "held"
    CANCELLED = "cancelled", "cancelled"


RUNS = "who treats the patient of one of its panels; of a series, who keeps it"
# Verb, from, to, who
MEETING_MOVES = (
    ("hold", (MeetingState.PLANNED,), MeetingState.HELD, RUNS + "; the clock, after three days"),
    (
        "call off",
        (MeetingState.PLANNED,),
        MeetingState.CANCELLED,
        RUNS + "; the end of the series, or of the only panel it was called for",
    ),
)


class Rhythm(models.TextChoices):
    WEEKLY = "weekly", "every week"
    FORTNIGHTLY = "fortnightly", "every second week"
    MONTHLY = "monthly", "every month, on the same weekday of the month"
    MONTHLY_LAST = "monthly_last", "every month, on the last such weekday"


class Turn(models.TextChoices):
    """What the chair does with the clock of a panel's turn."""

    BEGIN = "begin", "begin"
    PAUSE = "pause", "pause"
    MORE = "more", "five minutes more"
    NEXT = "next", "next panel"


class VideoKind(models.TextChoices):
    JITSI = "jitsi", "Jitsi"
    BIG_BLUE_BUTTON = "bbb", "BigBlueButton"


class Can(models.TextChoices):
    """Whether somebody can come on a proposed date."""

    YES = "yes", "Yes"
    MAYBE = "maybe", "If need be"
    NO = "no", "No"
