"""Consents that are to be asked for again, and data kept for fifteen years: each waits once, for whom it should, until answered."""

from __future__ import annotations

import datetime as dt
from unittest.mock import ANY
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from consent import actions
from consent.models import Consent, Review
from consent.policy import may_decide_review
from consent.queries import kept_until, years_after
from consent.states import AHEAD, Giver, ReviewKind, Stage, askings, comes_of_age
from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.models import User
from cpms.accounts.roles import Role
from cpms.notifications import actions as notifications
from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.patients.models import Patient
from tests.clients import signed_in
from tests.factories import Story, UserFactory, give_role
from tests.vault.test_sealing import whole_database

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
YEAR = clock.today().year


def at(monkeypatch, day: dt.date) -> None:
    noon = dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)
    monkeypatch.setattr(clock, "now", lambda: noon)
    monkeypatch.setattr(clock, "today", lambda zone=None: day)


def child(story, *, birth_year):
    """Born then, and the parents gave their consent two years ago."""
    Patient.objects.filter(pk=story.patient.pk).update(birth_year=birth_year)
    Consent.objects.filter(patient=story.patient).update(given_on=clock.today() - dt.timedelta(days=730))
    return story.patient


def waits(person):
    return list(WorkItem.objects.open().filter(who=person).values_list("verb", "due_at__date"))


def mails(person):
    return list(OutboxMessage.objects.filter(recipient=person).values_list("notice", flat=True))


def test_the_birthday_is_known_to_the_year_or_to_the_month():
    assert comes_of_age(2008, None) == (dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    assert comes_of_age(2006, 2) == (dt.date(2024, 2, 1), dt.date(2024, 2, 29))
    assert comes_of_age(None, None) is None


ANY_DAY = st.dates(dt.date(1990, 1, 1), dt.date(2090, 12, 31))


@given(ANY_DAY, st.sampled_from(Giver), st.one_of(st.none(), ANY_DAY), st.integers(1950, 2060), st.integers(0, 12))
def test_an_asking_opens_before_it_is_due_and_a_childs_never_before_the_birthday_can_be(on, giver, renew, year, month):
    of_age = comes_of_age(year, month or None)
    found = askings(giver, on, renew, of_age)
    assert all(asking.opens <= asking.due for asking in found)
    grown = [asking for asking in found if "of age" in asking.why]
    assert [asking.due for asking in found if asking not in grown] == ([renew] if renew else [])
    adult_then = giver == Giver.PATIENT or on >= of_age[1] or (giver == Giver.REPRESENTATIVE and on >= of_age[0])
    assert len(grown) == (0 if adult_then else 1)
    assert all(of_age[0] <= asking.opens and asking.due == of_age[1] for asking in grown)


def test_a_child_who_comes_of_age_is_asked_in_person_once(monkeypatch):
    story = Story()
    patient = child(story, birth_year=YEAR - 17)
    actions.look_again(by=None)
    assert waits(story.lead) == []
    at(monkeypatch, dt.date(YEAR + 1, 1, 1))
    for _night in range(3):
        actions.look_again(by=None)
    assert waits(story.lead) == [("consent_again", dt.date(YEAR + 1, 12, 31))]
    assert mails(story.lead) == ["consent_again"]
    page = signed_in(story.lead).get(reverse("home")).content.decode()
    assert story.canary("nickname") in page
    assert "A consent of your patient is to be asked for again" in page
    answered = {"stage": Stage.CARE, "answer": "given", "given_by": "patient", "given_on": clock.today()}
    actions.record_consent(patient, by=story.lead, **answered)
    assert waits(story.lead) == []
    actions.look_again(by=None)
    assert (waits(story.lead), Review.objects.get().decision) == ([], "answered")


def test_a_day_that_was_set_is_chased_until_the_patient_answers_or_withdraws(monkeypatch):
    story = Story()
    day = clock.today() + dt.timedelta(days=400)
    Consent.objects.filter(patient=story.patient).update(renew_on=day)
    actions.look_again(by=None)
    assert waits(story.lead) == []
    at(monkeypatch, day - AHEAD)
    actions.look_again(by=None)
    assert waits(story.lead) == [("consent_again", day)]
    at(monkeypatch, day - AHEAD + dt.timedelta(days=31))
    assert (notifications.remind(), notifications.remind()) == (1, 0)
    assert mails(story.lead) == ["consent_again", "consent_again"]
    actions.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)
    assert waits(story.lead) == []
    at(monkeypatch, day + dt.timedelta(days=400))
    assert notifications.remind() == 0


def test_what_is_due_no_more_ends_by_itself():
    story = Story()
    patient = child(story, birth_year=YEAR - 18)
    actions.look_again(by=None)
    assert len(waits(story.lead)) == 1
    child(story, birth_year=YEAR - 3)
    actions.look_again(by=None)
    assert (waits(story.lead), Review.objects.get(patient=patient).decision) == ([], "over")


