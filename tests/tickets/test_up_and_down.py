"""Between the networks' helpdesks and the core helpdesk no ticket is left with nobody."""

from __future__ import annotations

import pytest

from cpms.accounts.access import Refused, ask
from cpms.accounts.models import User
from cpms.accounts.roles import Permission
from cpms.notifications.models import OutboxMessage
from cpms.notifications.notices import Notice
from helpdesk.tickets import actions, queries
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.states import TicketState
from tests.clients import signed_in
from tests.factories import NetworkFactory, canary
from tests.tickets.house import keys, see, staff, told, waits_for

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
LIST = "/help/tickets/"


def test_what_is_the_networks_own_affair_comes_back_from_the_core_helpdesk(house):
    ticket, everybody = house.ask(), (house.helpdesk, house.colleague, house.core)
    actions.escalate(ticket, by=house.helpdesk)
    core, here = signed_in(house.core), ticket.get_absolute_url()
    assert "Give back to the network" in core.get(here).content.decode()
    assert core.post(f"{here}give-back/").url == LIST
    assert waits_for(ticket) == see(ticket, *everybody) == keys(house.helpdesk, house.colleague)
    assert Ticket.objects.get().state == TicketState.OPEN
    back = OutboxMessage.objects.filter(notice=Notice.TICKET_WAITING, recipient=house.helpdesk)
    assert back.count() == 2
    actions.escalate(ticket, by=house.helpdesk)
    assert waits_for(ticket) == keys(house.core)
    assert OutboxMessage.objects.filter(notice=Notice.TICKET_WAITING, recipient=house.core).count() == 2


def test_a_ticket_outlives_its_helpdesk(house):
    """Whose role ends leaves no ticket behind, and who comes to a helpdesk is told what waits there."""
    ticket, answered = house.ask(), house.ask(text="Another.")
    actions.reply(answered, text="Done.", by=house.helpdesk)
    newcomer = staff(house.network)
    actions.look_after_tickets(by=None)
    assert waits_for(ticket) == keys(house.helpdesk, house.colleague, newcomer)
    actions.look_after_tickets(by=None)
    assert OutboxMessage.objects.filter(recipient=newcomer).count() == 1
    for person in (house.helpdesk, house.colleague, newcomer):
        person.memberships.all().delete()
    actions.look_after_tickets(by=None)
    assert waits_for(ticket) == keys(house.core)
    assert Ticket.objects.get(pk=answered.pk).state == TicketState.ANSWERED
    actions.reply(answered, text="Not quite.", by=house.asker)
    assert waits_for(answered) == keys(house.core)
    assert not ask(Permission.TICKET_GIVE_BACK, house.core, Ticket.objects.get(pk=ticket.pk))


def test_a_helpdesk_puts_its_own_question_to_that_of_another_network(house):
    """Everybody else asks the helpdesk of their own networks; the own one is chosen until another is."""
    page, words = signed_in(house.helpdesk), canary("ticket-between")
    form = page.get("/help/").context["form"]
    assert form["network"].value() == house.network.pk
    assert set(form.fields["network"].queryset) == {house.network, house.other}
    assert "network" not in signed_in(house.asker).get("/help/").context["form"].fields
    page.post("/help/", {"kind": "question", "text": words, "network": house.other.pk})
    ticket = Ticket.objects.get()
    assert (ticket.network, waits_for(ticket)) == (house.other, keys(house.elsewhere))
    assert see(ticket, house.helpdesk, house.colleague, house.elsewhere, house.core) == keys(
        house.helpdesk, house.elsewhere
    )
    signed_in(house.elsewhere).post(f"{ticket.get_absolute_url()}reply/", {"text": "Like this."})
    assert told(Notice.TICKET_MOVED) == keys(house.helpdesk)
    assert "Like this." in page.get(ticket.get_absolute_url()).content.decode()


def test_nobody_else_puts_a_question_to_another_networks_helpdesk(house):
    with pytest.raises(Refused, match="no network of yours"):
        actions.raise_ticket("question", text="How?", network=house.other, by=house.asker)
    sent = signed_in(house.asker).post("/help/", {"kind": "question", "text": "How?", "network": house.other.pk})
    assert (sent.status_code, Ticket.objects.get().network) == (302, house.network)


def test_a_network_without_a_helpdesk_is_not_offered(house):
    empty = NetworkFactory(code="EMPTY")
    assert empty not in queries.networks_for(house.helpdesk)
    assert house.other not in queries.networks_for(house.core)


def test_a_helpdesk_that_never_came_in_answers_nothing(house):
    """An account that waits for its owner: the ticket goes where somebody is, and nobody asks that helpdesk into a thread."""
    for person in (house.helpdesk, house.colleague, house.elsewhere):
        User.objects.filter(pk=person.pk).update(activated_at=None)
    ticket = house.ask()
    assert (ticket.state, waits_for(ticket)) == (TicketState.ESCALATED, keys(house.core))
    assert not ask(Permission.TICKET_GIVE_BACK, house.core, Ticket.objects.get(pk=ticket.pk))
    with pytest.raises(Refused, match="nobody to ask"):
        actions.consult(ticket, network=house.other, by=house.core)
