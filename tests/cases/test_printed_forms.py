"""A form on paper: the default ranges of children by age."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cpms.terminology import catalogue
from panels.cases.queries.printing import child_bands, span_words
from tests.clients import signed_in
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


def test_the_printed_form_names_ranges_of_children_by_age():
    body = signed_in(UserFactory()).get(reverse("cases:blank_form", args=["calcium"])).content.decode()
    phosphate = "0–15 d 1.8–3.4; 15 d–1 y 1.54–2.72; 1–5 y 1.38–2.19; 5–13 y 1.33–1.92; 13–16 y"
    assert f"<b>Girls</b> {phosphate} 1.02–1.79; 16–19 y 0.95–1.62 </p>" in body
    assert f"<b>Boys</b> {phosphate} 1.14–1.99; 16–19 y 0.95–1.62 </p>" in body
    pdf = signed_in(UserFactory()).get(reverse("cases:blank_form_pdf", args=["calcium"]))
    assert pdf.content.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (0, 43830, "all ages"),
        (5844, 43830, "from 16 y"),
        (0, 1095, "0–3 y"),
        (0, 7, "0–7 d"),
        (30, 182, "30 d–6 mo"),
        (182, 730, "6 mo–2 y"),
        (91, 182, "3–6 mo"),
        (182, 395, "6–13 mo"),
        (15, 365, "15 d–1 y"),
    ],
)
def test_a_span_of_ages_is_said_in_few_words(first, last, words):
    assert span_words(first, last) == words


def test_each_printed_range_of_a_child_is_the_one_that_a_case_of_that_age_shows():
    for analyte in catalogue.analytes().values():
        for sex in ("female", "male"):
            for band in child_bands(analyte, sex):
                inside = [one.age_from for one in analyte.intervals if band.age_from < one.age_from < band.age_to]
                for age in (band.age_from, *inside, band.age_to - 1):
                    found = catalogue.intervals_for(analyte, sex, (age, age))
                    assert [one for one in found if not one.condition] == [band]
