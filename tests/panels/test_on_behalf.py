"""An assistant enrols and drafts for a clinician: the patient is the clinician's, and every row and list says who typed."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.access.serving import served_clinician
from cpms.accounts.models import Delegation, User
from cpms.audit.models import AuditEvent
from cpms.notifications.models import OutboxMessage
from cpms.patients import actions as patients
from cpms.patients.models import Patient
from panels import actions as panels
from panels.meetings import actions as meetings
from panels.meetings.models import AgendaItem
from panels.models import Panel, Question
from tests.clients import signed_in
from tests.factories import GroupFactory, Story, UserFactory

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
TYPED = {"sex": "female", "birth_year": 2010, "country": "FI", "route": "own", "stage_1": "given"}
TYPED |= {"given_by": "parent", "given_on": "2026-01-05", "language": "en"}


@pytest.fixture
def lead():
    return UserFactory(display_name="Dr Lead Person")


@pytest.fixture
def helper(lead):
    user = UserFactory(role="none", centre=lead.centre, display_name="Assistant Person")
    Delegation.objects.create(assistant=user, clinician=lead)
    return user


def test_an_assistant_starts_a_panel_for_the_clinician(lead, helper):
    client, here = signed_in(helper), reverse("panels:new")
    page = client.get(here, secure=True).content.decode()
    assert "On behalf of" in page
    assert client.post(here, TYPED | {"clinician": lead.pk, "nickname": "Robin"}, secure=True).status_code == 302
    patient, panel = Patient.objects.get(), Panel.objects.get()
    assert (patient.enrolled_by, patient.centre, panel.lead) == (lead, lead.centre, lead)
    kinds = ["patient_enrolled", "consent_recorded", "panel_drafted"]
    events = AuditEvent.objects.filter(event__in=kinds)
    assert {(e.event, e.actor_id, e.on_behalf_of_id) for e in events} == {(k, helper.pk, lead.pk) for k in kinds}
    theirs = client.get(reverse("patients:list"), secure=True).content.decode()
    assert "for Dr Lead Person" in theirs
    own = signed_in(lead)
    assert "by Assistant Person" in own.get(reverse("patients:list"), secure=True).content.decode()
    assert "entered by Assistant Person" in own.get(reverse("panels:list"), secure=True).content.decode()


def test_the_clinician_of_another_assistant_cannot_be_named(lead, helper):
    other = UserFactory()
    answer = signed_in(helper).post(reverse("panels:new"), TYPED | {"clinician": other.pk}, secure=True)
    assert answer.status_code == 422
    with pytest.raises(Refused):
        patients.enrol(by=helper, clinician=other, sex="female", country="FI", birth_year=2010)
    with pytest.raises(Refused):
        patients.enrol(by=helper, sex="female", country="FI", birth_year=2010)
    assert not Patient.objects.exists()


def test_who_has_no_clinician_to_assist_is_not_asked(lead):
    assert "On behalf of" not in signed_in(lead).get(reverse("panels:new"), secure=True).content.decode()


def test_the_clinicians_own_hospital_must_be_cleared(helper, lead):
    lead.centre.cleared_on = None
    lead.centre.save()
    with pytest.raises(Refused, match="clearance"):
        patients.enrol(by=helper, clinician=lead, sex="female", country="FI", birth_year=2010)


def left_by(person, since):
    """(event, ids or subject, clinician) of what a person left in the trail since the event so numbered."""
    rows = AuditEvent.objects.filter(actor_id=person.pk, pk__gt=since).order_by("pk")
    return [(row.event, row.detail.get("ids") or row.subject_id, row.on_behalf_of_id) for row in rows]


def test_a_list_read_for_two_clinicians_leaves_a_row_for_each(lead, helper):
    first, second = Story("a"), Story("b")
    for story in (first, second):
        story.lead = UserFactory(centre=lead.centre)
        story.open()
        Delegation.objects.create(assistant=helper, clinician=story.lead)
    found = {"words": "", "state": "", "since": "", "until": ""}
    client = signed_in(helper)
    for ask in (
        lambda: client.get(reverse("panels:list"), secure=True),
        lambda: client.post(reverse("panels:search"), found | {"words": first.panel.ref[:4]}, secure=True),
    ):
        since = AuditEvent.objects.latest("pk").pk
        ask()
        assert sorted(left_by(helper, since), key=str) == sorted(
            [("patient_read", [str(story.panel.pk)], story.lead.pk) for story in (first, second)], key=str
        )


def test_a_meeting_concerns_the_clinicians_on_its_agenda(helper):
    first, second = Story("a"), Story("b")
    first.lead, second.lead = UserFactory(centre=helper.centre), UserFactory(centre=helper.centre)
    first.open(), second.open()
    soon = {"starts_at": clock.now() + dt.timedelta(days=1), "minutes": 30, "link": ""}
    meeting = meetings.schedule(first.fresh(), by=first.lead, **soon)
    AgendaItem.objects.create(meeting=meeting, panel=second.panel, position=2)
    Delegation.objects.create(assistant=helper, clinician=first.lead)
    assert served_clinician(helper, meeting) == first.lead.pk
    Delegation.objects.create(assistant=helper, clinician=second.lead)
    again = User.objects.get(pk=helper.pk)
    assert served_clinician(again, meeting) is None
    since = AuditEvent.objects.latest("pk").pk
    signed_in(again).get(reverse("meetings:sheet", args=[meeting.pk]) + f"?panel={second.panel.ref}", secure=True)
    assert left_by(again, since) == [("patient_read", str(second.panel.pk), second.lead.pk)]
    assert served_clinician(first.lead, meeting) is None


def test_a_question_is_asked_and_answered_on_behalf_of_one_clinician(lead, helper):
    group, client, since = GroupFactory(), signed_in(helper), 0
    client.post(reverse("panels:ask"), {"group": group.pk, "text": "Which dose?", "clinician": lead.pk}, secure=True)
    asked = panels.ask_group(group, text="Which test?", by=lead)
    client.post(reverse("panels:answer", args=[asked.pk]), {"text": "Never mind."}, secure=True)
    assert left_by(helper, since)[0][::2] == ("question_asked", lead.pk)
    assert left_by(helper, since)[-1] == ("question_answered", str(asked.pk), lead.pk)


def test_an_assistants_question_is_the_clinicians_and_says_who_typed_it(lead, helper):
    group, member = GroupFactory(network=lead.centre.networks.get()), UserFactory()
    member.groups_of_interest.add(group)
    client = signed_in(helper)
    assert "On behalf of" in client.get(reverse("panels:ask"), secure=True).content.decode()
    typed = {"group": group.pk, "text": "Which dose?", "clinician": lead.pk}
    assert client.post(reverse("panels:ask"), typed, secure=True).status_code == 302
    question = Question.objects.get()
    assert (question.asker, question.typed_by) == (lead, helper)
    event = AuditEvent.objects.get(event="question_asked")
    assert (event.actor_id, event.on_behalf_of_id) == (helper.pk, lead.pk)
    shown = signed_in(member).get(question.get_absolute_url(), secure=True).content.decode()
    assert "asked by Assistant Person on their behalf" in shown
    assert ", by Assistant Person" in signed_in(lead).get(reverse("panels:questions"), secure=True).content.decode()
    panels.answer(question, text="From the assistant.", by=helper)
    question.refresh_from_db()
    assert question.first_answer_at is None
    panels.answer(question, text="Half of it.", by=member)
    answered = OutboxMessage.objects.filter(notice="question_answered", about_id=question.pk)
    assert set(answered.values_list("recipient", flat=True)) == {lead.pk, helper.pk}


def test_an_assistant_of_several_says_for_whom_a_question_is(lead, helper):
    other, group = UserFactory(centre=lead.centre), GroupFactory()
    Delegation.objects.create(assistant=helper, clinician=other)
    with pytest.raises(Refused):
        panels.ask_group(group, text="A dose?", by=helper)
    with pytest.raises(Refused):
        panels.ask_group(group, text="A dose?", by=helper, clinician=UserFactory())
    assert panels.ask_group(group, text="A dose?", by=helper, clinician=other).asker == other


def test_an_assistant_of_two_grows_a_question_into_a_panel_of_who_asked_it_alone(lead, helper):
    """Who asked reads the question on, with the number of its panel: that is no other clinician's patient."""
    other = UserFactory(centre=lead.centre)
    Delegation.objects.create(assistant=helper, clinician=other)
    question, client, here = (
        panels.ask_group(GroupFactory(), text="A dose?", by=lead),
        signed_in(helper),
        reverse("panels:new"),
    )
    answer = client.post(here, TYPED | {"question": question.pk, "clinician": other.pk}, secure=True)
    assert answer.status_code == 422
    assert "asked by another clinician" in answer.content.decode()
    story = Story()
    story.lead = other
    with pytest.raises(Refused):
        panels.grow_into_panel(question, panels.draft_panel(story.case, network=story.network, by=other), by=helper)
    assert client.post(here, TYPED | {"question": question.pk, "clinician": lead.pk}, secure=True).status_code == 302
    question.refresh_from_db()
    assert question.panel.lead == lead
