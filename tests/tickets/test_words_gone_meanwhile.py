"""Whoever answers a ticket at the moment when its words are taken out is told so: an answer under a key that is gone could be read by nobody."""

from __future__ import annotations

import pytest

from cpms.accounts.access import Refused
from helpdesk.tickets import actions
from helpdesk.tickets.models import Reply
from tests.panels.test_races import rights  # noqa: F401 a fixture
from tests.panels.test_two_panels_of_one_case import one_before_the_other
from tests.tickets.house import House

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_answer_that_waits_for_it_is_refused():
    house = House()
    ticket = house.ask(text="My number is on the photograph")

    def too_late():
        with pytest.raises(Refused, match="taken out"):
            actions.reply(ticket, text="On the second one, too", by=house.asker)

    one_before_the_other(lambda: actions.forget_words(ticket, by=house.asker), too_late)
    assert not Reply.objects.exists()
