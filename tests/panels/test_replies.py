"""A view of advice is a reply: it counts towards enough, and stops the clock of the first reply; what is recalled counts no more."""

from __future__ import annotations

import datetime as dt

import pytest

from cpms import clock
from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.notifications.notices import Notice
from cpms.notifications.states import MailState, Verb
from outcomes import actions as outcomes
from panels import actions as panels
from panels import queries
from panels.models import Contribution, Panel
from tests.factories import Story, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def story():
    story = Story()
    story.open()
    story.second = UserFactory()
    for person in (story.expert, story.second):
        story.seat(person)
    return story


def enough(story, *states):
    rows = OutboxMessage.objects.filter(recipient=story.lead, notice=Notice.ENOUGH_ADVICE)
    return rows.filter(state__in=states or [MailState.WAITING, MailState.SENT]).count()


def waits(person, verb):
    return WorkItem.objects.open().filter(who=person, verb=verb).exists()


def age(said, minutes=30):
    Contribution.objects.filter(pk=said.pk).update(at=clock.now() - dt.timedelta(minutes=minutes))


def test_agreeing_counts_towards_enough_and_the_lead_is_told(story):
    said = story.contribute(story.expert)
    assert (queries.replies(story.fresh()), enough(story)) == (1, 0)
    panels.take_stance(said, kind="agree", by=story.second)
    assert (queries.replies(story.fresh()), enough(story)) == (2, 1)
    Panel.objects.filter(pk=story.panel.pk).update(wanted_by=clock.today() - dt.timedelta(days=1))
    assert panels.escalate(by=None) == 0


def test_each_person_counts_once_however_often_they_say_so(story):
    said, other = story.contribute(story.expert), story.contribute(story.expert, "more")
    story.contribute(story.second)
    for one in (said, other):
        panels.take_stance(one, kind="agree", by=story.second)
    assert queries.replies(story.fresh()) == 2


def test_a_view_of_what_advises_nothing_and_the_treating_sides_view_count_for_nothing(story):
    asked = story.contribute(story.expert, kind="need_data")
    panels.take_stance(asked, kind="agree", by=story.second)
    assert queries.replies(story.fresh()) == 0
    assert not waits(story.second, Verb.REPLY), "it is an answer all the same"
    panels.take_stance(story.contribute(story.expert, "advice"), kind="agree", by=story.lead)
    assert queries.replies(story.fresh()) == 1


def test_the_first_view_stops_the_clock_of_the_first_reply(story):
    said = panels.contribute(story.fresh(), kind="test", text="My own idea.", by=story.lead)
    assert story.fresh().first_reply_at is None
    stance = panels.take_stance(said, kind="agree", by=story.expert)
    first = story.fresh().first_reply_at
    assert abs(first - stance.at) < dt.timedelta(seconds=1)
    story.contribute(story.second)
    assert story.fresh().first_reply_at == first


def test_after_a_recall_the_first_reply_is_an_earlier_view(story):
    said = panels.contribute(story.fresh(), kind="test", text="My own idea.", by=story.lead)
    stance = panels.take_stance(said, kind="agree", by=story.expert)
    Panel.objects.filter(pk=story.panel.pk).update(first_reply_at=None)
    panels.recall(story.contribute(story.second), by=story.second)
    assert story.fresh().first_reply_at == stance.at


def test_a_recall_takes_back_that_enough_is_there_and_it_is_said_again_when_it_is(story):
    story.contribute(story.expert)
    panels.recall(story.contribute(story.second), by=story.second)
    assert (queries.replies(story.fresh()), enough(story)) == (1, 0)
    assert enough(story, MailState.CANCELLED) == 1
    story.contribute(story.second, "again")
    story.contribute(story.second, "and again")
    assert enough(story) == 1


def test_a_recall_leaves_what_is_enough_without_it(story):
    story.contribute(story.expert)
    story.contribute(story.second)
    panels.recall(story.contribute(story.second, "more"), by=story.second)
    assert enough(story) == 1
    assert not waits(story.second, Verb.REPLY)


def reopened(story):
    outcome = outcomes.start_outcome(story.fresh(), by=story.lead)
    outcomes.write_outcome(story.fresh(), by=story.lead, conclusion="Salt.", items=[], version=outcome.version)
    outcomes.send_for_signature(story.fresh(), by=story.lead)
    outcomes.close_panel(story.fresh(), by=story.lead, although=9)
    panels.reopen(story.fresh(), by=story.lead)


def test_after_a_reopening_a_recall_asks_again_whoever_said_something_before(story):
    age(story.contribute(story.expert))
    reopened(story)
    assert waits(story.expert, Verb.REPLY)
    said = story.contribute(story.expert, "second round")
    assert not waits(story.expert, Verb.REPLY)
    panels.recall(said, by=story.expert)
    assert waits(story.expert, Verb.REPLY)


def test_who_took_a_view_owes_nothing_after_a_recall(story):
    said = story.contribute(story.expert)
    panels.take_stance(said, kind="agree", by=story.second)
    panels.recall(story.contribute(story.second), by=story.second)
    assert not waits(story.second, Verb.REPLY)


def test_once_the_outcome_is_written_nobody_is_told_that_enough_is_there(story):
    said = story.contribute(story.expert)
    outcomes.start_outcome(story.fresh(), by=story.lead)
    panels.take_stance(Contribution.objects.get(pk=said.pk), kind="agree", by=story.second)
    assert (queries.replies(story.fresh()), enough(story)) == (2, 0)
