"""The row for one more line of a case, as a browser sends it back."""

import pytest
from django import forms

from panels.cases.forms import ROWS

UNTOUCHED = {
    "diagnoses": {"status": "confirmed"},
    "findings": {"present": "1"},
    "labs": {"comparator": ""},
    "variants": {},
    "treatments": {"kind": "medication"},
}


def sent(name, **values):
    rows = forms.formset_factory(ROWS[name], extra=1, can_delete=True)
    texts = dict.fromkeys(ROWS[name].base_fields, "")
    row = {f"form-0-{field}": value for field, value in {**texts, **UNTOUCHED[name], **values}.items()}
    return rows({"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", **row})


@pytest.mark.parametrize("name", sorted(ROWS))
def test_an_untouched_new_row_is_no_row(name):
    rows = sent(name)
    assert rows.is_valid()
    assert rows[0].cleaned_data == {}


def test_a_new_row_needs_its_name_once_something_is_typed():
    assert sent("diagnoses", code="ORPHA:90794").errors == [{"label": ["This field is required."]}]
    assert sent("findings", label="Short stature", present="0").forms[0].is_valid()
