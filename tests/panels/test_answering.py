"""Words answer words, mention people of the panel, and quote the case."""

from __future__ import annotations

import pytest

from cpms.accounts.access import Refused
from cpms.notifications.models import OutboxMessage
from cpms.notifications.notices import Notice
from panels import actions as panels
from panels.models import Contribution, Message
from tests.clients import signed_in
from tests.factories import Story, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def story():
    return Story.of_two()


def told(person, notice):
    return OutboxMessage.objects.filter(recipient=person, notice=notice).count()


def page(story, person, query=""):
    return signed_in(person).get(f"/panels/{story.panel.ref}/{query}").content.decode()


def reply(story, person, **fields):
    return signed_in(person).post(f"/panels/{story.panel.ref}/reply/", {"kind": "message", "text": "Yes.", **fields})


def test_an_answer_says_to_what_and_names_the_words(story):
    said = story.contribute(story.expert)
    assert "In answer to" in page(story, story.lead, f"?answer=s-{said.pk}")
    assert reply(story, story.lead, answers=f"s-{said.pk}").status_code == 302
    message = Message.objects.get()
    assert message.answers == said
    reply(story, story.expert, answers=f"m-{message.pk}", kind="test")
    assert Contribution.objects.exclude(pk=said.pk).get().answers == message
    assert page(story, story.lead).count("In answer to") == 2


def test_answered_words_stay(story):
    said = story.contribute(story.expert)
    reply(story, story.lead, answers=f"s-{said.pk}")
    with pytest.raises(Refused, match="answered this already"):
        panels.recall(said, by=story.expert)


@pytest.mark.parametrize("mark", ["", "s-nonsense", "x-1", "m-00000000-0000-4000-8000-000000000001"])
def test_what_is_not_there_is_answered_by_nothing(story, mark):
    reply(story, story.lead, answers=mark)
    assert Message.objects.get().answers is None


def test_words_of_another_panel_are_not_answered(story):
    other = Story("b")
    other.open()
    there = panels.comment(other.fresh(), text=other.canary("message"), by=other.lead)
    assert other.canary("message") not in page(story, story.lead, f"?answer=m-{there.pk}")
    reply(story, story.lead, answers=f"m-{there.pk}")
    assert Message.objects.get(panel=story.panel).answers is None
    with pytest.raises(Refused):
        panels.comment(story.fresh(), text="x", beside=panels.Beside(answers=there), by=story.lead)


def test_who_is_mentioned_is_told_at_once_and_not_twice(story):
    reply(story, story.lead, mentions=[str(story.expert.pk)])
    assert (told(story.expert, Notice.MENTIONED), told(story.expert, Notice.NEW_MESSAGE)) == (1, 0)
    assert (told(story.second, Notice.MENTIONED), told(story.second, Notice.NEW_MESSAGE)) == (0, 1)
    assert list(Message.objects.get().mentions.all()) == [story.expert]


def test_nobody_outside_the_panel_can_be_mentioned(story):
    outsider = UserFactory(display_name="Dr Out Sider")
    assert reply(story, story.lead, mentions=[str(outsider.pk)]).status_code == 422
    assert "Dr Out Sider" not in page(story, story.lead)
    with pytest.raises(Refused):
        panels.comment(story.fresh(), text="x", beside=panels.Beside(mentions=(outsider,)), by=story.lead)
    assert not Message.objects.exists()


def test_a_result_is_quoted_as_it_read(story):
    shown = page(story, story.expert)
    quote = f"{story.canary('lab')}: 129 mmol/L (range 133–142, laboratory’s own, low)"
    assert quote in shown
    reply(story, story.expert, quote=quote)
    assert Message.objects.get().quote == quote
    assert b"mmol" not in bytes(Message.objects.values_list("quote", flat=True).get())
    assert reply(story, story.expert, quote="Something I made up").status_code == 422
