"""What lies with a group or network never waits for somebody who has gone: it waits for those who coordinate there today."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consent import actions as consent
from consent.states import Stage
from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts.policy import Post
from cpms.accounts.roles import Role
from cpms.jobs.models import Job
from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.notifications.notices import Notice
from cpms.notifications.states import Verb
from panels import actions as panels
from panels.models import Dispatch, Panel, Referral
from panels.states import Rung
from tests.factories import NetworkFactory, Story, UserFactory, give_role

pytestmark = pytest.mark.django_db
VERBS = (Verb.DISPATCH, Verb.REFERRAL, Verb.HELP)


@pytest.fixture
def story():
    """A panel late enough for its coordinator's help, and a referral; one coordinates the group, another the network."""
    story = Story()
    story.coordinator, story.wide = UserFactory(role="none"), UserFactory(role="none")
    give_role(story.coordinator, Role.GROUP_COORDINATOR, group=story.group)
    give_role(story.wide, Role.NETWORK_COORDINATOR, network=NetworkFactory())
    story.open(story.expert)
    Panel.objects.update(wanted_by=clock.today() - dt.timedelta(days=30), escalated=Rung.SUBSTITUTE)
    panels.escalate(by=None)
    words = {"name": "Dr Far Away", "hospital": "County Hospital", "country": "IE", "urgency": "soon"}
    place = {"network": NetworkFactory(), "group": story.group}
    panels.refer("far@outside.example", text=story.canary("referral"), by=None, **words, **place)
    return story


def waits_for(*people):
    """How many of the three things wait for each of these."""
    items = WorkItem.objects.open().filter(verb__in=VERBS)
    return [items.filter(who=person).values("verb").count() for person in people]


def told(person):
    notices = (Notice.DISPATCHED, Notice.HELP_WANTED, Notice.REFERRAL_WAITING)
    return OutboxMessage.objects.filter(recipient=person, notice__in=notices).count()


def leave(story):
    accounts.end_role(story.coordinator.memberships.get(role=Role.GROUP_COORDINATOR), by=story.wide)


def test_with_the_role_it_passes_to_the_network_which_is_told_once(story):
    assert waits_for(story.coordinator, story.wide) == [3, 0]
    leave(story)
    assert Job.objects.filter(task="panels.look_after_unattended").exists()
    assert [panels.look_after_unattended(by=None) for _run in range(2)] == [3, 0]
    assert waits_for(story.coordinator, story.wide) == [0, 3]
    assert told(story.wide) == 3


def test_a_role_that_lapses_by_its_date_or_an_account_switched_off_leaves_nothing_behind(story):
    accounts.switch_account(story.coordinator, on=False, by=give_core())
    assert Job.objects.filter(task="panels.look_after_unattended").exists()
    assert panels.look_after_unattended(by=None) == 3
    yesterday = clock.rights_day() - dt.timedelta(days=1)
    story.wide.memberships.update(valid_from=yesterday, valid_to=yesterday)
    give_role(next_one := UserFactory(role="none"), Role.NETWORK_COORDINATOR, network=NetworkFactory())
    assert panels.look_after_unattended(by=None) == 3
    assert (waits_for(next_one), told(next_one)) == ([3], 3)


def give_core():
    person = UserFactory(role="none")
    give_role(person, Role.CORE_HELPDESK)
    return person


def test_what_nobody_coordinates_waits_for_the_first_who_is_named(story):
    leave(story)
    story.wide.memberships.update(ended_at=clock.now(), ended_by=story.wide)
    WorkItem.objects.filter(who=story.wide).delete()
    assert panels.look_after_unattended(by=None) == 0
    named, lead = UserFactory(role="none"), UserFactory(role="none")
    give_role(lead, Role.NETWORK_COORDINATOR, network=NetworkFactory())
    Job.objects.all().delete()
    accounts.give_post(named, Post(Role.GROUP_COORDINATOR, group=story.group), by=lead)
    assert Job.objects.filter(task="panels.look_after_unattended").exists()
    assert panels.look_after_unattended(by=None) == 3
    assert waits_for(named, lead) == [3, 0]


def test_what_waits_for_one_of_two_is_left_with_the_other(story):
    give_role(second := UserFactory(role="none"), Role.GROUP_COORDINATOR, group=story.group)
    assert panels.look_after_unattended(by=None) == 0
    assert waits_for(story.coordinator, second) == [3, 0]


def test_what_was_decided_given_up_or_withdrawn_is_left_in_peace(story):
    dispatch, referral = Dispatch.objects.get(), Referral.objects.get()
    panels.name_people(dispatch, people=[UserFactory()], by=story.coordinator)
    panels.decline_referral(referral, reason="Not for a panel.", by=story.coordinator)
    consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)
    panels.freeze(str(story.patient.pk), by=None)
    leave(story)
    assert panels.look_after_unattended(by=None) == 0
    assert waits_for(story.wide) == [0]


def test_help_is_asked_for_no_more_once_there_is_enough_advice(story):
    panels.accept(story.invitation(story.expert), by=story.expert)
    story.contribute(story.expert)
    Panel.objects.update(quorum=1)
    leave(story)
    assert panels.look_after_unattended(by=None) == 2


def test_it_asks_as_much_for_many_as_for_one(story):
    asked = []
    for tag in "bcd":
        with CaptureQueriesContext(connection) as context:
            assert panels.look_after_unattended(by=None) == 0
        asked.append(len(context))
        Story(tag).open()
    assert len(set(asked)) == 1
