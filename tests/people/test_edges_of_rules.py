"""The far ends of the rules: a second try, a shortcut round the second person, somebody without a country."""

from __future__ import annotations

import pytest

from cpms.accounts import actions
from cpms.accounts.access import Refused, ask
from cpms.accounts.models import Membership
from cpms.accounts.policy import Post, posts_for
from cpms.accounts.roles import Permission, Role
from cpms.audit.models import AuditEvent
from cpms.notifications import actions as notifications
from cpms.notifications.actions.outbox import BATCH
from cpms.notifications.models import OutboxMessage
from cpms.notifications.notices import Notice
from tests.factories import AccessRequestFactory, GroupFactory, UserFactory, give_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def network():
    return GroupFactory().network


def test_a_powerful_role_cannot_be_given_by_one_person_alone(network):
    coordinator, person = UserFactory(role="none"), UserFactory()
    give_role(coordinator, Role.NETWORK_COORDINATOR, network=network)
    with pytest.raises(Refused, match="second person"):
        actions.give_post(person, Post(Role.NETWORK_COORDINATOR, network=network), by=coordinator)
    assert not Membership.objects.filter(user=person, role=Role.NETWORK_COORDINATOR).exists()


def test_a_role_that_has_ended_cannot_be_ended_again():
    person = UserFactory()
    held = Membership.objects.get(user=person, role=Role.CLINICIAN)
    actions.end_role(held, by=person)
    with pytest.raises(Refused, match="ended already"):
        actions.end_role(held, by=person)


def test_a_delegation_is_ended_once_and_recorded_once():
    clinician = UserFactory()
    held = actions.name_assistant(UserFactory(centre=clinician.centre, role="none"), until=None, by=clinician)
    for _ in range(2):
        actions.end_delegation(held, by=clinician)
    assert AuditEvent.objects.filter(event="delegation_changed", detail__verb="ended").count() == 1


def test_a_person_without_a_country_can_be_no_officer_of_one(network):
    core, person = UserFactory(role="none"), UserFactory(centre=None, country="")
    give_role(core, Role.CORE_HELPDESK, network=network)
    assert Role.NATIONAL_OFFICER not in {post.role for post in posts_for(core, person)}
    person.country = "FI"
    assert Role.NATIONAL_OFFICER in {post.role for post in posts_for(core, person)}


def test_who_decides_no_requests_may_not_decide_this_one():
    verdict = ask(Permission.ACCESS_DECIDE, UserFactory(), AccessRequestFactory())
    assert not verdict
    assert "decided by" in verdict.reason


def test_more_mails_than_one_batch_go_out_in_one_round(mailoutbox):
    person = UserFactory()
    for occasion in range(BATCH):
        notifications.notify([person], notice=Notice.PASSWORD_CHANGED, by=None, about=person, again=str(occasion))
    assert notifications.dispatch_outbox() == BATCH
    assert not OutboxMessage.objects.filter(state="waiting").exists()
    assert len(mailoutbox) == BATCH
