"""The address of an account that nobody ever used, mistyped or never come for, is free for another one."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cpms.accounts import actions as accounts
from cpms.accounts.access import Refused
from cpms.accounts.models import ActivationLink, User
from cpms.accounts.policy import Post
from cpms.accounts.roles import Role
from cpms.audit.models import AuditEvent
from cpms.notifications import actions as notifications
from cpms.notifications.models import OutboxMessage
from helpdesk.people import actions
from panels import actions as panels
from tests.clients import signed_in
from tests.factories import AccessRequestFactory, CentreFactory, NetworkFactory, Story, UserFactory, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
TYPED = "jana.novaa@hospital.example"


@pytest.fixture
def centre():
    return CentreFactory()


@pytest.fixture
def desk():
    person = UserFactory(role="none")
    give_role(person, Role.HELPDESK_ADULT, network=NetworkFactory())
    return person


@pytest.fixture
def representative(centre):
    person = UserFactory(centre=centre)
    give_role(person, Role.REPRESENTATIVE, centre=centre)
    return person


@pytest.fixture
def sleeper(centre, representative):
    """Approved at a mistyped address; the link is on its way."""
    return actions.approve_request(AccessRequestFactory(centre=centre, email=TYPED), by=representative)


def free(client, person):
    return client.post(reverse("people:free_address", args=[person.pk]), secure=True)


def text_of(client, person):
    return client.get(reverse("people:person", args=[person.pk]), secure=True).content.decode()


def test_a_mistyped_address_is_free_for_its_owner_and_opens_nothing_any_more(sleeper, centre, desk, representative):
    client = signed_in(desk)
    assert "Free the address" in text_of(client, sleeper)
    assert free(client, sleeper).status_code == 302
    page = text_of(client, sleeper)
    assert (TYPED in page.split("no address any more")[-1], "this account is over" in page) == (False, True)
    sleeper.refresh_from_db()
    assert (sleeper.is_active, sleeper.is_freed, sleeper.memberships.current().count()) == (False, True, 0)
    assert not ActivationLink.objects.filter(user=sleeper).exists()
    notifications.dispatch_outbox()
    assert OutboxMessage.objects.get(notice="account_ready").state == "cancelled"
    event = AuditEvent.objects.get(event="address_freed")
    assert (event.actor_id, event.subject_id) == (desk.pk, str(sleeper.pk))
    another = actions.approve_request(AccessRequestFactory(centre=centre, email=TYPED), by=representative)
    assert (another.email, another.pk == sleeper.pk) == (TYPED, False)
    switch = reverse("people:switch", args=[sleeper.pk])
    assert client.post(switch, {"on": "1"}, secure=True).status_code == 403
    assert free(client, sleeper).status_code == 403


def test_an_account_that_is_over_is_given_nothing_any_more(sleeper, centre, desk, representative):
    """Neither by the page, nor by who began while the address was freed and saw it in its account."""
    story, colleague = Story(), UserFactory(centre=centre)
    actions.free_address(User.objects.get(pk=sleeper.pk), by=desk)
    client, grant = signed_in(representative), reverse("people:grant", args=[sleeper.pk])
    answer = client.post(grant, {"post": "clinician"}, secure=True)
    assert (answer.status_code, "this account is over" in answer.content.decode()) == (403, True)
    page = text_of(client, sleeper)
    assert ("Give a role" in page, "this account is over" in page) == (False, True)
    post = Post(Role.CLINICIAN, centre=centre)
    for person in (sleeper, User.objects.get(pk=sleeper.pk)):
        with pytest.raises(Refused, match="this account is over"):
            accounts.give_post(person, post, by=representative)
    with pytest.raises(Refused, match="this account is over"):
        story.open(sleeper)
    with pytest.raises(Refused, match="this account is over"):
        accounts.name_assistant(sleeper, until=None, by=colleague)


def invited(person):
    story = Story()
    story.open(person)


def served(person):
    give_role(UserFactory(role="none"), Role.CLINICIAN, centre=person.centre, granted_by=person)


def named(person):
    accounts.name_assistant(person, until=None, by=UserFactory(centre=person.centre))


@pytest.mark.parametrize(("meant", "words"), [(invited, "invitation"), (served, "role"), (named, "delegation")])
def test_an_account_that_something_is_meant_for_keeps_its_address(sleeper, desk, meant, words):
    meant(sleeper)
    client = signed_in(desk)
    reason = f"stays until what is meant for this account is taken back: {words}."
    assert reason in text_of(client, sleeper)
    answer = free(client, sleeper)
    assert (answer.status_code, reason in answer.content.decode()) == (403, True)
    assert User.objects.get(pk=sleeper.pk).email == TYPED


def test_what_was_taken_back_holds_no_address(sleeper, desk):
    story = Story()
    story.open(sleeper)
    panels.end_invitation(story.invitation(sleeper), by=story.lead)
    assert free(signed_in(desk), sleeper).status_code == 302


def test_an_account_in_use_and_people_without_a_helpdesks_role_are_refused(sleeper, centre, desk, representative):
    for by, person, words in (
        (representative, sleeper, "freed by the helpdesk"),
        (desk, UserFactory(centre=centre), "changes the address on the security page"),
    ):
        answer = free(signed_in(by), person)
        assert (answer.status_code, words in answer.content.decode()) == (403, True)
    assert free(signed_in(UserFactory()), sleeper).status_code == 404
