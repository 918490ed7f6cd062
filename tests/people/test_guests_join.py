"""A guest, or somebody who left a hospital, becomes a member by asking as everybody does; nobody else learns of the account."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts.access import Refused, ask
from cpms.accounts.models import ActivationLink, Membership, User
from cpms.accounts.roles import Permission, Role
from cpms.audit.models import AuditEvent
from cpms.jobs.models import Job
from cpms.notifications.models import OutboxMessage
from helpdesk import actions as helpdesk
from helpdesk.people import actions
from helpdesk.people.models import AccessRequest
from panels import actions as panels
from panels.models import Invitation
from tests.clients import signed_in
from tests.factories import CentreFactory, NetworkFactory, Story, UserFactory, give_role
from tests.people.test_getting_in import EMAIL, read, send, status_path

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.fixture
def centre():
    return CentreFactory()


@pytest.fixture
def representative(centre):
    user = UserFactory(role="none")
    give_role(user, Role.REPRESENTATIVE, centre=centre)
    return user


def without_hospital(**more):
    fields = {"email": EMAIL, "centre": None, "role": "none", "guest_hospital": "Far Hospital", "country": "IE"}
    return UserFactory(**fields | more)


def test_an_account_without_a_hospital_joins_by_an_approved_request(centre, representative):
    guest = without_hospital()
    browser, desk = signed_in(guest), signed_in(representative)
    known, unknown = send(centre), send(centre, email="new@hospital.example")
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert set(OutboxMessage.objects.filter(address__gt="").values_list("notice", flat=True)) == {"access_asked"}
    asked = AccessRequest.objects.get(email=EMAIL)
    guest.refresh_from_db()
    assert guest.centre is None  # asking alone moves nobody
    answer = desk.post(reverse("people:approve", args=[asked.pk]), secure=True, follow=True)
    assert "has an account already and is told by mail" in answer.content.decode()
    guest.refresh_from_db()
    assert (guest.centre, guest.guest_hospital, guest.country) == (centre, "", centre.country)
    assert User.objects.get(pk=guest.pk).held_roles() == {Role.CLINICIAN}
    assert Job.objects.filter(task="notifications.tell", ids__notice="joined_centre").count() == 1
    assert browser.get("/", secure=True).status_code == 302
    assert not OutboxMessage.objects.filter(notice="account_ready").exists()
    assert AuditEvent.objects.get(event="joined_centre").actor_id == representative.pk


def test_a_guest_who_never_came_in_gets_a_link_that_leads_where_the_first_one_did(centre, representative):
    _user, _token = accounts.prepare_account(
        EMAIL,
        display_name="Dr Guest",
        by=None,
        good_for=ActivationLink.GUESTS_GOOD_FOR,
        next_path="/panels/ENDO-26-0001/",
    )
    send(centre)
    user = actions.approve_request(AccessRequest.objects.get(), by=representative)
    assert (user.centre, user.display_name) == (centre, "Dr Guest")
    assert ActivationLink.objects.get().next_path == "/panels/ENDO-26-0001/"
    assert OutboxMessage.objects.get(notice="account_ready").recipient == user
    assert "Approved" in read(status_path()).content.decode()


def test_an_account_of_a_hospital_or_switched_off_is_only_told_that_it_is_there(centre, representative):
    send(centre)
    asked = AccessRequest.objects.get()
    user = without_hospital(is_active=False)
    with pytest.raises(Refused, match="switched off"):
        actions.approve_request(asked, by=representative)
    AccessRequest.objects.all().delete()
    for change in ({"is_active": False}, {"is_active": True, "centre": CentreFactory()}):
        User.objects.filter(pk=user.pk).update(**change)
        send(centre)
    assert not AccessRequest.objects.exists()
    assert OutboxMessage.objects.filter(notice="account_exists", recipient=user).exists()


def test_the_networks_helpdesk_helps_its_guests_with_phone_and_link_and_no_more():
    story = Story("a")
    story.open()
    invitation, waiting = story.invite_guest(), story.invite_guest("late@elsewhere.example")
    User.objects.filter(pk=invitation.invitee_id).update(activated_at=clock.now())
    guest = User.objects.get(pk=invitation.invitee_id)
    panels.accept(invitation, by=guest)
    network = story.group.network
    desk, second = UserFactory(role="none"), UserFactory(role="none")
    for one, role in ((desk, Role.HELPDESK_ADULT), (second, Role.HELPDESK_PAEDIATRIC)):
        give_role(one, role, network=network)
    elsewhere, coordinator = UserFactory(role="none"), UserFactory(role="none")
    give_role(elsewhere, Role.HELPDESK_ADULT, network=NetworkFactory(code="BOND", name="ERN BOND"))
    give_role(coordinator, Role.NETWORK_COORDINATOR, network=network)

    def seen(person, by):
        return User.objects.visible_to(User.objects.get(pk=by.pk)).filter(pk=person.pk).exists()

    assert [seen(one, desk) for one in (guest, waiting.invitee)] == [True, True]
    assert [seen(guest, by) for by in (elsewhere, coordinator)] == [False, False]
    assert ask(Permission.PERSON_MANAGE, desk, guest).reason.startswith("A guest of a panel")
    client = signed_in(desk)
    assert client.get(reverse("people:person", args=[guest.pk]), secure=True).status_code == 200
    assert client.post(reverse("people:switch", args=[guest.pk]), {"on": "0"}, secure=True).status_code == 403
    actions.confirm_factor(actions.ask_for_factor(guest, how_checked="Call", by=desk), by=second)
    assert OutboxMessage.objects.get(notice="factor_reset").recipient == guest
    helpdesk.send_activation(waiting.invitee, by=desk)
    give_role(guest, Role.NATIONAL_OFFICER, country="IE")
    assert not seen(guest, desk)
    Membership.objects.filter(user=guest).delete()
    Invitation.objects.filter(pk=invitation.pk).update(guest_until=story.yesterday)
    assert not seen(guest, desk)
