"""A clinician has gone: who represents the hospital is asked, sees next to nothing, and says who answers from now on."""

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
from cpms.audit.models import AuditEvent
from cpms.jobs.models import Job
from cpms.notifications.models import WorkItem
from cpms.patients import policy as patients
from panels import actions
from tests.clients import signed_in
from tests.factories import CentreFactory, NetworkFactory, UserFactory, give_role
from tests.patients.house import ALL, NOTHING, House, again, mails, opens, sees, waits

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.fixture
def house():
    return House()


@pytest.mark.parametrize("how", ["switched off", "left", "role ended"])
def test_patients_left_behind_wait_for_the_representative_who_sees_nothing_else(house, how):
    story, representative = house.story, house.representative
    story.open()
    client = signed_in(representative)
    account = reverse("people:person", args=[house.lead.pk])
    before = client.get(account, secure=True).content.decode()
    assert "answers for <b>1 patient</b>" in before
    if how == "left":
        answer = client.post(reverse("people:leave", args=[house.lead.pk]), secure=True)
        assert answer.url == house.left
    elif how == "role ended":
        role = house.lead.memberships.get(role=Role.CLINICIAN)
        client.post(reverse("people:end_role", args=[house.lead.pk, role.pk]), secure=True)
        assert house.left in client.get(account, secure=True).content.decode()
    else:
        client.post(reverse("people:switch", args=[house.lead.pk]), {"on": "0"}, secure=True)
        assert house.left in client.get(account, secure=True).content.decode()
    assert sees(house, house.lead, house.assistant, representative) == [NOTHING] * 3
    assert (waits(representative), mails(representative)) == (["hand_over"], ["left_behind"])
    assert "nobody answers for patients of your hospital" in client.get("/", secure=True).content.decode()
    assert house.left in client.get(house.centre.get_absolute_url(), secure=True).content.decode()
    page = client.get(house.left, secure=True).content.decode()
    assert f"{story.patient.pseudonym}: 1 running panel, nobody answers since" in page
    assert "CNRY" not in page
    assert opens(house, representative) == [(404, 404)]
    sent = {"patients": [story.patient.pk], "to": house.colleague.pk}
    assert client.post(house.left, sent, secure=True).status_code == 302
    assert sees(house, house.colleague, house.her_assistant, representative) == [ALL, ALL, NOTHING]
    assert (waits(representative), mails(representative)) == ([], [])
    assert AuditEvent.objects.get(event="patient_handed_over").actor_id == representative.pk
    assert (story.fresh().lead, mails(house.colleague)) == (house.colleague, ["handed_over"])
    assert "Somebody answers for every patient" in client.get(house.left, secure=True).content.decode()
    assert actions.mend_sight(by=None) == 0


def test_of_a_hospital_without_a_representative_the_network_names_one_who_is_asked_then(house):
    """Coordinators before the helpdesk; a role that ends passes the asking on, and nobody is mailed twice."""
    network, first = house.centre.networks.get(), house.representative
    helpdesk, other = UserFactory(role="none"), UserFactory(role="none")
    give_role(helpdesk, Role.HELPDESK_ADULT, network=network)
    give_role(other, Role.HELPDESK_ADULT, network=NetworkFactory(code="other"))
    house.lead_goes()
    yesterday = clock.rights_day() - dt.timedelta(days=1)
    first.memberships.update(valid_from=yesterday, valid_to=yesterday)
    assert actions.look_after_left_behind(by=None) == 1
    assert [waits(one) for one in (first, helpdesk, other)] == [[], ["name_representative"], []]
    assert (mails(helpdesk), mails(other)) == (["unrepresented"], [])
    client = signed_in(again(helpdesk))
    assert "nobody represents the hospital" in client.get("/", secure=True).content.decode()
    assert client.get(WorkItem.objects.open().get(who=helpdesk).path, secure=True).status_code == 200
    coordinator = UserFactory(role="none")
    give_role(coordinator, Role.NETWORK_COORDINATOR, network=network)
    actions.look_after_left_behind(by=None)
    assert [waits(one) for one in (helpdesk, coordinator)] == [[], ["name_representative"]]
    accounts.give_post(house.colleague, Post(Role.SUBSTITUTE, centre=house.centre), by=coordinator)
    assert Job.objects.filter(task="panels.look_after_left_behind").exists()
    for _ in range(2):
        actions.look_after_left_behind(by=None)
    asked = [waits(one) for one in (first, helpdesk, coordinator, house.colleague)]
    assert asked == [[], [], [], ["hand_over"]]
    assert [mails(one) for one in (coordinator, house.colleague)] == [[], ["left_behind"]]
    third = UserFactory(centre=house.centre)
    actions.hand_over([house.patient()], to=third, by=again(house.colleague))
    assert (waits(house.colleague), mails(house.colleague), mails(coordinator)) == ([], [], [])


