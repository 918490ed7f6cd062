"""Ask the helpdesk, answer, put before others; tell of bugs and change requests in public, and vote."""

from helpdesk.tickets.actions.answering import (
    close_ticket,
    consult,
    escalate,
    forget_words,
    give_back,
    look_after_tickets,
    raise_ticket,
    reply,
)
from helpdesk.tickets.actions.publishing import change_entry, link_ticket, publish, vote

__all__ = [
    "change_entry",
    "close_ticket",
    "consult",
    "escalate",
    "forget_words",
    "give_back",
    "link_ticket",
    "look_after_tickets",
    "publish",
    "raise_ticket",
    "reply",
    "vote",
]
