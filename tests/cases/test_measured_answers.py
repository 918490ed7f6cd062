"""A result typed into a group's form, with the sign that laboratories print before it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils.html import escape

from panels.cases.forms import LabRow
from tests.clients import signed_in
from tests.factories import Story, case_form

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("<0,5", ("<", Decimal("0.5"))),
        ("> 100", (">", Decimal(100))),
        ("≤ 3", ("<=", Decimal(3))),
        (">=3", (">=", Decimal(3))),
        ("-1.9", ("", Decimal("-1.9"))),
        ("0", ("", Decimal(0))),
    ],
)
def test_a_result_beyond_what_can_be_measured_is_typed_as_it_is_printed(typed, kept):
    story = Story()
    case_form("adrenal")
    url = reverse("cases:form", args=[story.case.pk, "adrenal"])
    sent = {"version": 0, "lab-sodium": typed, "lab-sodium-unit": "mmol/L"}
    assert signed_in(story.lead).post(url, sent).status_code == 302
    lab = story.case.labs.order_by("-position").first()
    assert (lab.label, (lab.comparator, lab.value)) == ("Sodium", kept)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("<", "Enter a number, for example 2.86 or &lt;0.5."),
        ("<five", "Enter a number, for example 2.86 or &lt;0.5."),
        ("<>5", "Enter one sign at most and then the number, for example &lt;0.5."),
        ("<1.234,5", "Use one decimal mark"),
    ],
)
def test_a_sign_without_one_number_is_asked_back_and_stays_as_typed(typed, words):
    story = Story()
    case_form("adrenal")
    held = story.case.labs.count()
    url = reverse("cases:form", args=[story.case.pk, "adrenal"])
    answer = signed_in(story.lead).post(url, {"version": 0, "lab-sodium": typed})
    page = answer.content.decode()
    assert (answer.status_code, words in page, "beside the value" in page) == (422, True, False)
    assert f'value="{escape(typed)}"' in page
    assert story.case.labs.count() == held


def test_the_message_about_a_sign_names_a_control_that_the_form_has():
    row = LabRow({"label": "Sodium", "value": "<5", "low": "<4"})
    assert row.errors["value"] == ["Choose < or > as the sign beside the result and enter the number alone."]
    assert row.errors["low"] == ["Enter the number alone, without < or >."]
    assert "comparator" in row.fields
