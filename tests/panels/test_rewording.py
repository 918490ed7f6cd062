"""Authors correct their words, the earlier ones stay readable; fresh words can be taken back as if never said."""

from __future__ import annotations

import datetime as dt

import pytest

from cpms import clock
from cpms.accounts.access import Refused
from cpms.notifications.models import WorkItem
from cpms.notifications.states import Verb
from outcomes import actions as outcomes
from panels import actions as panels
from panels.models import Contribution, Message, Wording
from tests.clients import signed_in
from tests.factories import Story

pytestmark = pytest.mark.django_db


@pytest.fixture
def story():
    story = Story()
    story.open()
    story.seat(story.expert)
    return story


def waits(story, verb, who):
    return WorkItem.objects.open().filter(verb=verb, who=who).exists()


def age(said, minutes):
    type(said).objects.filter(pk=said.pk).update(at=clock.now() - dt.timedelta(minutes=minutes))
    return type(said).objects.with_surroundings().get(pk=said.pk)


def test_a_corrected_statement_keeps_its_earlier_wordings(story):
    said = story.contribute(story.expert)
    panels.reword(said, text="Second.", by=story.expert)
    panels.reword(said, text="Third.", by=story.expert)
    panels.reword(said, text="Third.", by=story.expert)
    assert [wording.text for wording in Wording.objects.all()] == [story.canary("advice"), "Second."]
    page = signed_in(story.lead).get(story.fresh().get_absolute_url()).content.decode()
    for words in ("Third.", "Second.", story.canary("advice"), "Corrected today"):
        assert words in page


def test_only_the_author_and_only_while_the_panel_is_open(story):
    said = story.contribute(story.expert)
    with pytest.raises(Refused, match="somebody else's"):
        panels.reword(said, text="No.", by=story.lead)
    outcomes.start_outcome(story.fresh(), by=story.lead)
    with pytest.raises(Refused, match="outcome is being written"):
        panels.reword(said, text="Too late.", by=story.expert)


def test_a_fresh_statement_is_taken_back_as_if_never_said(story):
    said = story.contribute(story.expert, kind="need_data")
    assert story.fresh().first_reply_at is not None
    assert waits(story, Verb.ADD_DATA, story.lead)
    panels.reword(said, text="Second.", by=story.expert)
    panels.recall(said, by=story.expert)
    assert not Contribution.objects.exists()
    assert not Wording.objects.exists()
    assert story.fresh().first_reply_at is None
    assert not waits(story, Verb.ADD_DATA, story.lead)
    assert waits(story, Verb.REPLY, story.expert)


def test_another_statement_still_counts_after_one_was_recalled(story):
    first = age(story.contribute(story.expert), 30)
    story.panel.invitations.update(sent_at=first.at)
    panels.recall(story.contribute(story.expert, "second"), by=story.expert)
    assert story.fresh().first_reply_at == first.at
    assert not waits(story, Verb.REPLY, story.expert)


@pytest.mark.parametrize(("minutes", "gone"), [(4.9, True), (5.1, False)])
def test_five_minutes_to_recall(story, minutes, gone):
    said = age(panels.comment(story.fresh(), text="Oops.", by=story.expert), minutes)
    if gone:
        panels.recall(said, by=story.expert)
    else:
        with pytest.raises(Refused, match="five minutes"):
            panels.recall(said, by=story.expert)
    assert Message.objects.exists() is not gone


def test_what_was_answered_or_marked_stays(story):
    said = story.contribute(story.expert)
    panels.take_stance(said, kind="agree", by=story.lead)
    with pytest.raises(Refused, match="answered this already"):
        panels.recall(said, by=story.expert)


def test_the_page_corrects_recalls_and_keeps_what_was_typed(story):
    said = panels.comment(story.fresh(), text="Frist.", by=story.expert)
    client, path = signed_in(story.expert), f"/messages/{said.pk}/reword/"
    assert "Frist." in client.get(path).content.decode()
    assert client.post(path, {"text": " "}).status_code == 422
    assert client.post(path, {"text": "First."}).status_code == 302
    assert Message.objects.get().text == "First."
    assert client.post(path, {"recall": "1"}).status_code == 302
    assert not Message.objects.exists()
