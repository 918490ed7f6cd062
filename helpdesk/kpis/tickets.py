"""Figures about the helpdesk: by the network that was asked."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count

from helpdesk.kpis.months import moments, within
from helpdesk.kpis.places import Counts
from helpdesk.kpis.waits import in_units, ticket_waits


def tickets(month: dt.date) -> Counts:
    """Raised, first answered and closed, with how long it took; one query."""
    raised, answered, closed = (within(name, *moments(month)) for name in ("raised_at", "first_answer_at", "closed_at"))
    counts = {"tickets_raised": raised, "tickets_answered": answered, "tickets_closed": closed}
    wanted = {name: Count("pk", filter=condition) for name, condition in counts.items()}
    found = ticket_waits([month], wanted, raised | answered | closed)
    for place, line in found.items():
        found[place] = in_units(line)
    return found
