"""What is easily recorded wrongly is asked before it counts: who answered, for which registry, on which version of the sheet."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from consent import actions
from consent.models import Consent, ConsentForm, Registry, Review
from consent.policy import in_a_sentence, may
from consent.states import AHEAD, Act, Actor, Answer, Giver, Stage
from cpms import clock
from cpms.accounts.access import Refused
from cpms.patients import actions as patients
from cpms.patients.models import Patient
from tests.clients import signed_in
from tests.factories import Story

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
YEAR = clock.today().year
DAY = dt.timedelta(days=1)


def say(story, answer, registry="", *, given_by=Giver.PARENT, days_ago=0, **more):
    given_on = clock.today() - days_ago * DAY
    given = {"answer": answer, "given_by": given_by, "given_on": given_on, "registry": registry, **more}
    return actions.record_consent(story.patient, by=story.lead, stage=Stage.REGISTRY, **given)


def send(story, **more):
    words = {"stage": "2", "answer": "given", "given_by": "parent", "given_on": f"{clock.today():%d/%m/%Y}", **more}
    return signed_in(story.lead).post(reverse("patients:consent", args=[story.patient.pseudonym]), words)


def in_force(story):
    rows = Consent.objects.filter(patient=story.patient, stage=Stage.REGISTRY, withdrawn_at=None)
    return dict(rows.values_list("registry", "answer"))


def register(code, *, days_ago=400, name="Register of adrenal conditions (invented)", **more):
    return Registry.objects.create(code=code, name=name, opened_on=clock.today() - days_ago * DAY, **more)


def test_what_is_asked_again_of_one_registry_stays_about_that_one():
    story = Story()
    register("adrenal", closed_on=clock.today())
    Patient.objects.filter(pk=story.patient.pk).update(birth_year=YEAR - 18)
    Consent.objects.filter(patient=story.patient).delete()
    say(story, Answer.GIVEN, "adrenal", days_ago=800)
    actions.look_again(by=None)
    answer = signed_in(story.lead).get(Review.objects.get().get_absolute_url())
    record = answer.context["record"]
    assert (record["stage"].value(), record["registry"].value()) == (Stage.REGISTRY, "adrenal")
    assert '<option value="adrenal" selected>' in answer.content.decode()
    assert "Register of adrenal conditions (invented)" in answer.content.decode().partition("Record an answer")[0]


@pytest.mark.parametrize("answer", Answer)
def test_an_answer_about_every_registry_that_would_end_single_ones_is_asked_first(answer):
    story = Story()
    register("adrenal")
    say(story, Answer.REFUSED, "adrenal")
    with pytest.raises(Refused, match=r"Register of adrenal conditions \(invented\): not given"):
        say(story, answer)
    asked = send(story, answer=answer.value)
    assert asked.status_code == 422
    assert "This also ends the answers to single registries" in asked.content.decode()
    assert in_force(story) == {"adrenal": "refused"}
    assert send(story, answer=answer.value, ending_single="on").status_code == 302
    assert in_force(story) == {"": answer.value}


def test_a_general_yes_covers_the_registries_that_were_open_when_it_was_given():
    story = Story()
    register("adrenal")
    say(story, Answer.GIVEN, days_ago=10)
    register("later", days_ago=9, name="A later register (invented)")

    def covered(code):
        allowed = bool(may(story.patient, Actor.REGISTRY, Act.RECEIVE, registry=code))
        listed = Consent.objects.for_registry(code).filter(patient=story.patient).exists()
        assert allowed == listed
        return allowed

    assert (covered("adrenal"), covered("later")) == (True, False)
    assert "may go to registries, but not to A later register (invented)" in in_a_sentence(story.patient)
    say(story, Answer.GIVEN, "later")
    assert covered("later")


def test_the_sheet_names_the_registries_that_a_yes_covers():
    story = Story()
    register("adrenal")
    page = signed_in(story.lead).get(reverse("patients:sheet", args=["en"])).content.decode()
    assert "Your answer counts for these registries and databases, which are those of today." in page
    assert "Register of adrenal conditions (invented)" in page


def versions():
    ConsentForm.objects.filter(language="fi").delete()
    days = {1: clock.today() - 400 * DAY, 2: clock.today() - 10 * DAY, 3: clock.today() + 2 * DAY}
    return [
        ConsentForm.objects.create(language="fi", version=number, title="S", body="x", published_on=day)
        for number, day in days.items()
    ]


def test_the_version_is_the_one_that_was_there_to_sign():
    story, (first, second, _ahead) = Story(), versions()
    assert say(story, Answer.GIVEN, language="fi", days_ago=300).form == first
    assert say(story, Answer.GIVEN, language="fi", days_ago=1).form == second
    assert say(story, Answer.GIVEN, language="fi", days_ago=500).form is None
    assert say(story, Answer.GIVEN, language="fi", form=first).form == first
    assert ConsentForm.objects.published().get(language="fi") == second


def test_the_recorder_chooses_another_version_of_the_same_language():
    story, (first, _second, ahead) = Story(), versions()
    assert send(story, language="fi", form=str(ahead.pk)).status_code == 422
    assert "This version is in another language." in send(story, language="sv", form=str(first.pk)).content.decode()
    assert send(story, form=str(first.pk)).status_code == 302
    last = Consent.objects.get(patient=story.patient, stage=Stage.REGISTRY, withdrawn_at=None)
    assert (last.form, last.language) == (first, "fi")


@pytest.mark.parametrize(("age", "given_by"), [(5, "patient"), (40, "parent"), (40, "both_parents")])
def test_an_answer_that_the_age_contradicts_is_asked_about(age, given_by):
    story = Story()
    Patient.objects.filter(pk=story.patient.pk).update(birth_year=YEAR - age)
    asked = send(story, given_by=given_by)
    assert (asked.status_code, "By the age the patient was" in asked.content.decode()) == (422, True)
    assert send(story, given_by=given_by, although="on").status_code == 302


def test_nobody_is_proposed_where_the_age_does_not_tell():
    story = Story()
    Patient.objects.filter(pk=story.patient.pk).update(birth_year=YEAR - 18)
    page = signed_in(story.lead).get(story.patient.get_absolute_url())
    assert page.context["form"]["given_by"].value() is None
    assert '<option value="" selected>Choose who answered</option>' in page.content.decode()
    assert send(story, given_by="").status_code == 422


def test_what_parents_gave_for_a_child_without_a_year_of_birth_is_looked_at():
    story = Story()
    Patient.objects.filter(pk=story.patient.pk).update(birth_year=None)
    actions.look_again(by=None)
    review = Review.objects.get()
    assert review.due_on == clock.today() + AHEAD
    page = signed_in(story.lead).get(review.get_absolute_url()).content.decode()
    assert "The year of birth is not written down" in page
    assert reverse("patients:describe", args=[story.patient.pseudonym]) in page
    Patient.objects.filter(pk=story.patient.pk).update(birth_year=YEAR - 5)
    actions.look_again(by=None)
    assert Review.objects.get().decision == "over"


def test_the_month_of_birth_goes_when_the_child_is_two():
    story, today = Story(), clock.today()
    for months, kept in ((23, True), (24, False), (30, False)):
        born = today.year * 12 + today.month - 1 - months
        Patient.objects.filter(pk=story.patient.pk).update(birth_year=born // 12, birth_month=born % 12 + 1)
        actions.look_again(by=None)
        assert (Patient.objects.get(pk=story.patient.pk).birth_month is not None) == kept, months
    assert patients.forget_months(by=None) == 0


def test_the_month_of_birth_is_taken_down_for_a_child_under_two_only():
    story, today = Story(), clock.today()
    address = reverse("patients:describe", args=[story.patient.pseudonym])
    client, born = signed_in(story.lead), today.year * 12 + today.month - 1
    said = {"sex": "female", "country": "FI", "route": "own", "version": story.patient.version}
    for months, status in ((24, 422), (23, 302)):
        then = born - months
        words = {**said, "birth_year": then // 12, "birth_month": then % 12 + 1}
        assert client.post(address, words).status_code == status
