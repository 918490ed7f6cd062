"""The lives of a request for access and of what needs a second person. Tables only."""

import datetime as dt

from django.db import models

DECIDE_WITHIN = dt.timedelta(days=3)
"""How long a request for access waits for the hospital alone; then its networks are asked too."""
GOOD_FOR = dt.timedelta(days=3)
"""How long a wish waits for its second person."""
STOPPED_SHOWN_FOR = dt.timedelta(days=30)
"""How long the page of an account says that its owner stopped a request made in their name."""
ENDS_SOON = dt.timedelta(days=7)
"""How long before its last day those concerned hear that a role or a delegation ends."""
PLACE_GOOD_FOR = dt.timedelta(days=30)
"""How long a network's wish for a hospital of others waits."""


class RequestState(models.TextChoices):
    WAITING = "waiting", "waiting"
    APPROVED = "approved", "approved"
    REFUSED = "refused", "refused"


class AskedRole(models.TextChoices):
    """What an applicant may ask for; every other role is granted to people who are in."""

    CLINICIAN = "clinician", "Clinician: asks and answers questions about patients"
    ASSISTANT = "assistant", "Assistant: works for a clinician, who names me once I am in"


class ProposalState(models.TextChoices):
    """What one person asked and another decides."""

    WAITING = "waiting", "waiting"
    CONFIRMED = "confirmed", "confirmed"
    DROPPED = "dropped", "not confirmed"


class TableKind(models.TextChoices):
    CENTRES = "centres", "centres"
    PEOPLE = "people", "people"


class RowState(models.TextChoices):
    READY = "ready", "ready"
    KNOWN = "known", "there already"
    BAD = "bad", "to be mended"
    DONE = "done", "taken in"
    ASKED = "asked", "asked for"


class Whom(models.TextChoices):
    """With whom of a hospital somebody of its networks spoke."""

    REPRESENTATIVE = "representative", "representative"
    SUBSTITUTE = "substitute", "substitute"
    OTHER = "other", "somebody else"


class Way(models.TextChoices):
    PHONE = "phone", "By phone"
    MAIL = "mail", "By mail"
    VISIT = "visit", "On a visit"
    MEETING = "meeting", "In a meeting"


def whom_choices() -> list[tuple[str, str]]:
    """By reference, so that a new word is no migration."""
    return Whom.choices


def way_choices() -> list[tuple[str, str]]:
    return Way.choices


OF_OTHERS = (
    "others look after this hospital. Taking the row in asks them, and it counts here once somebody there confirms it; "
    "its units and its clearance stay as they are."
)
"""Said of a row about a hospital that others look after."""
