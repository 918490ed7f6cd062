"""The life of a request for access. Tables only."""

from django.db import models


class RequestState(models.TextChoices):
    WAITING = "waiting", "waiting"
    APPROVED = "approved", "approved"
    REFUSED = "refused", "refused"


class AskedRole(models.TextChoices):
    """What an applicant may ask for; every other role is granted to people who are in."""

    CLINICIAN = "clinician", "Clinician: asks and answers questions about patients"
    ASSISTANT = "assistant", "Assistant: works for a clinician, who names me once I am in"
