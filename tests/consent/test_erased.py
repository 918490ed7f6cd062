"""An erased patient answers nothing any more, and nobody but the treating side finds the patient's rows again."""

from __future__ import annotations

import pytest
from django.urls import reverse

from consent import actions
from consent.models import Consent
from consent.states import Answer, Stage
from cpms import clock
from cpms.accounts.access import Refused
from cpms.patients import actions as patients
from cpms.patients.models import Patient
from cpms.patients.queries import erasures
from panels.actions import mend_sight
from panels.cases.models import Case
from panels.models import Panel
from tests.clients import signed_in
from tests.factories import Story

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
ANSWER = {"stage": Stage.CARE, "answer": Answer.GIVEN, "given_by": "patient"}
ERASED = "This patient was erased."


def erased() -> Story:
    story = Story()
    story.open()
    story.seat(story.expert)
    actions.erase_patient(story.patient, by=story.lead)
    return story


def seen_by(person) -> list[object]:
    return [*Case.objects.visible_to(person), *Panel.objects.visible_to(person)]


@pytest.mark.parametrize("kept_at", ["", "archive 3"])
def test_nothing_is_recorded_of_an_erased_patient(kept_at):
    story = erased()
    held = Consent.objects.count()
    page = {"stage": "1", "answer": "given", "given_by": "patient", "given_on": "2026-01-05", "kept_at": kept_at}
    address = reverse("patients:consent", args=[story.patient.pseudonym])
    response = signed_in(story.lead).post(address, page | {"although": "on"})
    assert (response.status_code, Consent.objects.count()) == (403, held)
    assert ERASED in response.content.decode()
    assert seen_by(story.expert) == []


def test_the_page_of_an_erased_patient_offers_no_form():
    story = erased()
    body = signed_in(story.lead).get(story.patient.get_absolute_url()).content.decode()
    assert "Record an answer" not in body
    assert "Start another panel" not in body


def test_who_loaded_the_patient_before_the_erasure_is_refused_too():
    """The rule is asked of the row as it is under the lock, not of the one the page had."""
    story = Story()
    loaded = Patient.objects.get(pk=story.patient.pk)
    actions.erase_patient(story.patient, by=story.lead)
    with pytest.raises(Refused, match=ERASED):
        actions.record_consent(loaded, by=story.lead, given_on=clock.today(), **ANSWER)
    with pytest.raises(Refused, match=ERASED):
        actions.withdraw_consent(loaded, by=story.lead, stage=Stage.CARE)
    with pytest.raises(Refused, match="erased already"):
        actions.erase_patient(loaded, by=story.lead)


def test_another_panel_of_an_erased_patient_is_refused():
    story = erased()
    response = signed_in(story.lead).post(reverse("panels:again", args=[story.patient.pseudonym]))
    assert response.status_code == 403
    assert ERASED in response.content.decode()


def test_a_restored_consent_of_who_is_erased_again_gives_no_sight_back():
    """The list of erasures darkens the patient; the consents came back with the older state, and count for nobody."""
    story = erased()
    line = next(erasures())
    Patient.objects.filter(pk=story.patient.pk).update(erased_at=None, erased_by=None)
    Consent.objects.filter(patient=story.patient).update(withdrawn_at=None, withdrawn_by=None)
    mend_sight(by=None)
    assert seen_by(story.expert) != []
    patients.erase_again([line], by=None)
    assert seen_by(story.expert) == []
    assert mend_sight(by=None) == 1
    assert mend_sight(by=None) == 0
