"""A guest, or somebody who left a hospital, becomes a member by asking as everybody does; nobody else learns of the account."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cpms.accounts import actions as accounts
from cpms.accounts.access import Refused
from cpms.accounts.models import ActivationLink, User
from cpms.accounts.roles import Role
from cpms.audit.models import AuditEvent
from cpms.jobs.models import Job
from cpms.notifications.models import OutboxMessage
from helpdesk.people import actions
from helpdesk.people.models import AccessRequest
from tests.clients import signed_in
from tests.factories import CentreFactory, UserFactory, give_role
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
