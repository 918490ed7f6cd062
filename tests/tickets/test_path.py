"""A ticket from the first words to the public page: who sees it, who is told, and what waits for whom."""

from __future__ import annotations

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cpms.accounts.models import CentreMembership
from cpms.accounts.roles import Role
from cpms.notifications import actions as notifications
from cpms.notifications.models import OutboxMessage
from cpms.notifications.notices import Notice
from helpdesk import queries as today
from helpdesk.tickets import actions, queries
from helpdesk.tickets.models import Reply, StatusEntry, Ticket
from helpdesk.tickets.states import TicketState
from tests.clients import signed_in
from tests.factories import CentreFactory, NetworkFactory, Story, UserFactory, canary, give_role
from tests.tickets.house import keys, see, told, waits_for

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
RAISE, LIST, STATUS = "/help/", "/help/tickets/", "/help/status/"


def on_today(person):
    return [row.name for part in today.parts_of(person) if part.title == "Tickets" for row in part.rows]


def test_from_asking_over_escalation_and_consultation_to_the_close(house):
    asker, words = signed_in(house.asker), canary("ticket")
    sent = asker.post(RAISE, {"kind": "change", "text": words})
    ticket = Ticket.objects.get()
    here, everybody = ticket.get_absolute_url(), (house.helpdesk, house.colleague, house.elsewhere, house.core)
    assert (sent.url, ticket.network, ticket.state) == (here, house.network, TicketState.OPEN)
    assert waits_for(ticket) == told(Notice.TICKET_WAITING) == see(ticket, *everybody)
    assert see(ticket, *everybody) == keys(house.helpdesk, house.colleague)
    assert (on_today(house.helpdesk), on_today(house.elsewhere)) == ([ticket.ref], [])

    helpdesk, answer = signed_in(house.helpdesk), canary("ticket-answer")
    assert words in helpdesk.get(here).content.decode()
    helpdesk.post(f"{here}reply/", {"text": answer})
    assert (waits_for(ticket), told(Notice.TICKET_MOVED), on_today(house.helpdesk)) == (set(), keys(house.asker), [])
    assert answer in asker.get(here).content.decode()
    assert Ticket.objects.get().first_answer_at is not None

    asker.post(f"{here}reply/", {"text": "Not quite."})
    assert waits_for(ticket) == keys(house.helpdesk, house.colleague)
    helpdesk.post(f"{here}escalate/")
    assert waits_for(ticket) == keys(house.core)
    assert see(ticket, *everybody) == keys(house.helpdesk, house.colleague, house.core)
    asker.post(f"{here}close/")
    closed = Ticket.objects.get()
    assert (closed.state, closed.closed_by, waits_for(ticket)) == (TicketState.CLOSED, house.asker, set())
    assert helpdesk.post(f"{here}reply/", {"text": "Late."}).status_code == 403
    asker.post(f"{here}reply/", {"text": "It is back."})
    assert (Ticket.objects.get().state, waits_for(ticket)) == (TicketState.ESCALATED, keys(house.core))


def test_another_networks_helpdesk_is_consulted_and_what_helpdesks_say_among_themselves_stays_there(house):
    ticket, aside = house.ask(), canary("ticket-aside")
    asker, here = signed_in(house.asker), ticket.get_absolute_url()
    actions.escalate(ticket, by=house.helpdesk)
    assert signed_in(house.core).post(f"{here}consult/").status_code == 422
    signed_in(house.core).post(f"{here}consult/", {"network": house.other.pk})
    assert (waits_for(ticket), on_today(house.elsewhere)) == (keys(house.core, house.elsewhere), [ticket.ref])
    signed_in(house.elsewhere).post(f"{here}reply/", {"text": aside, "among_staff": "on"})
    assert (waits_for(ticket), on_today(house.elsewhere)) == (keys(house.core), [])
    assert told(Notice.TICKET_MOVED) == set()
    assert aside in signed_in(house.helpdesk).get(here).content.decode()
    shown = asker.get(here).content.decode()
    assert aside not in shown
    assert house.other.name in shown
    asker.post(f"{here}reply/", {"text": canary("ticket-asks"), "among_staff": "on"})
    assert canary("ticket-asks") in asker.get(here).content.decode()  # an asker has nobody to whisper to


