"""A result typed into a group's form, with the sign that laboratories print before it."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils.html import escape

from cpms.accounts.roles import Role
from panels.cases import actions as cases
from panels.cases.forms import LabRow
from panels.cases.models import CaseForm
from panels.cases.questionnaire import LOINC, UCUM, UNIT_OPTION
from tests.clients import signed_in
from tests.factories import Story, UserFactory, give_role

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


def lab(link: str, text: str, code: str, unit: str, system: str = LOINC) -> dict:
    units = [{"url": UNIT_OPTION, "valueCoding": {"system": UCUM, "code": unit}}]
    code = [{"system": system, "code": code}]
    return {"linkId": link, "text": text, "type": "quantity", "code": code, "extension": units}


def test_a_result_of_a_test_that_the_catalogue_does_not_know_is_kept_as_typed_and_shown():
    story, person = Story(), UserFactory(role="none")
    give_role(person, Role.CORE_HELPDESK)
    tests = [
        lab("ours", "Copeptin-like peptide", "99999-9", "pmol/L"),
        lab("own", "Tissue marker", "marker-1", "ug/L", "urn:cpms:analyte"),
    ]
    head = {"resourceType": "Questionnaire", "name": "rare", "title": "Rare", "version": "1", "status": "active"}
    form = CaseForm(slug="rare", version=1, title="Rare", body=json.dumps({**head, "item": tests}))
    cases.publish_case_form(cases.save_case_form(form, by=person), by=person)
    client, url = signed_in(story.lead), reverse("cases:form", args=[story.case.pk, "rare"])
    assert client.post(url, {"version": 0, "ours": "<4,2", "own": "17"}).status_code == 302
    rows = story.case.labs.order_by("-position")[:2]
    kept = {(one.label, one.comparator, one.value, one.unit, one.system, one.code) for one in rows}
    assert kept == {
        ("Copeptin-like peptide", "<", Decimal("4.2"), "pmol/L", "LOINC", "99999-9"),
        ("Tissue marker", "", Decimal(17), "ug/L", "", ""),
    }
    page = client.get(url).content.decode()
    assert page.count("no result") == 0
    assert "Tissue marker" in client.get(reverse("cases:blank_form", args=["rare"])).content.decode()