def test_nobody_is_asked_any_more_when_the_clinician_is_back(house):
    house.lead_goes()
    assert waits(house.representative) == ["hand_over"]
    accounts.switch_account(again(house.lead), on=True, by=house.representative)
    assert (waits(house.representative), mails(house.representative)) == ([], [])
    assert sees(house, house.lead) == [ALL]
    answer = signed_in(house.representative).post(house.left, {"everyone": "on", "to": house.colleague.pk}, secure=True)
    assert (answer.status_code, house.patient().enrolled_by) == (422, house.lead)


def test_a_role_that_lapsed_leaves_patients_behind_until_it_is_given_again(house):
    yesterday = clock.rights_day() - dt.timedelta(days=1)
    house.story.open()
    assert house.lead.pk in house.lead.serves()
    house.lead.memberships.update(valid_from=yesterday, valid_to=yesterday)
    assert sees(house, house.lead, house.assistant) == [NOTHING] * 2
    assert actions.look_after_left_behind(by=None) == 1
    assert waits(house.representative) == ["hand_over"]
    accounts.give_post(again(house.lead), Post(Role.CLINICIAN, centre=house.centre), by=house.representative)
    assert sees(house, house.lead, house.assistant) == [ALL] * 2
    assert waits(house.representative) == []


def test_whoever_moved_to_another_hospital_keeps_nothing_of_the_first_and_is_anybody_there(house):
    house.story.open()
    accounts.leave_centre(again(house.lead), by=house.representative)
    there = House("b")
    there.story.open()
    User.objects.filter(pk=house.lead.pk).update(centre=there.centre)
    give_role(again(house.lead), Role.CLINICIAN)
    assert sees(house, house.lead, house.assistant) == [NOTHING] * 2
    assert opens(house, house.lead) == [(404, 404)]
    with pytest.raises(Refused, match="hospital"):
        actions.hand_over([house.patient()], to=house.colleague, by=again(house.lead))
    assert (waits(house.representative), actions.look_after_left_behind(by=None)) == (["hand_over"], 1)
    for verb in (patients.may_erase, patients.may_give):
        assert not verb(again(house.lead), house.patient())
        assert verb(again(house.representative), house.patient())
    actions.hand_over([there.patient()], to=again(house.lead), by=again(there.lead))
    assert sees(there, house.lead, there.lead) == [ALL, NOTHING]
    assistant = UserFactory(role="none", centre=there.centre)
    accounts.name_assistant(assistant, until=None, by=again(house.lead))
    assert (sees(there, assistant), sees(house, assistant)) == ([ALL], [NOTHING])
    actions.hand_over([house.patient()], to=house.colleague, by=again(house.representative))
    assert sees(house, house.colleague, house.lead) == [ALL, NOTHING]


def test_an_assistant_serves_clinicians_of_the_own_hospital_alone(house):
    User.objects.filter(pk=house.assistant.pk).update(centre=CentreFactory())
    assert sees(house, house.lead, house.assistant) == [ALL, NOTHING]


def test_only_the_hospital_itself_hands_over_what_is_left_behind(house):
    elsewhere, helpdesk = UserFactory(role="none", centre=CentreFactory()), UserFactory(role="none")
    give_role(elsewhere, Role.REPRESENTATIVE, centre=elsewhere.centre)
    give_role(helpdesk, Role.HELPDESK_ADULT, network=house.centre.networks.get())
    house.lead_goes()
    sent = {"everyone": "on", "to": house.colleague.pk}
    people = [house.colleague, house.assistant, elsewhere, helpdesk]
    found = [signed_in(one).post(house.left, sent, secure=True).status_code for one in people]
    assert (found, house.patient().enrolled_by) == ([404, 404, 404, 403], house.lead)
