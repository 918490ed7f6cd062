"""The one place that tells the time, so that every rule about dates can be tested at its edges."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from contextvars import ContextVar

from django.conf import settings
from django.utils import timezone

_told: ContextVar[dt.datetime | None] = ContextVar("clock_told", default=None)


def now() -> dt.datetime:
    """The present moment, aware, in UTC."""
    return _told.get() or timezone.now()


@contextlib.contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """Let the actions below write as at ``moment``: for the past of a demonstration.

    Raises ``RuntimeError`` anywhere else: who could set the clock back could sign yesterday.
    """
    if not settings.DEMO:
        raise RuntimeError("The clock is set in a demonstration only.")
    token = _told.set(moment)
    try:
        yield
    finally:
        _told.reset(token)


def today(zone: dt.tzinfo | None = None) -> dt.date:
    """The calendar day in ``zone`` (the signed-in person's zone by default)."""
    return timezone.localdate(now(), timezone=zone)


def end_of_today() -> dt.datetime:
    """The last second of the day in the signed-in person's zone."""
    return timezone.localtime(now()).replace(hour=23, minute=59, second=59)


def rights_day() -> dt.date:
    """The day that rights count by: UTC's, the same for everybody, wherever they sit and whoever asks."""
    return timezone.localdate(now(), timezone=dt.UTC)
