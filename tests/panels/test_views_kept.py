"""A view that is changed leaves the earlier one readable; a dissent taken back asks for no meeting any more."""

from __future__ import annotations

import pytest

from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.notifications.notices import Notice
from cpms.notifications.states import MailState, Verb
from panels import actions as panels
from panels.models import Wording
from tests.clients import signed_in
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def meeting_asked(story):
    return WorkItem.objects.open().filter(verb=Verb.MEET, who=story.lead).exists()


@pytest.fixture
def said(story):
    panels.accept(story.invitation(story.second), by=story.second)
    return story.contribute(story.expert)


def test_each_earlier_view_is_kept_with_kind_and_words(story, said):
    panels.take_stance(said, kind="dissent", text="Dangerous dose", by=story.second)
    panels.take_stance(said, kind="dissent", text="Dangerous dose", by=story.second)
    assert not Wording.objects.exists()
    panels.take_stance(said, kind="amend", text="Half of it", by=story.second)
    panels.take_stance(said, kind="agree", by=story.second)
    kept = [(row.kind, row.text) for row in Wording.objects.filter(stance__who=story.second)]
    assert kept == [("dissent", "Dangerous dose"), ("amend", "Half of it")]
    page = signed_in(story.expert).get(story.fresh().get_absolute_url()).content.decode()
    assert "Agrees now" in page
    assert "Dangerous dose" in page
    assert "Half of it" in page


def test_an_objection_shows_what_it_was_before(story, said):
    panels.take_stance(said, kind="agree", by=story.second)
    assert "Agrees now" not in signed_in(story.lead).get(story.fresh().get_absolute_url()).content.decode()
    panels.take_stance(said, kind="dissent", text="Not at this weight", by=story.second)
    page = signed_in(story.lead).get(story.fresh().get_absolute_url()).content.decode()
    assert "<b>Agree</b>" in page
    assert "Not at this weight" in page


def test_the_last_dissent_taken_back_asks_for_no_meeting(story, said):
    third = UserFactory()
    story.seat(third)
    panels.take_stance(said, kind="dissent", text="No.", by=story.second)
    panels.take_stance(said, kind="dissent", text="No.", by=third)
    panels.take_stance(said, kind="agree", by=story.second)
    assert meeting_asked(story)
    panels.take_stance(said, kind="amend", text="A little less.", by=third)
    assert not meeting_asked(story)
    unsent = OutboxMessage.objects.filter(notice=Notice.MEETING_PROPOSED, state=MailState.WAITING)
    assert not unsent.exists()


def test_a_wish_to_meet_stays_when_a_dissent_goes(story, said):
    panels.take_stance(said, kind="dissent", text="No.", by=story.second)
    panels.wish_meeting(story.fresh(), by=story.second)
    panels.take_stance(said, kind="agree", by=story.second)
    assert meeting_asked(story)
