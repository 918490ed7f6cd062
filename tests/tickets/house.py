"""Who asks and who answers in the tests of tickets, and what waits for whom."""

from __future__ import annotations

from cpms.accounts.roles import Role
from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.notifications.states import Verb
from helpdesk.tickets import actions
from helpdesk.tickets.models import Ticket
from tests.factories import CentreFactory, NetworkFactory, UserFactory, give_role


def staff(network=None, role=Role.HELPDESK_ADULT):
    person = UserFactory(role="none")
    give_role(person, role if network else Role.CORE_HELPDESK, network=network)
    return person


class House:
    """Two networks with a helpdesk each, the core helpdesk, and somebody of the first network."""

    def __init__(self):
        self.network, self.other = NetworkFactory(), NetworkFactory(code="BOND", name="ERN BOND")
        self.asker = UserFactory(centre=CentreFactory(network=self.network))
        self.helpdesk, self.colleague = staff(self.network), staff(self.network, Role.HELPDESK_PAEDIATRIC)
        self.elsewhere, self.core = staff(self.other), staff()

    def ask(self, text="It is slow.", kind="bug", by=None):
        return actions.raise_ticket(kind, text=text, network=self.network, by=by or self.asker)


def waits_for(ticket):
    return set(WorkItem.objects.open().about(ticket).filter(verb=Verb.TICKET).values_list("who", flat=True))


def keys(*people):
    return {person.pk for person in people}


def told(notice):
    return set(OutboxMessage.objects.filter(notice=notice).values_list("recipient", flat=True))


def see(ticket, *people):
    """Who of these sees it."""
    return {person.pk for person in people if Ticket.objects.visible_to(person).filter(pk=ticket.pk).exists()}
