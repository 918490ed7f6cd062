"""What is written down of a patient, and nothing more."""

import datetime as dt

from django.db import models


class Sex(models.TextChoices):
    FEMALE = "female", "female"
    MALE = "male", "male"
    OTHER = "other", "other or differs"
    UNKNOWN = "unknown", "not known"


MONTH_COUNTS_FOR = 2
"""Years: the month of birth is kept for smaller children only."""


def month_counts(year: int, month: int, *, on: dt.date) -> bool:
    """Whether a child born then is under two on that day, and the month is still written down."""
    return (on.year - year) * 12 + on.month - month < MONTH_COUNTS_FOR * 12


def counted(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"


def about(number: int, unit: str) -> str:
    """An age in whole years or months that is right to one of them: ``about 5 years``, ``under 1 year``."""
    return f"about {counted(number, unit)}" if number > 0 else f"under 1 {unit}"


KARYOTYPES = ("XX", "XY", "XO", "XXY", "XXX", "XXYY", "XXXY", "XXXX", "XYY")
"""The karyotypic sexes that GA4GH phenopackets name (v2, KaryotypicSex); others are "other", none is not determined."""


def karyotype_choices() -> list[tuple[str, str]]:
    return [("", "Not determined"), *((name, name) for name in KARYOTYPES), ("other", "Another")]


class Route(models.TextChoices):
    """How the case came (capability of the founding paper: the route is recorded)."""

    OWN = "own", "our own patient"
    NON_ERN = "non_ern", "for a physician in the EU outside the networks"
    NON_EU = "non_eu", "for a physician outside the EU, through our centre"
