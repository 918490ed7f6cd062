"""A wish that nobody decided in time, or that is made anew, waits for nobody and is asked for by no mail."""

from __future__ import annotations

import datetime as dt

import pytest

from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.roles import Role
from cpms.notifications.models import OutboxMessage, WorkItem
from helpdesk.people import actions, tasks
from helpdesk.people.models import GlassBreak, PlaceProposal
from tests.factories import CentreFactory, NetworkFactory, Story, UserFactory, give_role
from tests.people.test_two_people import holder

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.fixture
def centre():
    return CentreFactory()


@pytest.fixture
def bond():
    return NetworkFactory(code="BOND", name="ERN BOND")


@pytest.fixture
def stranger(bond):
    person = UserFactory(role="none")
    give_role(person, Role.HELPDESK_ADULT, network=bond)
    return person


def ask(centre, bond, stranger):
    return actions.place_or_ask(centre, network=bond, kind="full", by=stranger)


def mails(notice, **fields):
    return list(OutboxMessage.objects.filter(notice=notice, **fields).values_list("recipient", flat=True))


def test_a_hospital_asked_for_a_month_ago_waits_for_nobody_any_more(centre, bond, stranger):
    decider = holder("network_coordinator", centre)
    proposal = ask(centre, bond, stranger)
    assert WorkItem.objects.open().get(verb="confirm_place").who == decider
    tasks.look_after_requests()
    assert WorkItem.objects.open().filter(verb="confirm_place").exists()
    PlaceProposal.objects.update(asked_at=clock.now() - dt.timedelta(days=30, minutes=1))
    for _ in range(2):
        tasks.look_after_requests()
    proposal.refresh_from_db()
    assert (proposal.state, WorkItem.objects.open().filter(verb="confirm_place").count()) == ("dropped", 0)
    assert (mails("place_asked", state="waiting"), mails("place_decided")) == ([], [stranger.pk])
    with pytest.raises(Refused):
        actions.confirm_place(proposal, by=decider)
    assert ask(centre, bond, stranger).pk != proposal.pk


def test_a_hospital_asked_for_anew_before_the_night_came_is_asked_for_once(centre, bond, stranger):
    decider = holder("network_coordinator", centre)
    first = ask(centre, bond, stranger)
    PlaceProposal.objects.update(asked_at=clock.now() - dt.timedelta(days=30, minutes=1))
    second = ask(centre, bond, stranger)
    assert second.pk != first.pk
    assert list(WorkItem.objects.open().values_list("who", "subject_id")) == [(decider.pk, second.pk)]
    assert mails("place_asked", state="waiting") == [decider.pk]


def test_a_look_behind_the_glass_asked_for_anew_is_one_mail(centre):
    story = Story("glass")
    panel = story.open()
    desk, other = UserFactory(role="none"), UserFactory(role="none")
    for person in (desk, other):
        give_role(person, Role.HELPDESK_ADULT, network=story.network)
    for reason in ("The meeting begins.", "The meeting begins at ten."):
        actions.ask_for_glass(panel, reason=reason, by=desk)
    assert mails("glass_asked", state="waiting") == [other.pk]
    assert sorted(GlassBreak.objects.values_list("state", flat=True)) == ["dropped", "waiting"]
