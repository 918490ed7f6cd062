"""What the pages of meetings show."""

from panels.meetings.queries.lists import (
    MOST,
    Slot,
    agenda,
    coming,
    feed_of,
    mine_to_attend,
    people_of,
    refs_seen,
    series_of,
    to_bring_to,
)
from panels.meetings.queries.sheet import (
    Line,
    attendance_of,
    decided,
    decisions_on,
    draft_of,
    expected_end,
    running_order,
    stamp,
    to_decide,
    whose_turn,
)

__all__ = [
    "MOST",
    "Line",
    "Slot",
    "agenda",
    "attendance_of",
    "coming",
    "decided",
    "decisions_on",
    "draft_of",
    "expected_end",
    "feed_of",
    "mine_to_attend",
    "people_of",
    "refs_seen",
    "running_order",
    "series_of",
    "stamp",
    "to_bring_to",
    "to_decide",
    "whose_turn",
]
