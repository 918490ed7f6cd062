"""The private calendar address: made, renewed, stopped by its owner alone."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from django.db import transaction

from cpms import clock
from cpms.audit import actions as audit
from cpms.audit.states import Event
from panels.meetings.models import CalendarFeed


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def renew_feed(*, by: Any) -> str:
    """A new address's secret, shown this once; an earlier address answers no more."""
    token = secrets.token_urlsafe(24)
    CalendarFeed.objects.update_or_create(
        user=by, defaults={"digest": digest(token), "made_at": clock.now(), "asked_at": None}
    )
    audit.record(Event.FEED_CHANGED, on=by, by=by, verb="made")
    return token


@transaction.atomic
def stop_feed(*, by: Any) -> None:
    deleted, _rows = CalendarFeed.objects.filter(user=by).delete()
    if deleted:
        audit.record(Event.FEED_CHANGED, on=by, by=by, verb="stopped")


def feed_asked(token: str, *, by: Any) -> CalendarFeed | None:
    """Whose address this is; notes when it was last asked for. ``None`` for an address that never was or was stopped."""
    feed = CalendarFeed.objects.select_related("user").filter(digest=digest(token), user__is_active=True).first()
    if feed is not None:
        CalendarFeed.objects.filter(pk=feed.pk).update(asked_at=clock.now())
    return feed
