"""Reminders: on their day, once, and only while something still waits."""

from __future__ import annotations

import datetime as dt
from functools import partial

import pytest

from cpms import clock
from cpms.notifications import actions
from cpms.notifications.actions.work import remind_one
from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.notifications.states import REMIND_AFTER, WHY, MailState, Verb, reminder_due
from panels import actions as panels
from tests.factories import CANARIES, Story, UserFactory
from tests.panels.test_two_panels_of_one_case import one_before_the_other

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def age(item, days):
    """The item as it would stand after so many days."""
    opened = item.opened_at - days * DAY
    due = reminder_due(REMIND_AFTER[item.verb], opened, item.reminders, urgent=item.urgent)
    WorkItem.objects.filter(pk=item.pk).update(opened_at=opened, remind_at=due)


def asked():
    story = Story()
    story.open(story.expert)
    return story, WorkItem.objects.get(who=story.expert)


def reminders():
    return OutboxMessage.objects.filter(notice="reminder").count()


def test_whatever_waits_says_why():
    assert set(WHY) == set(Verb)


def test_an_unanswered_invitation_is_reminded_after_three_and_seven_days():
    _story, item = asked()
    sent = []
    for _day in range(10):
        age(WorkItem.objects.get(pk=item.pk), 1)
        actions.remind()
        sent.append(reminders())
    assert sent == [0, 0, 1, 1, 1, 1, 2, 2, 2, 2]


def test_running_twice_reminds_once():
    _story, item = asked()
    age(item, 3)
    assert [actions.remind(), actions.remind()] == [1, 0]


def test_an_urgent_panel_halves_the_wait():
    now = clock.now()
    assert reminder_due(REMIND_AFTER[Verb.ANSWER], now, 0, urgent=True) == now + 1.5 * DAY
    assert reminder_due(REMIND_AFTER[Verb.ANSWER], now, 2, urgent=True) is None


def test_what_waits_already_stays_as_it_is_and_others_get_theirs_once():
    story, item = asked()
    WorkItem.objects.filter(pk=item.pk).update(reminders=1, opened_at=item.opened_at - 4 * DAY)
    known = WorkItem.objects.filter(pk=item.pk).values()
    before, other = known.get(), UserFactory()
    due_at = clock.now() + 30 * DAY
    people = [item.who, other, other]
    actions.open_for(people, item.verb, on=story.invitation(item.who), ref=item.ref, path=item.path, due_at=due_at)
    assert known.get() == before
    made = WorkItem.objects.get(who=other)
    assert (made.reminders, made.due_at) == (0, due_at)


def test_whoever_answered_is_left_in_peace():
    story, item = asked()
    panels.accept(story.invitation(story.expert), by=story.expert)
    story.contribute(story.expert)
    WorkItem.objects.update(opened_at=clock.now() - 30 * DAY)
    assert actions.remind() == 0
    item.refresh_from_db()
    assert (item.settled_how, item.remind_at) == ("done", None)


@pytest.mark.django_db(transaction=True)
def test_a_reminder_that_is_just_being_written_does_not_go_to_whoever_answers_at_that_moment():
    story, item = asked()
    age(item, 3)
    invitation = story.invitation(story.expert)
    one_before_the_other(lambda: remind_one(item.pk), lambda: panels.accept(invitation, by=story.expert))
    assert OutboxMessage.objects.get(notice="reminder").state == MailState.CANCELLED


@pytest.mark.django_db(transaction=True)
def test_a_reminder_that_is_just_being_written_does_not_go_to_whoever_hands_the_patient_over():
    story, _item = asked()
    taker = UserFactory(centre=story.lead.centre)
    panels.accept(story.invitation(story.expert), by=story.expert)
    story.contribute(story.expert, kind="need_data")
    item = WorkItem.objects.open().get(who=story.lead, verb=Verb.ADD_DATA)
    age(item, 7)
    hand_over = partial(panels.hand_over, [story.patient], to=taker, by=story.lead)
    one_before_the_other(lambda: remind_one(item.pk), hand_over)
    mails = OutboxMessage.objects.filter(notice="reminder", recipient=story.lead)
    assert [mail.state for mail in mails] == [MailState.CANCELLED]


def test_an_expired_invitation_ends_by_itself():
    story, item = asked()
    story.fresh().invitations.update(sent_at=clock.now() - 20 * DAY, expires_at=clock.now() - DAY)
    assert panels.expire_invitations(by=None) == 1
    assert story.invitation(story.expert).state == "expired"
    item.refresh_from_db()
    assert item.settled_how == "cancelled"


def test_no_mail_holds_a_clinical_word(mailoutbox):
    story, item = asked()
    panels.accept(story.invitation(story.expert), by=story.expert)
    story.contribute(story.expert)
    panels.comment(story.fresh(), text=story.canary("message"), by=story.expert)
    story.invite_guest()
    age(item, 3)
    actions.remind()
    actions.dispatch_outbox()
    assert len(mailoutbox) >= 4
    for mail in mailoutbox:
        text = mail.message().as_string()
        assert [token for token in CANARIES if token in text] == []
        assert story.panel.ref in text
