"""Being one of the invented people by one click: in a demonstration, on the same machine, and nowhere else."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from cpms.accounts.models import User
from cpms.audit.models import AuditEvent
from helpdesk.demo import people
from tests.clients import signed_in
from tests.factories import UserFactory, totp_device

pytestmark = pytest.mark.django_db
BE = reverse("demo_be")


@pytest.fixture
def person(settings):
    settings.DEMO = True
    first = people.PEOPLE[0]
    totp_device(UserFactory(email=first.email))
    return first


def be(key, client=None, **extra):
    client = client or Client(headers={"host": "localhost"})
    return client, client.post(BE, {"person": key}, secure=True, **extra)


def nobody_came_in(client):
    signed = AuditEvent.objects.filter(event="signed_in").exists()
    return not signed and client.get("/", secure=True).status_code == 302


def test_one_click_signs_in_with_both_factors_as_the_login_does(person):
    client, answer = be(person.key)
    assert (answer.status_code, answer.url) == (302, reverse("home"))
    assert client.get("/", secure=True).status_code == 200
    assert client.get(reverse("security_phone"), secure=True).status_code == 200
    user = User.objects.get(email=person.email)
    assert [event.actor_id for event in AuditEvent.objects.filter(event="signed_in")] == [user.pk]


def test_who_was_somebody_else_before_takes_nothing_along(person):
    client = signed_in(UserFactory())
    session = client.session
    session["left"] = "behind"
    session.save()
    be(person.key, client)
    assert client.session["_auth_user_id"] == str(User.objects.get(email=person.email).pk)
    assert "left" not in client.session


@pytest.mark.parametrize(
    "extra",
    [{"REMOTE_ADDR": "192.0.2.7"}, {"REMOTE_ADDR": ""}, {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}],
    ids=["another machine", "no address", "behind a proxy"],
)
def test_from_anywhere_but_the_same_machine_there_is_no_such_page(person, extra):
    client, answer = be(person.key, **extra)
    assert answer.status_code == 404
    assert nobody_came_in(client)


def test_outside_a_demonstration_there_is_no_such_page(person, settings):
    settings.DEMO = False
    client, answer = be(person.key)
    assert answer.status_code == 404
    assert nobody_came_in(client)


@pytest.mark.parametrize("key", ["", "somebody", "somebody@hospital.example"])
def test_nobody_but_the_invented_people_can_be_chosen(person, key):
    totp_device(UserFactory(email="somebody@hospital.example"))
    totp_device(UserFactory(email="somebody@demo.example"))
    client, answer = be(key)
    assert answer.status_code == 404
    assert nobody_came_in(client)


def test_neither_can_who_is_switched_off_or_has_no_phone(person):
    totp_device(UserFactory(email=people.PEOPLE[1].email, is_active=False))
    UserFactory(email=people.PEOPLE[2].email)
    assert [be(one.key)[1].status_code for one in people.PEOPLE[1:3]] == [404, 404]


def test_it_takes_a_form_of_our_own_page_only(person):
    client = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
    assert client.get(BE, secure=True).status_code == 405
    assert be(person.key, client)[1].status_code == 403
    page = client.get(reverse("demo"), secure=True).content.decode()
    assert page.count(f'action="{BE}"') == len(people.PEOPLE)
