"""What two people do counts only while both of them are entitled to it, and while it is not over before it begins."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts.access import Refused
from cpms.accounts.models import User
from cpms.accounts.policy import Post
from cpms.accounts.roles import Role
from cpms.notifications.models import OutboxMessage
from helpdesk.people import actions
from helpdesk.people.models import RoleProposal
from tests.clients import signed_in
from tests.factories import CentreFactory, GroupFactory, NetworkFactory, Story, UserFactory
from tests.people.test_two_people import holder

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.fixture
def centre():
    return CentreFactory()


@pytest.fixture
def person(centre):
    return UserFactory(centre=centre, role="none")


def lose(person, how):
    if how == "role":
        person.memberships.update(ended_at=clock.now(), ended_by=person)
    else:
        User.objects.filter(pk=person.pk).update(is_active=False)


@pytest.mark.parametrize("how", ["role", "account"])
def test_what_two_people_do_needs_both_of_them_entitled_at_the_end(how, centre, person):
    first, second = holder("network_coordinator", centre), holder("network_coordinator", centre)
    desk, other_desk = holder("helpdesk_adult", centre), holder("helpdesk_paediatric", centre)
    post = Post(Role.HELPDESK_ADULT, network=NetworkFactory())
    proposal = actions.propose_role(person, post, by=first)
    lost = actions.ask_for_factor(UserFactory(centre=centre), how_checked="Call", by=desk)
    story = Story("glass")
    glass = actions.ask_for_glass(story.open(), reason="The meeting begins.", by=desk)
    for one in (first, desk):
        lose(one, how)
    page = signed_in(second).get(reverse("people:person", args=[person.pk]), secure=True).content.decode()
    assert "may not ask for this any more" in page
    for act, wish, by in (
        (actions.confirm_role, proposal, second),
        (actions.confirm_factor, lost, other_desk),
        (actions.confirm_glass, glass, other_desk),
    ):
        with pytest.raises(Refused, match="may not ask for this any more"):
            act(wish, by=by)
    assert not person.memberships.exists()
    third = holder("network_coordinator", centre)
    actions.confirm_role(actions.propose_role(person, post, by=second), by=third)  # asked anew, without waiting
    assert person.memberships.get().granted_by == second


def test_a_role_whose_last_day_is_over_is_refused_with_the_reason(centre, person):
    first, second = holder("network_coordinator", centre), holder("network_coordinator", centre)
    proposal = actions.propose_role(
        person, Post(Role.RESEARCHER, network=NetworkFactory(), registry="invented"), by=first
    )
    RoleProposal.objects.filter(pk=proposal.pk).update(valid_to=clock.rights_day() - dt.timedelta(days=1))
    with pytest.raises(Refused, match="last day that was asked for is over"):
        actions.confirm_role(proposal, by=second)
    answer = signed_in(second).post(reverse("people:confirm_role", args=[proposal.pk]), secure=True)
    assert answer.status_code == 403
    yesterday = clock.rights_day() - dt.timedelta(days=1)
    with pytest.raises(Refused, match="over before it begins"):
        accounts.give_post(person, Post(Role.GROUP_COORDINATOR, group=GroupFactory()), by=first, valid_to=yesterday)


def test_the_core_helpdesk_seconds_a_researcher_and_names_none(centre, person):
    only, core = holder("network_coordinator", centre), holder("core_helpdesk", centre)
    post = Post(Role.RESEARCHER, network=NetworkFactory(), registry="invented")
    with pytest.raises(Refused):
        actions.propose_role(person, post, by=core)
    proposal = actions.propose_role(person, post, by=only)
    assert OutboxMessage.objects.get(notice="role_proposed").recipient == core
    actions.confirm_role(proposal, by=core)
    assert [(row.confirmed_by, row.registry) for row in person.memberships.all()] == [(core, "invented")]
    with pytest.raises(Refused, match="for one registry"):
        actions.propose_role(person, Post(Role.RESEARCHER, network=post.network), by=only)
