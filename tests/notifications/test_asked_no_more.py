"""Whoever has answered is asked by no mail that still waits: not by the one that asked first either, as before a daily mail."""

from __future__ import annotations

import datetime as dt

import pytest

from cpms import clock
from cpms.notifications import actions as notifications
from cpms.notifications.actions.work import ASKS_FOR
from cpms.notifications.models import OutboxMessage
from cpms.notifications.notices import Notice
from cpms.notifications.states import MailState, Verb
from panels import actions as panels
from panels.meetings import actions as meetings
from panels.meetings.models import DatePoll
from panels.meetings.states import Can
from tests.factories import Story
from tests.outcomes import test_after as after
from tests.outcomes import test_surveys as surveys
from tests.panels.test_referrals import coordinator, referral  # noqa: F401 fixtures

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
closed, members = after.story, surveys.story


def asks(person, notice):
    return OutboxMessage.objects.filter(recipient=person, notice=notice, state=MailState.WAITING).count()


BY_ANOTHER_WAY = {
    Verb.FINISH_DRAFT: "who begins a draft asks themselves",
    Verb.ADD_DATA: "the message asks, and stays news",
    Verb.WRITE_OUTCOME: "no mail but reminders",
    Verb.CLOSE: "no mail but reminders",
    Verb.EFFECT: "no mail but reminders",
    Verb.OUTREACH: "no mail but reminders",
    Verb.CLARIFY: "the mail is about the group's question, of which there may be several",
    Verb.DATES: "the mail is about the proposed dates, which are asked for anew",
    Verb.FOLLOW_UP: "the mail is about one follow-up, of which there are several",
}


def test_every_verb_says_which_mail_asks_for_it():
    assert not ASKS_FOR.keys() & BY_ANOTHER_WAY
    assert ASKS_FOR.keys() | BY_ANOTHER_WAY.keys() == set(Verb)


@pytest.mark.parametrize("verb", sorted(ASKS_FOR))
def test_what_is_done_is_asked_for_of_nobody_else_and_no_more(verb):
    story = Story()
    both, about = (story.lead, story.expert), {"ref": "X", "path": "/", "due_at": clock.now()}
    notifications.open_for(both, Verb(verb), on=story.network, **about)
    for notice in ASKS_FOR[verb]:
        notifications.notify(both, notice=notice, by=None, about=story.network)
    notifications.settle_work(story.lead, Verb(verb), on=story.network)
    left = [[asks(person, notice) for person in both] for notice in ASKS_FOR[verb]]
    assert left == [[0, 1]] * len(left)


def test_of_a_follow_up(closed):
    follow_up = after.asked(closed)
    before = asks(closed.lead, Notice.FOLLOW_UP_WANTED)
    after.answer(closed, follow_up)
    assert (before, asks(closed.lead, Notice.FOLLOW_UP_WANTED)) == (1, 0)


def test_in_a_survey(members):
    survey = surveys.opened(members)
    surveys.answer(survey, members.expert, useful=8)
    assert [asks(one, Notice.SURVEY) for one in (members.lead, members.expert)] == [1, 0]


def test_which_dates_suit(db):
    story = Story.of_two()
    days = [clock.now() + dt.timedelta(days=number) for number in (3, 4)]
    meetings.propose_dates(story.fresh(), dates=days, minutes=30, link="", by=story.lead)
    poll = DatePoll.objects.get()
    first, second = poll.dates.order_by("starts_at")
    meetings.answer_dates(poll, answers={first.pk: Can.YES}, by=story.expert)
    half = asks(story.expert, Notice.DATES)
    meetings.answer_dates(poll, answers={second.pk: Can.NO}, by=story.expert)
    assert (half, asks(story.expert, Notice.DATES), asks(story.second, Notice.DATES)) == (1, 0, 1)


def test_for_the_panel_of_a_referral(referral, coordinator):  # noqa: F811 a fixture
    story = Story()
    panels.accept_referral(referral, clinician=story.lead, by=coordinator)
    before = asks(story.lead, Notice.REFERRAL_YOURS)
    draft = panels.draft_panel(story.case, network=story.network, by=story.lead)
    panels.grow_from_referral(referral, draft, by=story.lead)
    assert (before, asks(story.lead, Notice.REFERRAL_YOURS)) == (1, 0)
