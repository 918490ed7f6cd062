"""From a stranger's request to a first sign-in, and what nobody learns on the way."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts.access import Refused
from cpms.accounts.models import ActivationLink, Membership, User
from cpms.accounts.policy import Post
from cpms.accounts.roles import Role
from cpms.audit.models import AuditEvent
from cpms.jobs.models import Job
from cpms.notifications import actions as notifications
from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.notifications.queries import concerns
from helpdesk.people import actions
from helpdesk.people.models import AccessRequest
from tests.clients import signed_in, work_off
from tests.factories import AccessRequestFactory, CentreFactory, GroupFactory, NetworkFactory, UserFactory, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
EMAIL = "jana@hospital.example"


@pytest.fixture
def centre():
    return CentreFactory(name="Pyynikki University Hospital")


def person_with(role, **held_on):
    user = UserFactory(role="none")
    give_role(user, role, **held_on)
    return user


@pytest.fixture
def representative(centre):
    return person_with(Role.REPRESENTATIVE, centre=centre)


def typed(centre, **changes):
    fields = {
        "display_name": "Dr Jana Nová",
        "email": EMAIL,
        "job_title": "Endocrinologist",
        "centre": centre.pk,
        "role": "clinician",
        "groups": [GroupFactory().pk],
        "why": "I see adults with adrenal conditions.",
    }
    return fields | changes


def send(centre, **changes):
    """Ask as a stranger does; what a worker then makes of it is made."""
    answer = Client(headers={"host": "localhost"}).post(reverse("people:ask"), typed(centre, **changes), secure=True)
    work_off("people.take_request")
    return answer


def status_path():
    return OutboxMessage.objects.filter(notice="access_asked").latest("written_at").link


def read(path):
    return Client(headers={"host": "localhost"}).get(path, secure=True)


def test_a_request_waits_for_the_centres_representative_and_substitute(centre, representative):
    substitute = person_with(Role.SUBSTITUTE, centre=centre)
    elsewhere = person_with(Role.REPRESENTATIVE, centre=CentreFactory())
    coordinator = person_with(Role.NETWORK_COORDINATOR, network=NetworkFactory())
    assert send(centre).url == reverse("people:received")
    assert set(WorkItem.objects.open().values_list("who", flat=True)) == {representative.pk, substitute.pk}
    for person, count in ((representative, 1), (substitute, 1), (coordinator, 1), (elsewhere, 0)):
        assert AccessRequest.objects.visible_to(person).count() == count


def test_without_a_representative_the_networks_coordinator_decides(centre):
    coordinator = person_with(Role.NETWORK_COORDINATOR, network=NetworkFactory())
    send(centre)
    assert list(WorkItem.objects.open().values_list("who", flat=True)) == [coordinator.pk]


def test_approval_is_one_click_and_mails_a_link_that_opens_an_account_with_the_role(centre, representative):
    send(centre)
    asked = AccessRequest.objects.get()
    signed_in(representative).post(reverse("people:approve", args=[asked.pk]), secure=True)
    user = User.objects.get(email=EMAIL)
    assert (user.centre, user.job_title, user.activated_at) == (centre, "Endocrinologist", None)
    assert [g.number for g in user.groups_of_interest.all()] == [1]
    held = Membership.objects.get(user=user)
    assert (held.role, held.centre, held.granted_by) == (Role.CLINICIAN, centre, representative)
    assert OutboxMessage.objects.get(notice="account_ready").link.startswith("/accounts/activate/")
    assert not WorkItem.objects.open().exists()
    assert AuditEvent.objects.get(event="access_decided").actor_id == representative.pk


def test_an_assistant_gets_an_account_and_no_clinicians_role(centre, representative):
    user = actions.approve_request(AccessRequestFactory(centre=centre, role="assistant"), by=representative)
    assert not user.memberships.exists()


def test_refusal_needs_a_reason_and_shows_it_to_the_applicant(centre, representative):
    send(centre)
    path = status_path()
    asked, client = AccessRequest.objects.get(), signed_in(representative)
    refuse = reverse("people:refuse", args=[asked.pk])
    assert client.post(refuse, {"reason": " "}, secure=True).status_code == 422
    client.post(refuse, {"reason": "Please ask from your hospital's address."}, secure=True)
    assert "Please ask from your hospital&#x27;s address." in read(path).content.decode()
    assert OutboxMessage.objects.get(notice="access_answered").address == EMAIL
    assert not User.objects.filter(email=EMAIL).exists()
    assert send(centre).status_code == 302  # and may ask again
    assert AccessRequest.objects.waiting().count() == 1


def test_the_status_page_tells_the_clock_and_never_the_name(centre, representative):
    send(centre)
    path = status_path()
    page = read(path).content.decode()
    assert "1 person" in page
    assert "Jana" not in page
    assert representative.display_name not in page
    asked = AccessRequest.objects.get()
    actions.approve_request(asked, by=representative)
    assert "Approved" in read(path).content.decode()
    another = "y" if path[-2] == "x" else "x"
    assert read(f"{path[:-2]}{another}/").status_code == 410


def test_a_lapsed_activation_link_is_sent_anew_from_the_status_page(centre, representative):
    send(centre)
    path = status_path()
    user = actions.approve_request(AccessRequest.objects.get(), by=representative)
    ActivationLink.objects.filter(user=user).update(made_at=clock.now() - dt.timedelta(2), expires_at=clock.now())
    client = Client(headers={"host": "localhost"})
    assert client.post(f"{path}link/", secure=True).url == f"{path}?sent=1"
    assert ActivationLink.objects.usable().get().user == user
    User.objects.filter(pk=user.pk).update(activated_at=clock.now())
    client.post(f"{path}link/", secure=True)
    assert OutboxMessage.objects.filter(notice="account_ready").count() == 2  # none for an active account


def test_nothing_tells_whether_an_account_exists(centre):
    UserFactory(email=EMAIL, centre=centre)
    known, unknown = send(centre), send(centre, email="new@hospital.example")
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert list(AccessRequest.objects.values_list("email", flat=True)) == ["new@hospital.example"]
    assert OutboxMessage.objects.get(notice="account_exists").recipient.email == EMAIL


def test_asking_twice_keeps_the_first_request_and_renews_the_link(centre):
    send(centre)
    first = status_path()
    send(centre, display_name="Somebody Else", email=EMAIL.upper())
    assert AccessRequest.objects.get().display_name == "Dr Jana Nová"
    assert read(first).status_code == 410
    assert read(status_path()).status_code == 200


def test_one_address_gets_at_most_three_mails_a_day_and_one_place_twenty_an_hour(centre):
    answers = [send(centre).status_code for _ in range(5)]
    assert answers == [302] * 5
    assert OutboxMessage.objects.filter(address=EMAIL).count() == 3
    for number in range(15):
        send(centre, email=f"n{number}@hospital.example")
    refused = send(centre, email="last@hospital.example")
    assert refused.status_code == 429
    assert 3500 < int(refused["Retry-After"]) <= 3600
    assert re.search(r"Try again in (60|59) minutes\.", refused.content.decode())


def test_a_hospital_outside_the_networks_cannot_be_chosen():
    outside = CentreFactory()
    outside.memberships.update(since=clock.today() - dt.timedelta(9), until=clock.today() - dt.timedelta(1))
    answer = send(outside)
    assert answer.status_code == 422
    assert str(outside) not in re.sub(r"<[^>]+>", "", answer.content.decode())


def test_of_two_decisions_one_counts(centre, representative):
    asked = AccessRequestFactory(centre=centre)
    actions.approve_request(asked, by=representative)
    with pytest.raises(Refused):
        actions.refuse_request(asked, reason="Too late.", by=representative)


def test_somebody_who_came_in_elsewhere_meanwhile_is_not_moved(centre, representative):
    asked = AccessRequestFactory(centre=centre, email=EMAIL)
    UserFactory(email=EMAIL)
    with pytest.raises(Refused):
        actions.approve_request(asked, by=representative)


def test_deciders_are_reminded_twice_in_words_of_their_own(centre, representative):
    send(centre)
    for days in (2, 5, 9):
        WorkItem.objects.update(opened_at=clock.now() - dt.timedelta(days=days))
        WorkItem.objects.filter(remind_at__isnull=False).update(remind_at=clock.now())
        notifications.remind()
    assert OutboxMessage.objects.filter(recipient=representative, notice="request_waiting").count() == 3


def test_with_the_role_ends_what_waited_by_it_and_it_waits_for_the_next(centre, representative):
    """Also where the person represents another hospital still, whose requests stay."""
    coordinator = person_with(Role.NETWORK_COORDINATOR, network=centre.networks.get())
    elsewhere = CentreFactory()
    give_role(representative, Role.SUBSTITUTE, centre=elsewhere)
    send(centre)
    send(elsewhere, email="other@hospital.example")
    here, there = AccessRequest.objects.get(centre=centre), AccessRequest.objects.get(centre=elsewhere)
    accounts.end_role(representative.memberships.get(role=Role.REPRESENTATIVE), by=coordinator)
    waiting = WorkItem.objects.open().order_by("opened_at")
    assert {(item.who, item.subject_id) for item in waiting} == {(representative, there.pk), (coordinator, here.pk)}
    accounts.end_role(representative.memberships.get(role=Role.SUBSTITUTE), by=coordinator)
    assert {item.who for item in waiting.all()} == {coordinator}


def waits_for():
    return set(WorkItem.objects.open().filter(verb="decide").values_list("who", flat=True))


def test_who_is_switched_off_decides_no_more_and_the_request_waits_for_the_next(centre, representative):
    coordinator = person_with(Role.NETWORK_COORDINATOR, network=centre.networks.get())
    send(centre)
    accounts.switch_account(representative, on=False, by=coordinator)
    assert waits_for() == {coordinator.pk}


def test_a_role_that_lapses_by_its_date_leaves_no_request_behind(centre, representative):
    coordinator = person_with(Role.NETWORK_COORDINATOR, network=centre.networks.get())
    send(centre)
    yesterday = clock.rights_day() - dt.timedelta(days=1)
    representative.memberships.update(valid_from=yesterday, valid_to=yesterday)
    for _ in range(2):
        assert actions.look_after_requests(by=None) == 1
    assert waits_for() == {coordinator.pk}
    assert OutboxMessage.objects.filter(notice="request_waiting", recipient=coordinator).count() == 1


def test_a_request_that_nobody_decides_says_so_and_waits_for_the_first_who_is_named(centre):
    send(centre)
    page = read(status_path()).content.decode()
    assert "no representative in CPMS yet, and its network no coordinator" in page
    assert "Reminders" not in page
    assert waits_for() == set()
    core, named = person_with(Role.CORE_HELPDESK), UserFactory(centre=centre, role="none")
    helpdesk = person_with(Role.HELPDESK_ADULT, network=centre.networks.get())
    accounts.give_post(named, Post(Role.REPRESENTATIVE, centre=centre), by=helpdesk)
    assert Job.objects.filter(task="people.look_after_requests").exists()
    actions.look_after_requests(by=None)
    assert waits_for() == {named.pk}
    assert core.pk not in waits_for()
    assert "2 and 5 days after your request was put before them" in read(status_path()).content.decode()


def test_a_mail_to_decide_is_for_who_decides_today(centre, representative):
    path = reverse("people:requests")
    assert concerns(representative, path)
    representative.memberships.update(ended_at=clock.now(), ended_by=representative)
    assert not concerns(User.objects.get(pk=representative.pk), path)


def test_a_request_stands_on_my_work_of_its_decider(centre, representative):
    send(centre)
    page = signed_in(representative).get("/", secure=True).content.decode()
    assert "A colleague asks for access to your centre." in page
    assert reverse("people:requests") in page


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_costs_the_same_however_many_wait(count, centre, representative, django_assert_num_queries):
    for _ in range(count):
        AccessRequestFactory(centre=centre).groups.set([GroupFactory()])
    client = signed_in(representative)
    client.get(reverse("people:requests"), secure=True)
    with django_assert_num_queries(13):
        client.get(reverse("people:requests"), secure=True)


@pytest.mark.parametrize(
    "broken",
    [{"email": "Upper@hospital.example"}, {"decided_at": clock.now()}, {"state": "refused"}],
)
def test_the_database_refuses_half_decisions(broken):
    asked = AccessRequestFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        AccessRequest.objects.filter(pk=asked.pk).update(**broken)
