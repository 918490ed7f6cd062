"""Each verb, by who asks and how the ticket stands."""

from __future__ import annotations

import pytest

from cpms.accounts.access import ask
from cpms.accounts.roles import Permission, Role
from helpdesk.tickets import actions
from helpdesk.tickets.models import Ticket
from tests.factories import CentreFactory, NetworkFactory, UserFactory, give_role

pytestmark = pytest.mark.django_db
ALL = "asker helpdesk core consulted"
# Verb: state of the ticket to those who may
MAY = {
    "reply": {"open": "asker helpdesk", "escalated": ALL, "closed": "asker", "forgotten": ""},
    "close": {"open": "asker helpdesk", "escalated": "asker helpdesk core", "closed": "", "forgotten": ""},
    "escalate": {"open": "helpdesk", "escalated": "", "closed": "", "forgotten": ""},
    "give_back": {"open": "", "escalated": "core", "closed": "", "forgotten": ""},
    "consult": {"open": "helpdesk", "escalated": "helpdesk core", "closed": "", "forgotten": ""},
    "forget": {
        "open": "asker helpdesk",
        "escalated": "asker helpdesk core",
        "closed": "asker helpdesk core",
        "forgotten": "",
    },
    "link": {"open": "", "escalated": "core", "closed": "core", "forgotten": "core"},
}


def in_state(state):
    network, other = NetworkFactory(), NetworkFactory(code="BOND", name="ERN BOND")
    people = {"asker": UserFactory(centre=CentreFactory(network=network))}
    for name, place in (("helpdesk", network), ("consulted", other), ("core", None), ("coordinator", network)):
        people[name] = UserFactory(role="none")
        role = {"core": Role.CORE_HELPDESK, "coordinator": Role.NETWORK_COORDINATOR}.get(name, Role.HELPDESK_ADULT)
        give_role(people[name], role, network=place)
    ticket = actions.raise_ticket("bug", text="Slow.", network=network, by=people["asker"])
    if state != "open":
        actions.consult(ticket, network=other, by=people["helpdesk"])
        actions.escalate(ticket, by=people["helpdesk"])
    if state == "closed":
        actions.close_ticket(ticket, by=people["asker"])
    if state == "forgotten":
        actions.forget_words(ticket, by=people["helpdesk"])
    return ticket, people


@pytest.mark.parametrize("state", ["open", "escalated", "closed", "forgotten"])
def test_who_may_do_what(state):
    ticket, people = in_state(state)
    found = {}
    for name, person in people.items():
        seen = Ticket.objects.visible_to(person).with_surroundings().filter(pk=ticket.pk).first()
        for verb in MAY:
            found.setdefault(verb, set())
            if seen is not None and ask(Permission(f"ticket_{verb}"), person, seen):
                found[verb].add(name)
    assert found == {verb: set(cells[state].split()) for verb, cells in MAY.items()}


def test_a_question_is_never_told_of_in_public():
    _ticket, people = in_state("open")
    question = actions.raise_ticket("question", text="Where?", network=None, by=UserFactory(role="none", centre=None))
    assert not ask(Permission.TICKET_LINK, people["core"], question)


def test_a_network_is_consulted_once_and_only_where_somebody_is():
    ticket, people = in_state("escalated")
    with pytest.raises(actions.answering.Refused, match="in the thread"):
        actions.consult(ticket, network=NetworkFactory(code="BOND", name="ERN BOND"), by=people["helpdesk"])
    with pytest.raises(actions.answering.Refused, match="nobody to ask"):
        actions.consult(ticket, network=NetworkFactory(code="CRANIO", name="ERN CRANIO"), by=people["helpdesk"])
