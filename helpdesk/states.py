"""What the helpdesk looks after day by day, and what figures are taken out for. Tables only."""

from __future__ import annotations

import datetime as dt

from django.db import models

GONE_AFTER = dt.timedelta(days=90)
"""Somebody who has not signed in for so long has stopped coming."""
QUIET_AFTER = dt.timedelta(days=365)
"""A hospital without a new panel for so long is spoken to."""
LOOKED_BACK = dt.timedelta(days=90)
"""Over so long a time the page of today says which nudges helped."""
GIVEN_UP_FOR = dt.timedelta(days=30)
"""A mail that was given up stays on the list for so long."""


class NudgeKind(models.TextChoices):
    """Why somebody is reminded by a person of the helpdesk."""

    REQUEST = "request", "Request for access decided"
    PANEL = "panel", "Panel went on"
    CENTRE = "centre", "Hospital opened a panel"
    RETURN = "return", "Person came back"
    ACTIVATION = "activation", "Account activated"


MAIL = "mail"
"""Beside the kinds of nudges: a mail is sent again."""


def nudge_choices() -> list[tuple[str, str]]:
    """By reference, so that a new kind is no migration."""
    return NudgeKind.choices


ABOUT: dict[str, str] = {
    NudgeKind.REQUEST: "request",
    NudgeKind.PANEL: "panel",
    NudgeKind.CENTRE: "centre",
    NudgeKind.RETURN: "person",
    NudgeKind.ACTIVATION: "person",
}
"""Which field of a nudge holds what it is about."""


class Purpose(models.TextChoices):
    MONITORING = "monitoring", "Continuous monitoring of the ERNs"
    EVALUATION = "evaluation", "Evaluation of the network or a centre"
    MINISTRY = "ministry", "A ministry or health authority"
    NETWORK = "network", "Work of the network: boards, meetings, planning"
    PUBLICATION = "publication", "Publication or research"
    OTHER = "other", "Something else"


class Kind(models.TextChoices):
    XLSX = "xlsx", "Excel"
    CSV = "csv", "CSV"
    PDF = "pdf", "PDF"


class FileKind(models.TextChoices):
    """What a worker makes."""

    XLSX = "xlsx", "Excel"
    PDF = "pdf", "PDF"
    EVIDENCE = "zip", "evidence of a centre"


def file_kind_choices() -> list[tuple[str, str]]:
    """By reference, so that a new kind is no migration."""
    return FileKind.choices


class FileState(models.TextChoices):
    WAITING = "waiting", "waiting for a worker"
    MAKING = "making", "being made"
    READY = "ready", "ready"
    FAILED = "failed", "could not be made"


ENDED = (FileState.READY, FileState.FAILED)
MOST_TRIES = 3
AT_ONCE = 2_000
"""A workbook of no more places and months than this is sent while it is asked for."""
MOST_ROWS: dict[str, int] = {Kind.XLSX: 40_000, Kind.PDF: 500}
"""Longer tables are for CSV, which has no end."""
MOST_LINES = 40_000
"""A worker reads no more frozen lines than this, places by months, for one file: all that are looked at in its time."""
KEPT_FOR = dt.timedelta(days=7)
"""So long can a made file be fetched; then it is deleted."""
