"""An assistant enrols and drafts for a clinician: the patient is the clinician's, and every row and list says who typed."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cpms.accounts.access import Refused
from cpms.accounts.models import Delegation
from cpms.audit.models import AuditEvent
from cpms.patients import actions as patients
from cpms.patients.models import Patient
from panels.models import Panel
from tests.clients import signed_in
from tests.factories import CentreFactory, UserFactory

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
    lead.centre = CentreFactory(cleared_on=None)
    lead.save()
    with pytest.raises(Refused, match="clearance"):
        patients.enrol(by=helper, clinician=lead, sex="female", country="FI", birth_year=2010)
