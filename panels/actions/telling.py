"""Who is in a panel hears what is said there, without a flood."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from panels import queries
from panels.models import Panel


def tell(people: Iterable[Any], notice: Notice, panel: Panel, *, by: Any, path: str = "") -> None:
    """One mail of a kind until the person has looked at the panel, and no more than one a day for who does not look."""
    notifications.notify(
        people,
        notice=notice,
        by=by,
        about=panel,
        ref=panel.ref,
        path=path or panel.get_absolute_url(),
        looked=queries.visits(panel),
        urgent=panel.urgent,
    )
