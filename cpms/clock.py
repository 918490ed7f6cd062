"""The one place that tells the time, so that every rule about dates can be tested at its edges."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone


def now() -> dt.datetime:
    """The present moment, aware, in UTC."""
    return timezone.now()


def today(zone: dt.tzinfo | None = None) -> dt.date:
    """The calendar day in ``zone`` (the signed-in person's zone by default)."""
    return timezone.localdate(timezone=zone)


def end_of_today() -> dt.datetime:
    """The last second of the day in the signed-in person's zone."""
    return timezone.localtime(now()).replace(hour=23, minute=59, second=59)


def rights_day() -> dt.date:
    """The day that rights count by: UTC's, the same for everybody, wherever they sit and whoever asks."""
    return timezone.localdate(timezone=dt.UTC)
