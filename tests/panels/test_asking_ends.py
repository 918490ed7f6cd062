"""What asked for more advice, and waits for the reader's daily mail, asks no more once it is there or somebody saw to it."""

from __future__ import annotations

import datetime as dt

import pytest

from cpms import clock
from cpms.notifications import actions as notifications
from cpms.notifications.models import OutboxMessage
from cpms.notifications.notices import Notice
from cpms.notifications.states import Pace
from outcomes import actions as outcomes
from panels import actions as panels
from panels.models import Dispatch, Panel
from panels.states import Rung
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def late(story):
    """Advice is late by nine days: the lead was asked for substitutes and the coordinator for names, both by the daily mail."""
    for person in (story.lead, story.coordinator):
        notifications.wish_mails(pace=Pace.DAILY, daily_at=8, quiet_from=None, quiet_to=None, by=person)
    for days in (1, 4, 9):
        Panel.objects.filter(pk=story.panel.pk).update(wanted_by=clock.today() - dt.timedelta(days=days))
        assert panels.escalate(by=None) == 1
    assert (waits(story.lead, Notice.SUBSTITUTE_WANTED), waits(story.coordinator, Notice.HELP_WANTED)) == (1, 1)
    return story


def waits(person, notice):
    return OutboxMessage.objects.filter(recipient=person, notice=notice, state="held").count()


def test_enough_advice_ends_both(late):
    panels.set_terms(late.fresh(), quorum=1, wanted_by=late.fresh().wanted_by, by=late.lead)
    late.contribute(late.expert)
    assert (waits(late.lead, Notice.SUBSTITUTE_WANTED), waits(late.coordinator, Notice.HELP_WANTED)) == (0, 0)


def test_somebody_else_who_is_asked_in_ends_the_wish_for_a_substitute(late):
    panels.invite_experts(late.fresh(), people=[UserFactory()], by=late.lead)
    assert (waits(late.lead, Notice.SUBSTITUTE_WANTED), waits(late.coordinator, Notice.HELP_WANTED)) == (0, 1)


def test_names_end_the_wish_for_names(late):
    panels.take_up(Dispatch.objects.get(panel=late.panel), by=late.coordinator)
    Panel.objects.filter(pk=late.panel.pk).update(escalated=Rung.SUBSTITUTE)
    assert (panels.escalate(by=None), waits(late.coordinator, Notice.HELP_WANTED)) == (1, 1)
    panels.name_people(Dispatch.objects.get(panel=late.panel), people=[UserFactory()], by=late.coordinator)
    assert (waits(late.lead, Notice.SUBSTITUTE_WANTED), waits(late.coordinator, Notice.HELP_WANTED)) == (1, 0)


def test_writing_the_outcome_ends_both_and_the_wish_for_a_meeting(late):
    panels.wish_meeting(late.fresh(), by=late.expert)
    panels.mark(late.contribute(late.expert), marked=True, by=late.lead)
    OutboxMessage.objects.filter(state="cancelled", notice=Notice.SUBSTITUTE_WANTED).update(state="held")
    asking = (Notice.SUBSTITUTE_WANTED, Notice.MEETING_PROPOSED)
    before = [waits(late.lead, notice) for notice in asking]
    outcomes.start_outcome(late.fresh(), by=late.lead)
    assert (before, [waits(late.lead, notice) for notice in asking]) == ([1, 1], [0, 0])
    assert waits(late.coordinator, Notice.HELP_WANTED) == 0
