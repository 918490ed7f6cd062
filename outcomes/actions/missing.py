"""What belongs into a text and does not stand in it yet: nobody signs or closes over it."""

from __future__ import annotations

from cpms.accounts.access import Refused
from outcomes import queries
from outcomes.models import Outcome
from panels.meetings.models import MeetingDecision
from panels.models import Panel

ON_ITS_WAY = "A decision of a meeting is on its way into the text. Try again, and look at it first."
MARKED = "A statement was marked meanwhile. It stands with the advice now: look at it, then ask for signatures."


class Missing(Refused):
    """Whoever writes looks at the text once more."""


def refuse_on_their_way(panel: Panel) -> None:
    """A decision that no worker has brought in yet is neither signed over nor closed over."""
    if MeetingDecision.objects.on_their_way(panel).exists():
        raise Missing(ON_ITS_WAY)


def refuse_marked(outcome: Outcome) -> None:
    """Nor is a marked statement, which the page offers. Whoever marks one holds the panel, as the caller does."""
    if queries.marked_advice(outcome):
        raise Missing(MARKED)
