"""Two tickets to the helpdesk, one answered. Invented, like everything in the demonstration."""

from __future__ import annotations

from cpms.accounts.models import Network
from helpdesk.demo.questions import person
from helpdesk.tickets import actions
from helpdesk.tickets.states import TicketKind

TICKETS = (
    (
        "ewa.szczepanska",
        TicketKind.CHANGE,
        "Could the list of panels be sorted by the answer-by day? I look for the next one every morning.",
        "",
    ),
    (
        "rasa.kazlauskaite",
        TicketKind.COACHING,
        "Two new colleagues start in January. Can you show them how to answer an invitation?",
        "Gladly: half an hour by video. Which day in the second week suits you?",
    ),
)


def load_tickets(made: Network) -> int:
    """Ask and answer by the same actions as everybody. Gives how many."""
    for asker, kind, text, answer in TICKETS:
        ticket = actions.raise_ticket(kind, text=text, network=made, by=person(asker))
        if answer:
            actions.reply(ticket, text=answer, by=person("solene.faure"))
    return len(TICKETS)
