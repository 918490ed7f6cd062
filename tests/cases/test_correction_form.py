"""The row for one more line of a case, as a browser sends it back."""

import pytest
from django import forms
from django.urls import reverse

from panels.cases import actions as cases
from panels.cases.forms import ROWS, CaseForms
from panels.cases.queries import case_parts
from tests.clients import signed_in
from tests.factories import Story

UNTOUCHED = {
    "diagnoses": {"status": ""},
    "findings": {"present": ""},
    "labs": {"comparator": ""},
    "variants": {},
    "treatments": {"kind": ""},
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
    assert sent("diagnoses", code="ORPHA:90794", status="suspected").errors == [{"label": ["This field is required."]}]
    assert sent("findings", label="Short stature", present="0").forms[0].is_valid()


def test_no_diagnosis_and_no_finding_says_of_itself_how_it_stands():
    """A browser sends the first choice of a list: it is none of the answers."""
    wrong = {
        "diagnoses": "Say whether it is confirmed, suspected or ruled out.",
        "findings": "Say whether it is present or absent.",
    }
    for name, field in (("diagnoses", "status"), ("findings", "present")):
        assert ROWS[name].base_fields[field].choices[0][0] == ""
        assert sent(name, label="Short stature").errors == [{field: [wrong[name]]}]


def fields_of(page) -> dict[str, str]:
    """What a browser would send back of the page of a case."""
    sets = page.context["forms"].sets
    sent = {"version": page.context["forms"].summary["version"].value(), "summary": ""}
    for name, rows in sets.items():
        sent |= {f"{name}-TOTAL_FORMS": len(rows.forms), f"{name}-INITIAL_FORMS": rows.initial_form_count()}
        sent |= {field.html_name: field.value() for row in rows for field in row if field.value() is not None}
    return {name: value for name, value in sent.items() if not name.endswith("DELETE")}


@pytest.mark.django_db
def test_without_a_script_a_save_can_come_back_to_the_same_part_with_a_fresh_row():
    story = Story()
    client, url = signed_in(story.lead), reverse("cases:edit", args=[story.case.pk])
    row = {"treatments-0-label": "Hydrocortisone", "treatments-0-kind": "medication", "stay": "treatments"}
    answer = client.post(url, fields_of(client.get(url)) | row)
    assert answer.url == f"{url}#treatments-more"
    page = client.get(url)
    assert [one["label"].value() for one in page.context["forms"].sets["treatments"]] == ["Hydrocortisone", None]
    assert 'id="treatments-more"' in page.content.decode()
    elsewhere = client.post(url, fields_of(page) | {"stay": "https://elsewhere.example"})
    assert elsewhere.url == story.patient.get_absolute_url()


@pytest.mark.django_db
def test_a_case_of_many_lines_is_saved():
    story = Story()
    rows = [{"label": f"Test {number}", "value": number, "unit": "mmol/L"} for number in range(200)]
    cases.add_labs(story.case, rows, names={}, by=story.lead)
    client, url = signed_in(story.lead), reverse("cases:edit", args=[story.case.pk])
    sent = fields_of(client.get(url)) | {"labs-201-label": "One more", "labs-201-value": "7"}
    assert len(sent) > 1000
    assert client.post(url, sent).status_code == 302
    assert story.case.labs.count() == 202


@pytest.mark.django_db
def test_a_draft_brings_back_rows_that_have_no_name_yet():
    story = Story()
    typed = {"labs-TOTAL_FORMS": "3", "labs-1-value": "7", "labs-2-label": "", "labs-2-comparator": "<"}
    forms_of = CaseForms(case_parts(story.case), typed=typed)
    assert [row["value"].value() for row in forms_of.sets["labs"]] == ["7", "129", None]


@pytest.mark.django_db
def test_a_treatment_is_of_no_kind_before_somebody_says_so():
    story = Story()
    client, url = signed_in(story.lead), reverse("cases:edit", args=[story.case.pk])
    for _time in range(2):  # and a later save does not say it either
        page = client.get(url)
        assert page.context["forms"].sets["treatments"].empty_form["kind"].value() is None
        assert client.post(url, fields_of(page) | {"treatments-0-label": "Adrenalectomy"}).status_code == 302
        assert [(one.label, one.kind) for one in story.case.treatments.all()] == [("Adrenalectomy", "")]


@pytest.mark.django_db
def test_what_is_wrong_in_the_rows_is_listed_on_top_with_links_to_the_fields():
    story = Story()
    client, url = signed_in(story.lead), reverse("cases:edit", args=[story.case.pk])
    wrong = {"findings-1-label": "Tetany", "labs-1-label": "Calcium", "labs-1-value": "1.234,5"}
    page = client.post(url, fields_of(client.get(url)) | wrong)
    said = [(part, number, field.label) for part, number, field in page.context["forms"].wrong]
    assert (page.status_code, said) == (422, [("Findings", 2, "Present?"), ("Laboratory", 2, "Result")])
    html = page.content.decode()
    for name, words in (
        ("findings-1-present", "Findings, row 2: Present?"),
        ("labs-1-value", "Laboratory, row 2: Result"),
    ):
        assert f'<a href="#id_{name}">{words}</a>' in html
        assert f'id="id_{name}"' in html