def test_the_core_helpdesk_tells_of_it_in_its_own_words_and_people_vote(house):
    words = canary("ticket-wish")
    ticket = house.ask(text=words, kind="change")
    asker, helpdesk, core = map(signed_in, (house.asker, house.helpdesk, house.core))
    publish = f"{STATUS}new/?ticket={ticket.pk}"
    said = {"kind": "change", "title": "Sort by hospital", "words": "", "state": "planned"}
    assert helpdesk.post(publish, said).status_code == 403
    assert ticket.ref not in core.get(publish).content.decode()  # not escalated: the core helpdesk does not see it
    actions.escalate(ticket, by=house.helpdesk)
    assert words not in core.get(publish).content.decode()
    assert core.get(f"{STATUS}new/?ticket=none").status_code == 200
    core.post(publish, said)
    entry = StatusEntry.objects.get()
    assert Ticket.objects.get().entry == entry
    for client in (asker, helpdesk, asker):
        client.post(f"{STATUS}{entry.pk}/vote/", {"wanted": "yes"})
    assert entry.votes.count() == 2
    public = Client(headers={"host": "localhost"}).get(STATUS, secure=True).content.decode()
    assert "Sort by hospital" in public
    assert "2 votes" in public
    assert [word for word in (words, ticket.ref, house.asker.display_name, "/vote/") if word in public] == []
    asker.post(f"{STATUS}{entry.pk}/vote/", {"wanted": "no"})
    assert entry.votes.count() == 1


def test_what_the_public_page_says_changes_once_and_the_askers_hear_of_it(house):
    ticket, core = house.ask(), signed_in(house.core)
    actions.escalate(ticket, by=house.helpdesk)
    entry = actions.publish("bug", title="Slow lists", words="", state="planned", by=house.core)
    assert core.post(f"{ticket.get_absolute_url()}link/").status_code == 422
    core.post(f"{ticket.get_absolute_url()}link/", {"entry": entry.pk})
    before = OutboxMessage.objects.filter(notice=Notice.TICKET_MOVED, recipient=house.asker).count()
    change = {"title": "Slow lists", "words": "Since March.", "state": "done", "version": 0}
    assert core.post(f"{STATUS}{entry.pk}/change/", change).status_code == 302
    assert core.post(f"{STATUS}{entry.pk}/change/", change | {"words": "Late."}).status_code == 409
    assert StatusEntry.objects.get().words == "Since March."
    assert OutboxMessage.objects.filter(notice=Notice.TICKET_MOVED, recipient=house.asker).count() == before + 1
    assert signed_in(house.asker).post(f"{STATUS}{entry.pk}/vote/").status_code == 403


def test_mails_carry_a_number_and_no_word(house):
    ticket = house.ask(text=canary("ticket-mailed"))
    notifications.dispatch_outbox()
    actions.reply(ticket, text=canary("reply-mailed"), by=house.helpdesk)
    notifications.dispatch_outbox()
    bodies = [message.body for message in mail.outbox]
    assert len(bodies) == 3
    assert [body for body in bodies if ticket.ref not in body or "CNRY" in body] == []


def test_nothing_typed_stands_in_the_database_in_clear(house):
    ticket = house.ask(text=canary("ticket-sealed"))
    actions.reply(ticket, text=canary("reply-sealed"), by=house.helpdesk)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(encode(text, 'escape'), ' ') FROM (SELECT text FROM tickets_ticket UNION ALL "
            "SELECT text FROM tickets_reply) AS every"
        )
        assert "CNRY" not in cursor.fetchone()[0]


def test_words_that_must_not_stand_there_go_dark_for_good(house):
    ticket = house.ask(text=canary("ticket-named"))
    actions.reply(ticket, text=canary("reply-named"), by=house.helpdesk)
    client = signed_in(house.helpdesk)
    client.post(f"{ticket.get_absolute_url()}forget/")
    assert (Ticket.objects.get().text, Reply.objects.get().text) == ("Erased", "Erased")
    assert Ticket.objects.get().state == TicketState.CLOSED
    page = signed_in(house.asker).get(ticket.get_absolute_url())
    assert (page.status_code, b"CNRY" in page.content) == (200, False)
    assert signed_in(house.asker).post(f"{ticket.get_absolute_url()}reply/", {"text": "x"}).status_code == 403


def test_without_a_network_or_a_helpdesk_the_core_helpdesk_is_asked(house):
    alone = actions.raise_ticket("question", text="Where?", network=None, by=UserFactory(role="none", centre=None))
    bare = NetworkFactory(code="CRANIO", name="ERN CRANIO")
    theirs = UserFactory(centre=CentreFactory(network=bare))
    ticket = actions.raise_ticket("question", text="Where?", network=bare, by=theirs)
    assert waits_for(alone) == waits_for(ticket) == keys(house.core)
    own = actions.raise_ticket("question", text="Where?", network=None, by=house.core)
    assert waits_for(own) == set()