def old(story):
    Patient.objects.filter(pk=story.patient.pk).update(enrolled_at=clock.now() - dt.timedelta(days=15 * 366))
    actions.look_again(by=None)
    return Review.objects.get(patient=story.patient, kind=ReviewKind.RETENTION)


def test_after_fifteen_years_the_clinician_keeps_with_a_reason(monkeypatch):
    story = Story()
    review = old(story)
    assert [verb for verb, _due in waits(story.lead)] == ["keep_or_erase"]
    client, address = signed_in(story.lead), reverse("patients:keep", args=[review.pk])
    assert client.post(address, {"reason": " ", "years": 5}).status_code == 422
    assert client.post(address, {"reason": story.canary("why-kept"), "years": 5}).status_code == 302
    review.refresh_from_db()
    assert (review.decision, review.reason, waits(story.lead)) == ("kept", story.canary("why-kept"), [])
    assert story.canary("why-kept").encode() not in whole_database()
    day = kept_until(story.patient)
    assert day == years_after(clock.today(ZoneInfo(story.lead.zone)), 5)
    actions.look_again(by=None)
    assert waits(story.lead) == []
    with pytest.raises(Refused, match="decided already"):
        actions.keep(review, reason="Again", years=1, by=story.lead)
    at(monkeypatch, day)
    actions.look_again(by=None)
    assert waits(story.lead) == [("keep_or_erase", clock.today())]


def test_the_other_answer_is_to_erase_the_patient():
    story = Story()
    review = old(story)
    client, address = signed_in(story.lead), reverse("patients:erase_after_review", args=[review.pk])
    assert client.post(address, {"pseudonym": story.patient.pseudonym}).status_code == 302
    review.refresh_from_db()
    patient = Patient.objects.get(pk=story.patient.pk)
    assert (review.decision, review.decided_by, patient.erased_by) == ("erased", story.lead, story.lead)
    assert (waits(story.lead), Consent.objects.in_force(Stage.CARE).filter(patient=patient).exists()) == ([], False)
    actions.look_again(by=None)
    assert waits(story.lead) == []


def test_after_the_clinician_left_the_hospitals_representative_decides_and_sees_nothing_clinical():
    story = Story()
    hospital, representative = story.lead.centre, UserFactory(role="none", centre=story.lead.centre)
    give_role(representative, Role.REPRESENTATIVE, centre=hospital)
    stranger = UserFactory(role="none")
    give_role(stranger, Role.REPRESENTATIVE, centre=stranger.centre)
    review = Review.objects.select_related("patient__enrolled_by").get(pk=old(story).pk)
    child(story, birth_year=YEAR - 18)
    assert signed_in(representative).get(review.get_absolute_url()).status_code == 404
    User.objects.filter(pk=story.lead.pk).update(is_active=False)
    review.patient.enrolled_by.refresh_from_db()
    for _night in range(2):
        actions.look_again(by=None)
    assert (waits(story.lead), waits(representative), waits(stranger)) == ([], [("keep_or_erase", ANY)], [])
    client = signed_in(representative)
    for page in (reverse("home"), reverse("patients:reviews"), review.get_absolute_url()):
        text = client.get(page).content.decode()
        assert story.patient.pseudonym in text
        assert "CNRY" not in text
    assert signed_in(stranger).get(review.get_absolute_url()).status_code == 404
    assert client.get(story.patient.get_absolute_url()).status_code == 404
    asked = Review.objects.get(patient=story.patient, kind=ReviewKind.CONSENT)
    assert "recording what the patient says" in may_decide_review(story.lead, asked).reason
    assert "represents the patient's hospital" in may_decide_review(stranger, review).reason
    assert client.get(asked.get_absolute_url()).status_code == 404
    address = reverse("patients:erase_after_review", args=[review.pk])
    assert client.post(address, {"pseudonym": story.patient.pseudonym}).status_code == 302
    assert Patient.objects.get(pk=story.patient.pk).erased_by == representative


def test_the_list_of_reviews_costs_the_same_for_one_and_for_thirty(django_assert_num_queries):
    first = Story()
    client = signed_in(first.lead)
    for number in (1, 30):
        while Review.objects.count() < number:
            story = Story(f"r{Review.objects.count()}")
            story.lead = first.lead
            Review.objects.create(patient=story.patient, kind=ReviewKind.RETENTION, due_on=clock.today())
        with django_assert_num_queries(13):
            client.get(reverse("patients:reviews"))


def test_the_record_form_takes_a_day_to_ask_again():
    story = Story()
    day = clock.today() + dt.timedelta(days=700)
    fields = {"stage": "3", "answer": "given", "given_by": "parent", "given_on": clock.today().isoformat()}
    client, address = signed_in(story.lead), reverse("patients:consent", args=[story.patient.pseudonym])
    assert client.post(address, {**fields, "renew_on": "2020-01-01"}).status_code == 422
    assert client.post(address, {**fields, "renew_on": day.isoformat()}).status_code == 302
    assert Consent.objects.in_force(Stage.RESEARCH).get(patient=story.patient).renew_on == day
