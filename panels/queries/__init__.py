"""Read models of panels."""

from panels.queries.idle import idle
from panels.queries.page import (
    LATEST,
    Entry,
    Seat,
    guests_of,
    news,
    objection_of,
    said_in,
    seats,
    thread,
    visits,
)
from panels.queries.search import LOOKED_THROUGH, MOST_FOUND, search
from panels.queries.suggestions import Suggestion, gaps, suggestions
from panels.queries.work import (
    PAGE,
    Worklist,
    WorkRow,
    answers_to,
    listed,
    loaded,
    next_meeting,
    questions,
    waiting_for_others,
    worklist,
)

__all__ = [
    "LATEST",
    "LOOKED_THROUGH",
    "MOST_FOUND",
    "PAGE",
    "Entry",
    "Seat",
    "Suggestion",
    "WorkRow",
    "Worklist",
    "answers_to",
    "gaps",
    "guests_of",
    "idle",
    "listed",
    "loaded",
    "news",
    "next_meeting",
    "objection_of",
    "questions",
    "said_in",
    "search",
    "seats",
    "suggestions",
    "thread",
    "visits",
    "waiting_for_others",
    "worklist",
]
