"""A day that moves, a quorum that rises, a referral that comes back: each time those concerned hear of it."""

from __future__ import annotations

import datetime as dt

import pytest

from cpms import clock
from cpms.accounts.roles import Role
from cpms.notifications import actions as notifications
from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.notifications.notices import Notice
from cpms.notifications.states import MailState, Verb
from panels import actions as panels
from panels.models import Panel
from panels.states import Rung
from tests.factories import GroupFactory, UserFactory, give_role

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def told(person, notice, *states):
    rows = OutboxMessage.objects.filter(recipient=person, notice=notice)
    return rows.filter(state__in=states).count() if states else rows.count()


def due(person, verb):
    return WorkItem.objects.open().get(who=person, verb=verb).due_at


def set_day(story, days, quorum=2):
    panels.set_terms(story.fresh(), quorum=quorum, wanted_by=clock.today() + days * DAY, by=story.lead)


def test_a_day_that_moves_back_is_told_each_time_to_members_and_to_who_has_not_answered(story):
    for days in (10, 17, 10, 17):
        set_day(story, days)
        notifications.dispatch_outbox()
    assert [told(one, Notice.TERMS_CHANGED) for one in (story.expert, story.second, story.lead)] == [4, 4, 0]
    set_day(story, 17)
    assert told(story.expert, Notice.TERMS_CHANGED) == 4, "the day is the same"


def test_who_has_not_answered_is_led_to_the_invitation_and_asked_by_a_day_that_fits(story):
    first = due(story.second, Verb.ANSWER)
    set_day(story, 2)
    assert due(story.second, Verb.ANSWER).date() == clock.today() + 2 * DAY
    mail = OutboxMessage.objects.get(recipient=story.second, notice=Notice.TERMS_CHANGED)
    assert mail.link == story.invitation(story.second).get_absolute_url()
    set_day(story, 40)
    assert due(story.second, Verb.ANSWER) == first, "a week after it was asked"
    assert due(story.expert, Verb.REPLY).date() == clock.today() + 40 * DAY


def climb_to_the_top(story):
    Panel.objects.filter(pk=story.panel.pk).update(wanted_by=clock.today() - 9 * DAY)
    return [panels.escalate(by=None) for _rung in range(4)]


def raise_quorum(story, quorum):
    """The form takes no day that has passed; the action is asked as an assistant's script would."""
    panels.set_terms(story.fresh(), quorum=quorum, wanted_by=story.fresh().wanted_by, by=story.lead)


def test_a_higher_quorum_asks_those_who_are_silent_again(story):
    assert climb_to_the_top(story) == [1, 1, 1, 0]
    notifications.dispatch_outbox()
    raise_quorum(story, 3)
    assert story.fresh().escalated == 0
    assert [panels.escalate(by=None) for _rung in range(4)] == [1, 1, 1, 0]
    asked = ((story.expert, Notice.ANSWER_LATE), (story.second, Notice.ANSWER_LATE))
    helping = ((story.lead, Notice.SUBSTITUTE_WANTED), (story.coordinator, Notice.HELP_WANTED))
    assert [told(*one) for one in (*asked, *helping)] == [2, 2, 2, 2]


def test_a_lower_or_equal_quorum_leaves_the_ladder_where_it_is(story):
    climb_to_the_top(story)
    for quorum in (2, 1):
        raise_quorum(story, quorum)
        assert story.fresh().escalated == Rung.COORDINATOR


def test_a_coordinator_of_group_and_network_hears_once_of_one_rung(story):
    give_role(story.coordinator, Role.NETWORK_COORDINATOR, network=story.group.network)
    climb_to_the_top(story)
    assert told(story.coordinator, Notice.HELP_WANTED) == 1


def test_a_referral_that_comes_back_is_mailed_again(story):
    other = GroupFactory(number=2, name="Thyroid")
    theirs = UserFactory(role="none")
    give_role(theirs, Role.GROUP_COORDINATOR, group=other)
    who = {"name": "Dr Far", "hospital": "Far Hospital", "country": "IE", "text": "Low sodium?", "urgency": "routine"}
    referral = panels.refer("far@outside.example", network=story.group.network, group=story.group, by=None, **who)
    notifications.dispatch_outbox()
    there = {"network": other.network, "group": other, "reason": "Theirs."}
    back = {"network": story.group.network, "group": story.group, "reason": "Yours."}
    panels.pass_referral_on(referral, by=story.coordinator, **there)
    panels.pass_referral_on(referral, by=theirs, **back)
    assert told(story.coordinator, Notice.REFERRAL_WAITING) == 2
    assert told(theirs, Notice.REFERRAL_WAITING, MailState.CANCELLED) == 1, "it lies there no more"
    assert WorkItem.objects.open().filter(who=story.coordinator, verb=Verb.REFERRAL).exists()
