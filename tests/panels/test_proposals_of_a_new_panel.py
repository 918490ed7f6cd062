"""What a panel proposes: who answered for the patient, the thematic group, the days to answer by. A choice stays."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from consent.models import Consent
from consent.states import giver_by_age
from cpms import clock, words
from cpms.notifications.models import WorkItem
from cpms.notifications.states import Verb
from cpms.patients.models import Patient
from helpdesk.demo.cases import CASES
from panels import actions, queries
from panels.forms import mark_of
from panels.models import Invitation, Panel
from panels.states import due_on
from tests.clients import signed_in
from tests.factories import GroupFactory, Story, UserFactory

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
CHILD = CASES[0].path
BY_HAND = {"stage_1": "given", "given_on": "2026-01-05", "country": "FI", "route": "own", "sex": "female"}


@pytest.mark.parametrize(
    ("year", "month", "giver"),
    [(None, None, None), (2012, None, "parent"), (2008, None, None), (2008, 12, "parent"), (2007, None, "patient")],
)
def test_the_age_tells_who_answers_but_in_the_year_of_the_birthday(year, month, giver):
    assert giver_by_age(year, month, on=dt.date(2026, 11, 27)) == giver


@pytest.mark.parametrize(
    ("year", "chosen", "recorded"), [("2016", "", "parent"), ("2016", "patient", "patient"), ("1970", "", "patient")]
)
def test_a_typed_year_proposes_who_answered(year, chosen, recorded):
    client = signed_in(UserFactory())
    client.post(reverse("panels:new"), BY_HAND | {"birth_year": year, "given_by": chosen, "although": "on"})
    assert Consent.objects.get().given_by == recorded


@pytest.mark.parametrize(("chosen", "shown"), [("", "parent"), ("representative", "representative")])
def test_a_file_of_a_child_proposes_a_parent_on_the_page_it_is_checked_on(chosen, shown):
    client, data = signed_in(UserFactory()), CHILD.read_bytes()
    file = SimpleUploadedFile("case.json", data, "application/json")
    page = client.post(reverse("panels:new"), BY_HAND | {"given_by": chosen, "file": file})
    assert page.context["form"]["given_by"].value() == shown
    sent = BY_HAND | {"given_by": chosen, "looked": mark_of(data)}
    if chosen == "":  # the file names no year of birth: one is proposed, and must be there
        file.seek(0)
        assert client.post(reverse("panels:new"), sent | {"file": file}).status_code == 422
        sent["birth_year"] = page.context["form"]["birth_year"].value()
        assert sent["birth_year"] == page.context["looked"].year
    file.seek(0)
    client.post(reverse("panels:new"), sent | {"file": file})
    assert Consent.objects.get().given_by == shown
    assert Patient.objects.get().birth_year == sent.get("birth_year")


def test_a_child_by_the_patient_is_asked_about_before_anything_is_saved():
    client = signed_in(UserFactory())
    page = client.post(reverse("panels:new"), BY_HAND | {"birth_year": "2016", "given_by": "patient"})
    assert "By the age the patient was a child on that day. Did the patient answer?" in page.content.decode()
    assert not Patient.objects.exists()


def test_where_the_age_does_not_tell_the_page_asks():
    client = signed_in(UserFactory())
    file = SimpleUploadedFile(
        "case.json", b'{"id": "x", "subject": {"id": "x", "sex": "MALE"}, "phenotypicFeatures": []}'
    )
    page = client.post(reverse("panels:new"), BY_HAND | {"file": file})
    assert "given_by" in page.context["form"].errors
    assert not Consent.objects.exists()


def test_what_a_file_may_bring_is_not_called_optional():
    body = signed_in(UserFactory()).get(reverse("panels:new")).content.decode()
    assert "Year of birth</label>" in body
    assert body.count("From the file, or fill it in here.") == 2


def test_the_consent_page_of_a_child_proposes_a_parent():
    story = Story()
    page = signed_in(story.lead).get(story.patient.get_absolute_url())
    assert page.context["form"]["given_by"].value() == "parent"


def test_the_group_is_that_of_panels_on_the_same_diagnosis_and_not_the_leads_own():
    story, other = Story(), Story("b")
    elsewhere = GroupFactory(number=2, name="Calcium and phosphate")
    story.lead.groups_of_interest.add(elsewhere)
    draft = actions.draft_panel(story.case, network=story.group.network, by=story.lead)
    assert queries.likely_group(draft) == elsewhere.pk
    actions.open_panel(other.panel, by=other.lead, experts=[other.expert])
    assert queries.likely_group(draft) == other.group.pk


def test_a_lead_of_two_groups_chooses():
    story = Story()
    story.lead.groups_of_interest.add(story.group, GroupFactory(number=2, name="Calcium and phosphate"))
    draft = actions.draft_panel(story.case, network=story.group.network, by=story.lead)
    assert queries.likely_group(draft) is None


@pytest.mark.parametrize("left", [3, 21])
def test_the_sheet_and_my_work_say_one_day_to_answer_by(left):
    story = Story()
    wanted = clock.today() + dt.timedelta(days=left)
    Panel.objects.filter(pk=story.panel.pk).update(wanted_by=wanted)
    actions.open_panel(story.fresh(), by=story.lead, experts=[story.expert])
    item, invitation = WorkItem.objects.get(who=story.expert, verb=Verb.ANSWER), Invitation.objects.get()
    body = signed_in(story.expert).get(invitation.get_absolute_url()).content.decode()
    assert item.due_at == invitation.answer_by
    with timezone.override(story.expert.zone):
        assert f"Answer by {words.day(item.due_at)}" in body
        assert f"{words.day(wanted)}, " in body


@pytest.mark.parametrize("zone", ["Atlantic/Azores", "UTC", "Europe/Helsinki", "Europe/Istanbul"])
def test_a_day_that_is_wanted_is_that_day_wherever_it_is_read(zone):
    with timezone.override(zone):
        assert words.local_day(due_on(dt.date(2026, 7, 30))) == dt.date(2026, 7, 30)
