"""How old a patient is by now, and was when the case was entered."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.urls import reverse

from cpms import clock
from cpms.patients.models import Patient
from panels.cases import actions as cases
from panels.cases.ages import older
from panels.cases.exports.case import read_case_of
from panels.cases.importers.times import age_of
from panels.cases.models import Case
from panels.cases.queries import case_parts
from panels.queries.suggestions import facts_of
from tests.clients import signed_in
from tests.factories import Story

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
LAB = {
    "assay": {"id": "LOINC:6768-6", "label": "Alkaline phosphatase"},
    "value": {"quantity": {"unit": {"id": "UCUM:U/L"}, "value": 200}},
}


def packet(age: str, **subject) -> bytes:
    """An invented patient of this age with one undated result."""
    about = {"id": "x", "sex": "FEMALE", "timeAtLastEncounter": {"age": {"iso8601duration": age}}, **subject}
    return json.dumps({"id": "x", "subject": about, "measurements": [LAB], "metaData": {}}).encode()


def imported(age: str, *, born: int | None, days_ago: int = 0, **subject) -> tuple[Story, Case]:
    """A case from a file, entered so many days ago; ``born`` is the year of birth as it stands today."""
    story = Story()
    cases.import_phenopacket(story.case, packet(age, **subject), filename="invented.json", by=story.lead)
    Patient.objects.filter(pk=story.patient.pk).update(birth_year=born)
    Case.objects.filter(pk=story.case.pk).update(made_at=clock.now() - dt.timedelta(days=days_ago))
    return story, Case.objects.select_related("patient", "key").get(pk=story.case.pk)


def enzyme_range(case: Case) -> str:
    return next(row.range_text for row in case_parts(case).results.rows if row.label == "Alkaline phosphatase")


def at(monkeypatch, day: dt.date) -> None:
    noon = dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)
    monkeypatch.setattr(clock, "now", lambda: noon)
    monkeypatch.setattr(clock, "today", lambda zone=None: day)


THIS_YEAR = clock.today().year


@pytest.mark.parametrize(
    ("born", "days_ago", "shown", "years"),
    [
        (THIS_YEAR - 4, 0, "4 years", 4),
        (THIS_YEAR - 14, 0, "about 14 years", 14),
        (None, 0, "4 years", 4),
        (None, 1500, "about 8 years (4 years when entered)", 8),
    ],
)
def test_a_page_says_the_age_of_today_and_a_corrected_year_of_birth_wins(born, days_ago, shown, years):
    story, case = imported("P4Y", born=born, days_ago=days_ago)
    assert (case.age_text, case.age_years) == (shown, years)
    assert (
        f"female, {shown}" in signed_in(story.lead).get(reverse("cases:edit", args=[case.pk])).content.decode().lower()
    )
    story.panel.case = case_parts(case)
    assert facts_of(story.panel).years == years


def test_the_age_when_entered_stands_beside_the_age_of_today():
    _story, case = imported("P4Y", born=(clock.today() - dt.timedelta(days=1500)).year - 4, days_ago=1500)
    assert case.age_text == "about 8 years (4 years when entered)"
    assert case.age_years == case.patient.age_years


@pytest.mark.parametrize(
    ("age", "days_ago", "shown"),
    [
        ("P11Y11M", 400, "about 13 years (11 years 11 months when entered)"),
        ("P3M", 100, "about 6 months (3 months when entered)"),
        ("P18M", 100, "about 21 months (1 year 6 months when entered)"),
        ("P1D", 35, "about 1 month (1 day when entered)"),
        ("P1D", 5, "1 day"),
    ],
)
def test_the_present_age_is_never_lower_than_the_one_at_entry(monkeypatch, age, days_ago, shown):
    """By the day, not by the turn of the year; a year of birth that the file's age fits changes nothing."""
    at(monkeypatch, dt.date(2026, 6, 30))
    read = age_of(age)
    born = dt.date(2026, 6, 30) - dt.timedelta(days=days_ago + int(read.years * 365.25 + read.months * 30.44))
    _story, case = imported(age, born=born.year, days_ago=days_ago)
    assert case.age_text == shown


def test_a_baby_is_under_a_year_and_one_year_is_one():
    today = clock.today()
    texts = [Patient(birth_year=today.year - years).age_text for years in (0, 1, 2)]
    assert texts == ["under 1 year", "about 1 year", "about 2 years"]
    months = [(today.year * 12 + today.month - 1 - old) for old in (0, 1, 7)]
    small = [Patient(birth_year=one // 12, birth_month=one % 12 + 1).age_text for one in months]
    assert small == ["under 1 month", "about 1 month", "about 7 months"]


def test_an_age_that_nobody_of_that_year_has_reached_is_a_slip_though_the_file_names_both():
    born = THIS_YEAR - 11
    _story, case = imported("P40Y", born=born, dateOfBirth=f"{born}-01-01T00:00:00Z")
    assert case.age_text == "about 11 years"
    assert read_case_of(case_parts(case)).age.iso == "P11Y"


def test_a_case_typed_in_years_ago_says_how_old_the_patient_was():
    story = Story()
    Case.objects.filter(pk=story.case.pk).update(made_at=clock.now() - dt.timedelta(days=1500))
    case = Case.objects.get(pk=story.case.pk)
    then = case.made_at.year - 2015
    assert case.age_text == f"about {clock.today().year - 2015} years (about {then} years when entered)"
    assert Story().case.age_text == f"about {clock.today().year - 2015} years"


def test_undated_results_are_seen_by_the_age_at_entry_while_it_fits_the_year_of_birth():
    young, grown = "P4Y", THIS_YEAR - 30
    _story, fitting = imported(young, born=THIS_YEAR - 4)
    _story, corrected = imported(young, born=grown)
    _story, older_one = imported("P30Y", born=grown)
    assert enzyme_range(corrected) == enzyme_range(older_one) != enzyme_range(fitting) != ""


def test_a_last_visit_long_before_the_entry_stays_while_the_year_is_the_one_that_the_file_gave():
    born = THIS_YEAR - 16
    _story, case = imported("P4Y", born=born, dateOfBirth=f"{born}-03-05T00:00:00Z")
    assert case.age_text == "about 16 years (4 years when entered)"
    assert enzyme_range(case) == enzyme_range(imported("P4Y", born=THIS_YEAR - 4)[1])
    assert read_case_of(case_parts(case)).age.iso == "P4Y"


def test_a_file_that_goes_out_says_no_age_that_the_year_of_birth_contradicts():
    _story, case = imported("P4Y", born=THIS_YEAR - 14)
    assert read_case_of(case_parts(case)).age.iso == "P14Y"
    _story, case = imported("P4Y", born=THIS_YEAR - 4)
    assert read_case_of(case_parts(case)).age.iso == "P4Y"


@pytest.mark.parametrize(
    ("text", "days", "by_now"),
    [
        ("4 years", 10, "4 years"),
        ("4 years 6 months", 366, "5 years"),
        ("3 months", 100, "6 months"),
        ("at birth", 31, "1 month"),
        ("at birth", 800, "2 years"),
        ("Adult onset", 4000, "Adult onset"),
        ("", 4000, ""),
    ],
)
def test_an_age_grows_with_the_time_since(text, days, by_now):
    assert older(text, days) == by_now
