"""A number that a case cannot hold as it stands is asked about, never rounded, and never an error of the page."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from cpms.forms import ClinicalDecimalField
from panels.cases.group_forms import MeasuredField
from panels.cases.models import Case
from tests.cases.test_meanwhile import page_of
from tests.clients import signed_in
from tests.factories import Story

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
TOO_LONG = ["0.1234567891", "1234567890123456", "1e-10", "12345678901234567890123456"]


@pytest.mark.parametrize("text", ["123456789012345", "0.123456789", "123456789012345.123456789", "0.0"])
def test_a_number_that_fits_is_held_as_it_was_typed(text):
    assert ClinicalDecimalField().clean(text) == Decimal(text)
    assert MeasuredField().clean(f"<{text}") == ("<", Decimal(text))


@pytest.mark.parametrize("field", [ClinicalDecimalField, MeasuredField])
@pytest.mark.parametrize("text", TOO_LONG)
def test_a_number_that_would_be_rounded_is_asked_about(field, text):
    with pytest.raises(ValidationError):
        field().clean(text)


@pytest.mark.parametrize("text", TOO_LONG)
def test_the_page_of_a_case_keeps_such_a_number_and_says_so(text):
    story = Story()
    page = page_of(story.case) | {"labs-1-label": "Renin", "labs-1-value": text, "labs-1-unit": "ng/L"}
    answer = signed_in(story.lead).post(reverse("cases:edit", args=[story.case.pk]), page)
    assert answer.status_code == 422
    assert f'value="{text}"' in answer.content.decode()
    assert Case.objects.get(pk=story.case.pk).labs.count() == 1
