"""A result that is no number is typed, shown and corrected in words, and never stands unseen behind a number."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from panels.cases.exports.case import read_case_of
from panels.cases.forms import LabRow
from panels.cases.models import LabResult
from panels.cases.queries import case_parts
from tests.cases.test_correction_form import fields_of
from tests.clients import signed_in
from tests.factories import Story

pytestmark = pytest.mark.django_db
WORDS = "not detected"


@pytest.fixture
def story():
    """The case has a result in words beside the one in numbers."""
    story = Story()
    LabResult(case=story.case, key=story.case.key, label="TSH receptor antibodies", text_value=WORDS, position=1).save()
    return story


def save(story, **typed):
    client, url = signed_in(story.lead), reverse("cases:edit", args=[story.case.pk])
    sent = fields_of(client.get(url)) | {name.replace("_", "-"): text for name, text in typed.items()}
    assert client.post(url, sent).status_code == 302
    return [(lab.label, lab.value, lab.text_value) for lab in story.case.labs.order_by("position")]


def left(story):
    return [lab.text for lab in read_case_of(case_parts(story.case)).labs]


def test_words_stand_in_the_form_and_stay_when_something_else_is_saved(story):
    rows = save(story, summary="Another summary")
    assert rows[1] == ("TSH receptor antibodies", None, WORDS)
    assert left(story) == ["", WORDS]


def test_a_number_takes_the_place_of_words_and_words_that_of_a_number(story):
    assert save(story, labs_1_value="5.2")[1] == ("TSH receptor antibodies", Decimal("5.2"), "")
    assert left(story) == ["", ""]
    assert save(story, labs_1_value="negative")[1] == ("TSH receptor antibodies", None, "negative")
    page = signed_in(story.lead).get(reverse("cases:edit", args=[story.case.pk]))
    assert page.context["forms"].sets["labs"][1]["value"].value() == "negative"


def test_words_can_be_taken_out_and_typed_into_a_new_row(story):
    assert save(story, labs_1_value="")[1] == ("TSH receptor antibodies", None, "")
    rows = save(story, labs_2_label="Culture", labs_2_value="no growth")
    assert rows[2] == ("Culture", None, "no growth")
    assert left(story)[2] == "no growth"


def test_what_a_file_said_beside_a_number_stays_as_long_as_the_number(story):
    lab = story.case.labs.get(position=1)
    lab.value, lab.text_value = Decimal("0.40"), "below the limit of the method"
    lab.save()
    assert save(story, labs_1_unit="IU/L")[1][2] == "below the limit of the method"
    assert save(story, labs_1_value="0.5")[1][2] == ""


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"value": "grade 2"}, {"value": ["Enter a number, for example 2.86, or words without a digit."]}),
        ({"value": "positive", "comparator": "<"}, {"comparator": ["A sign goes with a number."]}),
        ({"value": "x" * 301}, {"value": ["Enter at most 300 signs."]}),
        ({"value": "1,234.5"}, {"value": ["Use one decimal mark and nothing between thousands, for example 1234.5."]}),
        ({"value": "positive"}, {}),
        ({"value": ""}, {}),
    ],
)
def test_what_holds_a_digit_is_read_as_a_number(typed, errors):
    assert LabRow({"label": "Antibodies", **typed}).errors == errors
