"""A panel that stands still: the lead's task after three weeks, coordinators told, the helpdesk after sixty days."""

from __future__ import annotations

import datetime as dt

import pytest

from cpms import clock
from cpms.accounts.roles import Role
from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.notifications.notices import Notice
from cpms.notifications.states import Verb
from panels import actions as panels
from panels import queries
from panels.models import SIGNS, Contribution, Message, Panel
from tests.factories import Story, UserFactory, give_role

pytestmark = pytest.mark.django_db


def age(story, days):
    """Everything that happened lies so many days back."""
    at = clock.now() - dt.timedelta(days=days)
    Panel.objects.filter(pk=story.panel.pk).update(opened_at=at)
    for sign in SIGNS:
        for row in sign.model._base_manager.filter(sign.only, **{sign.panel: story.panel.pk}):
            for field in sign.at:
                set_back(row, field, at)


def set_back(row, field, at):
    *way, column = field.split("__")
    for name in way:
        row = getattr(row, name)
    if getattr(row, column) is not None:
        type(row)._base_manager.filter(pk=row.pk).update(**{column: at})


@pytest.fixture
def story():
    story = Story()
    story.open()
    story.seat(story.expert)
    story.contribute(story.expert)
    return story


def told():
    return {(mail.recipient_id, mail.link) for mail in OutboxMessage.objects.filter(notice=Notice.PANEL_IDLE)}


def waits(story):
    return WorkItem.objects.open().filter(who=story.lead, verb=Verb.REVIVE).count()


@pytest.mark.parametrize(("days", "found"), [(20.99, 0), (21.01, 1)])
def test_three_weeks_to_the_hour(story, days, found):
    age(story, days)
    assert len(queries.standing_still()[0]) == found


def test_the_newest_event_of_any_kind_counts(story):
    age(story, 40)
    panels.comment(story.fresh(), text="Still here.", by=story.expert)
    assert queries.standing_still() == ([], set())


def test_a_view_of_a_statement_ends_the_silence_too(story):
    story.seat(second := UserFactory())
    age(story, 40)
    panels.take_stance(Contribution.objects.get(), kind="agree", by=second)
    assert queries.standing_still() == ([], set())


@pytest.mark.parametrize(("days", "found", "long"), [(10.4, 0, 0), (10.6, 1, 0), (30.1, 1, 1)])
def test_an_urgent_panel_halves_the_days(story, days, found, long):
    Panel.objects.filter(pk=story.panel.pk).update(urgency="urgent")
    age(story, days)
    still, told_too = queries.standing_still()
    assert (len(still), len(told_too)) == (found, long)
    networks = type(story.group.network).objects.all()
    assert queries.forgotten(networks).count() == long


def test_lead_and_coordinator_are_told_once_and_only_the_lead_with_an_address(story):
    coordinator, helper = UserFactory(role="none"), UserFactory(role="none")
    give_role(coordinator, Role.GROUP_COORDINATOR, group=story.group)
    give_role(helper, Role.HELPDESK_ADULT, network=story.group.network)
    age(story, 30)
    assert panels.look_after_idle(by=None) == 1
    assert panels.look_after_idle(by=None) == 1
    assert told() == {(story.lead.pk, story.fresh().get_absolute_url()), (coordinator.pk, "/")}
    assert waits(story) == 1


def test_the_helpdesk_hears_after_sixty_days(story):
    helper = UserFactory(role="none")
    give_role(helper, Role.HELPDESK_ADULT, network=story.group.network)
    age(story, 61)
    panels.look_after_idle(by=None)
    assert (helper.pk, "/") in told()


def test_a_word_ends_the_silence_and_a_new_one_is_told_anew(story):
    age(story, 30)
    panels.look_after_idle(by=None)
    panels.comment(story.fresh(), text="Sorry for the wait.", by=story.lead)
    assert waits(story) == 0
    age(story, 60)
    Message.objects.update(at=clock.now() - dt.timedelta(days=25))
    panels.look_after_idle(by=None)
    assert waits(story) == 1
    assert OutboxMessage.objects.filter(notice=Notice.PANEL_IDLE, recipient=story.lead).count() == 2


def test_closed_and_withdrawn_panels_are_left_in_peace(story):
    panels.withdraw(story.fresh(), by=story.lead)
    age(story, 90)
    assert panels.look_after_idle(by=None) == 0
