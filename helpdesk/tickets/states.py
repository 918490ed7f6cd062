"""The life of a ticket, and what is said in public about bugs and wishes. Tables only."""

from __future__ import annotations

from django.db import models


class TicketKind(models.TextChoices):
    BUG = "bug", "Bug"
    CHANGE = "change", "Change request"
    QUESTION = "question", "Question"
    COACHING = "coaching", "Coaching"


WISHES: dict[str, str] = {
    TicketKind.BUG: "Something does not work",
    TicketKind.CHANGE: "Something should be different",
    TicketKind.QUESTION: "I have a question",
    TicketKind.COACHING: "Show me, or my team, how",
}
"""The same in the words of who asks."""


class TicketState(models.TextChoices):
    OPEN = "open", "Open"
    ESCALATED = "escalated", "Core helpdesk"
    ANSWERED = "answered", "Answered"
    CLOSED = "closed", "Closed"


WAITING = frozenset({TicketState.OPEN, TicketState.ESCALATED})
TICKET_MOVES = (
    (
        "escalate",
        (TicketState.OPEN, TicketState.ANSWERED),
        TicketState.ESCALATED,
        "the network's helpdesk; at once where the asker has no network or the network no helpdesk any more",
    ),
    (
        "give back",
        (TicketState.ESCALATED, TicketState.ANSWERED),
        TicketState.OPEN,
        "the core helpdesk, where the network has a helpdesk",
    ),
    (
        "answer",
        (TicketState.OPEN, TicketState.ESCALATED, TicketState.ANSWERED),
        TicketState.ANSWERED,
        "the network's helpdesk, one that was consulted, the core helpdesk once it was escalated",
    ),
    ("ask again", (TicketState.ANSWERED, TicketState.CLOSED), TicketState.OPEN, "the asker, of one not escalated"),
    ("ask again", (TicketState.ANSWERED, TicketState.CLOSED), TicketState.ESCALATED, "the asker, of an escalated one"),
    (
        "close",
        (TicketState.OPEN, TicketState.ESCALATED, TicketState.ANSWERED),
        TicketState.CLOSED,
        "the asker, and whoever looks after it; taking its words out closes it, too",
    ),
)
"""Verb, from, to, who."""


class EntryKind(models.TextChoices):
    BUG = "bug", "Known bug"
    CHANGE = "change", "Change request"


class EntryState(models.TextChoices):
    """In the order of the page."""

    IN_WORK = "in_work", "In work"
    PLANNED = "planned", "Planned"
    DONE = "done", "Done"
    DECLINED = "declined", "Declined"


OPEN_ENTRIES = frozenset({EntryState.IN_WORK, EntryState.PLANNED})
PUBLISHED_AS: dict[str, EntryKind] = {TicketKind.BUG: EntryKind.BUG, TicketKind.CHANGE: EntryKind.CHANGE}
"""What a ticket of this kind may become in public; the others become nothing."""


def kind_choices() -> list[tuple[str, str]]:
    """By reference, so that a new kind is no migration."""
    return TicketKind.choices


def state_choices() -> list[tuple[str, str]]:
    return TicketState.choices


def entry_kind_choices() -> list[tuple[str, str]]:
    return EntryKind.choices


def entry_state_choices() -> list[tuple[str, str]]:
    return EntryState.choices
