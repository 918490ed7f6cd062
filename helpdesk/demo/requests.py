"""Invented people who ask for access, so that a representative finds something to decide."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from cpms import clock
from cpms.accounts.models import Centre, Network
from helpdesk.people import actions
from helpdesk.people.models import AccessRequest
from helpdesk.people.states import AskedRole


@dataclass(frozen=True, slots=True)
class Asking:
    email: str
    name: str
    job_title: str
    hospital: str
    group: int
    why: str
    days_ago: int
    role: AskedRole = AskedRole.CLINICIAN


ASKING = (
    Asking(
        "federica.montesole@demo.example",
        "Dr Federica Montesole-Arduini",
        "Endocrinologist",
        "Pianura University Hospital",
        1,
        "I take over the adrenal clinic of a colleague who retires and follow forty patients with adrenal hyperplasia.",
        2,
    ),
    Asking(
        "joost.terhaar@demo.example",
        "Joost ter Haarsma",
        "Research nurse",
        "Maasoever Medical Centre",
        6,
        "I prepare the monthly meeting of the pituitary clinic and would enter cases for Dr van Brederode.",
        1,
        AskedRole.ASSISTANT,
    ),
)


def load_requests(made: Network) -> int:
    """Ask through the same door as everybody; only the day is set back. Gives how many wait."""
    for asking in ASKING:
        actions.ask_for_access(
            asking.email,
            display_name=asking.name,
            job_title=asking.job_title,
            centre=Centre.objects.get(name=asking.hospital),
            role=asking.role,
            groups=made.groups.filter(number=asking.group),
            why=asking.why,
            by=None,
        )
        asked_at = clock.now() - dt.timedelta(days=asking.days_ago, hours=3)
        AccessRequest.objects.filter(email=asking.email).update(asked_at=asked_at)
    return len(ASKING)
