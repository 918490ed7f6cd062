"""The page that says who can see a case agrees with who can, in every state; and names who has read it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from consent.policy import may_be_discussed
from cpms import clock
from cpms.accounts.access import still_open
from cpms.accounts.models import Delegation, User
from cpms.accounts.roles import Role
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.patients.queries import recipients
from outcomes.models import OutcomeDocument, Topic
from panels import actions as panels
from panels.models import Dispatch, Invitation, Panel
from panels.queries import sight
from panels.states import Sees
from tests.access.world import STATES, World
from tests.clients import signed_in
from tests.factories import GroupFactory, Story, UserFactory, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.mark.parametrize("state", STATES)
def test_the_page_names_exactly_those_who_can_open_the_case(state):
    world = World(state)
    patient = world.story.patient
    found = sight.seers(patient, consented=bool(may_be_discussed(patient)))
    fresh = {name: User.objects.get(pk=user.pk) for name, user in world.people.items()}
    can = {name for name, user in fresh.items() if Panel.objects.visible_to(user).filter(pk=world.story.panel.pk)}
    asked = {n for n, u in fresh.items() if Invitation.objects.visible_to(u).filter(panel=world.story.panel)} - can
    asked |= {n for n, u in fresh.items() if Dispatch.objects.for_coordinator(u).filter(panel=world.story.panel)}
    document = {
        n for n, u in fresh.items() if OutcomeDocument.objects.visible_to(u).filter(panel=world.story.panel)
    } - can
    named = {seer.person.pk: seer.sees for seer in found}
    for sees, who in ((Sees.CASE, can), (Sees.QUESTION, asked), (Sees.DOCUMENT, document)):
        assert {n for n, u in fresh.items() if named.get(u.pk) == sees} == who
    assert document == ({"guest"} if state in {"closed", "archived"} else set())


def test_each_reason_stands_beside_its_person():
    story = Story("a")
    assistant = UserFactory(centre=story.lead.centre, role="none")
    Delegation.objects.create(assistant=assistant, clinician=story.lead, valid_to=clock.today())
    story.open(UserFactory(display_name="Dr Asked"))
    story.seat(story.expert)
    page = signed_in(story.lead).get(reverse("panels:sight", args=[story.patient.pseudonym]), secure=True)
    text = page.content.decode()
    for reason in (
        "answers for the patient",
        f"assists {story.lead.display_name}",
        f"is a member of {story.panel.ref}",
        f"is asked into {story.panel.ref}",
    ):
        assert f"because this person {reason}" in text
    assert signed_in(story.expert).get(page.request["PATH_INFO"], secure=True).status_code == 404


def test_readings_are_one_line_per_person_and_day():
    story = Story("a")
    story.open()
    story.seat(story.expert)
    client, path = signed_in(story.expert), story.fresh().get_absolute_url()
    for _ in range(3):
        client.get(path, secure=True)
    lines = sight.readings(story.patient)
    assert [(line.person, line.times, line.on_behalf_of) for line in lines] == [(story.expert, 3, None)]
    helper = UserFactory(centre=story.lead.centre, role="none")
    Delegation.objects.create(assistant=helper, clinician=story.lead)
    signed_in(helper).get(path, secure=True)
    assert (sight.readings(story.patient)[0].person, sight.readings(story.patient)[0].on_behalf_of) == (
        helper,
        story.lead,
    )


def test_who_coordinates_what_a_panel_was_put_before_sees_its_question_and_is_named():
    story, both = Story("a"), UserFactory(role="none", display_name="Dr Both")
    give_role(both, Role.GROUP_COORDINATOR, group=story.group)
    give_role(both, Role.NETWORK_COORDINATOR, network=story.group.network)
    give_role(UserFactory(role="none"), Role.GROUP_COORDINATOR, group=GroupFactory(number=7, name="Elsewhere"))
    ended = give_role(UserFactory(role="none"), Role.GROUP_COORDINATOR, group=story.group)
    type(ended).objects.filter(pk=ended.pk).update(ended_at=clock.now(), ended_by=story.lead)
    story.open()
    lines = [(seer.person, seer.sees) for seer in sight.seers(story.patient, consented=True)]
    assert lines == [(story.lead, "case"), (both, "question")]
    page = signed_in(story.lead).get(reverse("panels:sight", args=[story.patient.pseudonym]), secure=True)
    assert f"which {story.panel.ref} was put before" in page.content.decode()
    assert sight.seers(story.patient, consented=False)[1:] == []


def test_who_saw_the_patient_in_a_list_is_named_as_such():
    story, other = Story("a"), Story("b")
    for one in (story, other):
        one.open()
        one.seat(one.expert)
    for person in (story.expert, other.expert, story.lead):
        signed_in(person).get(reverse("panels:list"), secure=True)
    helper = UserFactory(centre=story.lead.centre, role="none")
    Delegation.objects.create(assistant=helper, clinician=story.lead)
    signed_in(helper).get(reverse("patients:list"), secure=True)
    lines = sight.readings(story.patient)
    assert [(line.person, line.listed, line.times, line.on_behalf_of) for line in lines] == [
        (helper, True, 1, story.lead),
        (story.expert, True, 1, None),
    ]
    page = signed_in(story.lead).get(reverse("panels:sight", args=[story.patient.pseudonym]), secure=True)
    assert page.content.decode().count("aw it in a list") == 3
    received = {one.person: [receipt.what for receipt in one.receipts] for one in recipients(story.patient)}
    assert received == {story.expert: ["was let in", "saw it in a list"]}


def test_words_that_hang_on_a_panel_are_named_with_whoever_reads_them():
    story = Story("a")
    question = panels.ask_group(story.group, text="Which dose?", by=story.lead)
    panels.grow_into_panel(question, story.panel, by=story.lead)
    story.open()
    place = {"panel": story.panel, "group": story.group, "network": story.group.network}
    Topic.objects.create(key=story.patient.key, text="Which dose at this weight?", **place)
    page = signed_in(story.lead).get(reverse("panels:sight", args=[story.patient.pseudonym]), secure=True)
    text = page.content.decode()
    assert f"The clinicians and coordinators of {story.group} see the quick question {question.ref}" in text
    assert f"The coordinators of {story.group} and of {story.group.network} see the topic" in text
    assert sight.glimpses(story.patient, consented=False) == []


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_costs_the_same_however_many(count, django_assert_num_queries):
    story = Story("a")
    people = [UserFactory() for _ in range(count)]
    story.open(*people)
    for number, person in enumerate(people):
        event = audit.record(Event.PATIENT_READ, on=story.patient, by=person)
        assert event.at > clock.now() - dt.timedelta(days=1 + number)
        audit.record_list(Event.PATIENT_READ, [story.panel], by=person)
        give_role(person, Role.GROUP_COORDINATOR, group=story.group)
    client = signed_in(story.lead)
    with django_assert_num_queries(35):
        client.get(reverse("panels:sight", args=[story.patient.pseudonym]), secure=True)


def test_an_address_that_is_none_opens_to_nobody_and_breaks_nothing():
    user = UserFactory()
    assert still_open(["//[", "", "/nowhere/", "/panels/NONE-00-0000/", "/panels/new/?a=b"], user) == {
        "/panels/new/?a=b"
    }