def test_whose_helpdesk_is_asked_among_several_and_only_among_ones_own(house):
    CentreMembership.objects.create(centre=house.asker.centre, network=house.other, since="2020-01-01")
    client = signed_in(house.asker)
    assert client.post(RAISE, {"kind": "bug", "text": "Slow."}).status_code == 422
    client.post(RAISE, {"kind": "bug", "text": "Slow.", "network": house.other.pk})
    assert Ticket.objects.get().network == house.other
    with pytest.raises(actions.answering.Refused, match="no network of yours"):
        actions.raise_ticket("bug", text="Slow.", network=house.other, by=UserFactory(role="none", centre=None))


def test_a_page_goes_along_by_its_name_and_a_panel_only_to_who_sees_it():
    story = Story()
    panel = story.open(UserFactory())
    lead, stranger = signed_in(story.lead), signed_in(UserFactory(centre=story.lead.centre))
    page = lead.get(panel.get_absolute_url()).content.decode()
    address = f"{RAISE}?at=panels%3Adetail&amp;panel={panel.ref}"
    assert f'href="{address}"' in page
    path = address.replace("&amp;", "&")
    shown = lead.get(path).content.decode()
    assert panel.ref in shown
    assert "CNRY" not in shown
    assert panel.ref not in stranger.get(path).content.decode().replace(path, "").replace(address, "")
    for client in (lead, stranger):
        client.post(path, {"kind": "bug", "text": "Slow."})
    client.post(f"{RAISE}?at=https://evil.example/&panel={'x' * 99}", {"kind": "bug", "text": "Slow."})
    kept = {(ticket.asker_id, ticket.route, ticket.panel_ref) for ticket in Ticket.objects.all()}
    outsider = stranger.get(LIST).context["user"].pk
    assert kept == {
        (story.lead.pk, "panels:detail", panel.ref),
        (outsider, "panels:detail", ""),
        (outsider, "", ""),
    }
    half = signed_in(story.lead, verified=False).get(STATUS).content.decode()
    assert "Get help" not in half
    patient = lead.get(f"/patients/{story.patient.pseudonym}/").content.decode()
    assert f'href="{RAISE}?at=patients%3Adetail"' in patient


def test_coordinators_and_a_helpdesk_that_was_not_asked_see_nothing(house):
    ticket = house.ask()
    coordinator = UserFactory(role="none")
    give_role(coordinator, Role.NETWORK_COORDINATOR, network=house.network)
    for person in (coordinator, house.elsewhere, house.core, UserFactory(centre=house.asker.centre)):
        client = signed_in(person)
        assert client.get(ticket.get_absolute_url()).status_code == 404
        assert client.post(f"{ticket.get_absolute_url()}reply/", {"text": "x"}).status_code == 404
        assert ticket.ref not in client.get(LIST).content.decode()


def test_a_role_that_ended_takes_the_sight_along(house):
    ticket = house.ask()
    client = signed_in(house.helpdesk)
    assert client.get(ticket.get_absolute_url()).status_code == 200
    house.helpdesk.memberships.update(valid_to="2020-01-01", valid_from="2019-01-01")
    assert client.get(ticket.get_absolute_url()).status_code == 404


def test_lists_and_thread_cost_the_same_for_one_and_for_thirty(house):
    first = house.ask()
    paths = [LIST, f"{LIST}?whose=mine", first.get_absolute_url(), STATUS]

    def cost(client):
        found = []
        for path in paths:
            with CaptureQueriesContext(connection) as caught:
                assert client.get(path).status_code == 200
            found.append(len(caught))
        return found

    client, before = signed_in(house.helpdesk), queries.of_helpdesk(house.helpdesk).count()
    entry = actions.publish("change", title="Sort", words="", state="planned", by=house.core)
    actions.reply(first, text="One.", by=house.helpdesk)
    actions.vote(entry, wanted=True, by=house.helpdesk)
    house.ask(by=house.helpdesk)
    once = cost(client)
    for number in range(29):
        actions.publish("change", title=f"Sort {number}", words="", state="planned", by=house.core)
        actions.reply(first, text="More.", by=house.colleague)
        house.ask()
        house.ask(by=house.helpdesk)
    assert before == 1
    assert cost(client) == once
    assert reverse("tickets:ticket", args=[first.pk]) in client.get(f"{LIST}?page=2").content.decode()
