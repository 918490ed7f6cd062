"""A ticket is found again by a word, among those that the person sees; nothing is kept of what was looked for."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from helpdesk.tickets import actions, queries
from tests.clients import signed_in
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


def found(person, words):
    return queries.search(queries.of_helpdesk(person), words)


def test_a_word_finds_what_was_asked_its_number_who_asked_and_the_known_bug(house):
    other = UserFactory(display_name="Dr Maia Kask", centre=house.asker.centre)
    slow, upload = house.ask("Prévisualisation is slow."), house.ask("Upload of a table fails.", by=other)
    entry = actions.publish("bug", title="Sheets are late", words="", state="planned", by=house.core)
    actions.escalate(slow, by=house.helpdesk)
    actions.link_ticket(slow, entry=entry, by=house.core)
    desk = house.helpdesk
    for words, wanted in (
        ("previsual", [slow]),
        ("TABLE upload", [upload]),
        (upload.ref, [upload]),
        (upload.ref.removeprefix("T-").lower(), [upload]),
        ("kask", [upload]),
        ("sheets", [slow]),
        (f"{house.asker.centre.name} slow", [slow]),
        ("άργα", []),
        ("slow table", []),
        ("!", []),
    ):
        assert found(desk, words) == wanted, words
    assert [one.pk for one in queries.search(queries.own(house.asker), "slow")] == [slow.pk]
    assert queries.search(queries.own(other), "slow") == found(house.elsewhere, "slow") == []


def test_replies_and_words_that_were_taken_out_are_not_found(house):
    ticket = house.ask("Something typed by mistake.")
    actions.reply(ticket, text="Purple.", by=house.helpdesk)
    assert found(house.helpdesk, "purple") == []
    actions.forget_words(ticket, by=house.asker)
    assert found(house.helpdesk, "mistake") == []
    assert [one.pk for one in found(house.helpdesk, ticket.ref)] == [ticket.pk]


def test_the_page_says_what_is_searched_and_asks_as_much_for_one_as_for_thirty(house):
    house.ask("The chart is cut off.")
    client, path = signed_in(house.helpdesk), reverse("tickets:list")
    assert f"in the newest {queries.LOOKED_THROUGH}" in client.get(path).content.decode()

    def cost():
        with CaptureQueriesContext(connection) as caught:
            page = client.post(path, {"words": "chart"})
        assert page.status_code == 200
        return len(caught), len(page.context["found"])

    once = [cost() for _turn in range(2)][-1][0]
    for _number in range(29):
        house.ask("Another chart is cut off.")
    assert cost() == (once, queries.PAGE)
    assert client.post(path, {"words": ""}).status_code == 422
    assert "0 tickets found" in client.post(path, {"words": "nowhere"}).content.decode()


def test_who_asked_is_found_in_another_alphabet_however_many_newer_tickets_there_are(house, monkeypatch):
    other = UserFactory(display_name="Δρ Μαρία Παπαδοπούλου", centre=house.asker.centre)
    ticket = house.ask("Ο φάκελος δεν ανοίγει.", by=other)
    for words in ("φακελος", "ΦΆΚΕΛΟΣ", "μαρια φάκελος"):
        assert found(house.helpdesk, words) == [ticket], words
    monkeypatch.setattr(queries, "LOOKED_THROUGH", 0)
    assert found(house.helpdesk, "μαρια παπαδοπουλου") == [ticket]
    assert found(house.helpdesk, "φακελος") == found(house.elsewhere, "μαρια") == []
