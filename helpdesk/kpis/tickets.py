"""Figures about the helpdesk: by the network that was asked."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count

from helpdesk.kpis.months import moments, within
from helpdesk.kpis.panels import Nearest, hours, lasted
from helpdesk.kpis.places import Counts, Place, nothing
from helpdesk.tickets.models import Ticket


def tickets(month: dt.date) -> Counts:
    """Raised, first answered and closed, with how long it took; one query."""
    raised, answered, closed = (within(name, *moments(month)) for name in ("raised_at", "first_answer_at", "closed_at"))
    counts = {"tickets_raised": raised, "tickets_answered": answered, "tickets_closed": closed}
    asked: dict[str, Any] = {name: Count("pk", filter=condition) for name, condition in counts.items()}
    for name, until, condition in (
        ("ticket_answer", "first_answer_at", answered),
        ("ticket_closing", "closed_at", closed),
    ):
        asked[f"{name}_median"] = Nearest(lasted("raised_at", until), filter=condition)
        asked[f"{name}_p90"] = Nearest(lasted("raised_at", until), part=0.9, filter=condition)
    rows: Any = Ticket.objects.filter(raised | answered | closed, network__isnull=False).order_by()
    found = nothing()
    for row in rows.values("network").annotate(**asked):
        took = {name: hours(row[name]) for name in asked if name not in counts}
        found[Place(row["network"])] = {name: row[name] for name in counts} | took
    return found
