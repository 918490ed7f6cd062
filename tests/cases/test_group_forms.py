"""Forms of the groups: read strictly, immutable once published, answered sealed, in the version a case began with."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from pypdf import PdfReader

from consent import actions as consent
from consent.states import Stage
from cpms.accounts.access import Refused
from cpms.accounts.roles import Role
from cpms.locking import Clash
from cpms.terminology import catalogue
from panels.cases import actions as cases
from panels.cases import queries
from panels.cases.importers import form_file
from panels.cases.importers.read_case import ImportRefused
from panels.cases.models import CaseAnswers, CaseForm
from panels.cases.queries import case_parts, lab_rows_of
from tests.clients import signed_in
from tests.factories import Story, UserFactory, case_form, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
SHIPPED = sorted((Path(__file__).resolve().parents[2] / "panels" / "cases" / "questionnaires").glob("*.json"))
SMALL = {
    "resourceType": "Questionnaire",
    "name": "small",
    "title": "Small",
    "version": "1",
    "status": "active",
    "item": [
        {"linkId": "a", "text": "Pain?", "type": "boolean"},
        {
            "linkId": "b",
            "text": "Where?",
            "type": "string",
            "enableWhen": [{"question": "a", "operator": "=", "answerBoolean": True}],
        },
    ],
}

HIDDEN_GROUP = {
    **SMALL["item"][1],
    "type": "group",
    "item": [{"linkId": "c", "text": "Since?", "type": "string", "required": True}],
}


def body(**changes) -> bytes:
    return json.dumps({**SMALL, **changes}).encode()


def staff():
    user = UserFactory(role="none")
    give_role(user, Role.CORE_HELPDESK)
    return user


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_form_is_sound_and_every_test_in_it_is_known(path):
    form = form_file.read(path.read_bytes())
    assert form.name == path.stem
    for item in form.questions():
        if item.is_lab:
            analyte = catalogue.coded(item.code) or catalogue.analytes()[item.code]
            assert set(item.units) == set(analyte.units), item.link


def test_the_two_ready_groups_have_a_cited_default_range_for_most_tests():
    story = Story()
    for slug, least in (("adrenal", 8), ("calcium", 8)):
        rows = lab_rows_of(case_form(slug), case_parts(story.case))
        ranged = [row for row in rows.values() if row.range_text or row.by_condition]
        assert len(ranged) >= least
        assert all(
            one.source and one.address
            for row in ranged
            for one in ([row.interval] if row.interval else row.conditional)
        )


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ([], "between one and"),
        ([{"linkId": "A b", "text": "x", "type": "string"}], "small letters"),
        ([{"linkId": "a", "text": "x", "type": "attachment"}], "not known in a form"),
        ([{"linkId": "a", "text": "x", "type": "string", "initial": [{}]}], "not known in a form: initial"),
        ([{"linkId": "a", "text": "", "type": "string"}], "must be a text"),
        ([{"linkId": "a", "text": "x", "type": "choice"}], "answers to choose from"),
        ([{"linkId": "a", "text": "x", "type": "string", "required": "yes"}], "true or false"),
        ([{"linkId": "a", "text": "x", "type": "string", "item": [{}]}], "only a group"),
        ([SMALL["item"][0], SMALL["item"][0]], "stands twice"),
        ([SMALL["item"][1]], "no earlier question"),
        ([{"linkId": "a", "text": "x", "type": "quantity", "extension": [{"url": "y"}]}], "choice of units"),
        ([{"linkId": "a", "text": "x", "type": "string", "code": [{"system": "z"}]}], "needs a code"),
        ([{"linkId": "a", "text": "x", "type": "string", "maxLength": "long"}], "number from 1"),
        ([{"linkId": "a", "text": "x", "type": "string", "maxLength": [3]}], "number from 1"),
        ([{"linkId": "a", "text": "x", "type": "string", "maxLength": -1}], "number from 1"),
        ([{"linkId": "a", "text": "x", "type": "string", "repeats": True}], "several answers"),
        ([SMALL["item"][0], {**SMALL["item"][1], "required": True}], "not always asked"),
        ([SMALL["item"][0], HIDDEN_GROUP], "not always asked"),
    ],
)
def test_what_a_form_does_not_know_is_refused_by_name(item, words):
    with pytest.raises(ImportRefused, match=words):
        form_file.read(body(item=item))


@pytest.mark.parametrize("tree", [{"resourceType": "Patient"}, {**SMALL, "contained": []}, {**SMALL, "item": "x"}])
def test_what_is_no_form_is_refused(tree):
    with pytest.raises(ImportRefused):
        form_file.read(json.dumps(tree).encode())


def test_a_published_version_is_never_changed_not_even_past_our_code():
    form = case_form("core")
    person = staff()
    form.title = "Other"
    with pytest.raises(Refused, match="published"):
        cases.save_case_form(form, by=person)
    with pytest.raises(Refused):
        cases.publish_case_form(form, by=person)
    for sql in ("UPDATE cases_caseform SET title = 'x' WHERE id = %s", "DELETE FROM cases_caseform WHERE id = %s"):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [form.pk])


def test_staff_import_look_and_publish():
    client = signed_in(staff())
    address = reverse("helpdesk:cases_caseform_add")
    sent = {
        "slug": "small",
        "version": 1,
        "title": "Small",
        "network": "",
        "number": "",
        "body": '{"resourceType": "x"}',
    }
    assert "no FHIR Questionnaire" in client.post(address, sent).content.decode()
    assert client.post(address, {**sent, "body": body().decode()}).status_code == 302
    form = CaseForm.objects.get(slug="small")
    preview = reverse("cases:form_preview", args=[form.pk])
    assert "Where?" in client.get(preview).content.decode()
    assert queries.published_form("small") is None
    client.post(preview)
    assert queries.published_form("small") == form
    assert "as clinicians see it" in client.get(reverse("helpdesk:cases_caseform_changelist")).content.decode()
    assert signed_in(UserFactory()).get(preview).status_code == 403


def test_answers_are_sealed_shown_and_stay_with_their_version():
    story = Story()
    first = published("small")
    client = signed_in(story.lead)
    url = reverse("cases:form", args=[story.case.pk, "small"])
    page = client.get(url).content.decode()
    assert 'data-when="a"' in page
    words = story.canary("answer")
    client.post(url, {"version": 0, "a": "yes", "b": words})
    row = CaseAnswers.objects.get(case=story.case)
    assert (row.form, row.by_link) == (first, {"a": "yes", "b": words})
    with connection.cursor() as cursor:
        cursor.execute("SELECT answers FROM cases_caseanswers")
        assert words.encode() not in bytes(cursor.fetchone()[0])
    story.open()
    story.seat(reader := UserFactory())
    assert words in signed_in(reader).get(f"/panels/{story.panel.ref}/").content.decode()
    second = published("small", version=2)
    page = client.get(url).content.decode()
    assert "There is a version 2" in page
    client.post(url, {"version": row.version, "a": "no", "b": ""})
    row.refresh_from_db()
    assert (row.form, row.by_link) == (first, {"a": "no", "b": words})
    assert words not in signed_in(reader).get(f"/panels/{story.panel.ref}/").content.decode()
    assert queries.form_of(Story("b").case, "small").form == second


def published(slug: str, version: int = 1) -> CaseForm:
    person = staff()
    form = CaseForm(slug=slug, version=version, title="Small", body=body().decode())
    return cases.publish_case_form(cases.save_case_form(form, by=person), by=person)


def test_a_value_typed_beside_a_test_becomes_a_result_of_the_case():
    story = Story()
    url = reverse("cases:form", args=[story.case.pk, "adrenal"])
    client = signed_in(story.lead)
    typed = {
        "version": 0,
        "lab-sodium": "131,5",
        "lab-sodium-unit": "mmol/L",
        "card": "yes",
        "first-signs": ["salt-loss", "other"],
    }
    assert client.post(url, typed).status_code == 302
    lab = story.case.labs.order_by("-position").first()
    assert (lab.label, lab.value, lab.unit, lab.code) == ("Sodium", Decimal("131.5"), "mmol/L", "2951-2")
    page = client.get(url).content.decode()
    assert "131.5" in page
    groups = dict(queries.answered_forms(case_parts(story.case))[0][1])
    assert groups["How it began"] == [("First signs", "Salt loss or adrenal crisis, Other")]
    bad = client.post(url, {"version": 1, "crises": "many", "lab-sodium": "1.2.3"})
    assert bad.status_code == 422


def test_two_people_do_not_overwrite_each_other_and_consent_is_asked():
    story = Story()
    form = published("small")
    given = {"answers": {"a": "yes"}, "labs": [], "by": story.lead}
    cases.answer_form(story.case, form, version=0, **given)
    with pytest.raises(Clash):
        cases.answer_form(story.case, form, version=0, **given)
    with pytest.raises(Refused):
        cases.answer_form(story.case, CaseForm(slug="x", version=1), version=0, **given)
    with pytest.raises(Refused):
        cases.answer_form(story.case, form, version=1, **{**given, "by": UserFactory()})
    copy = cases.copy_case(story.case, by=story.lead)
    assert copy.answers.get().by_link == {"a": "yes"}
    consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)
    with pytest.raises(Refused):
        cases.answer_form(story.case, form, version=1, **given)


def test_the_same_form_prints_for_regular_care():
    client = signed_in(UserFactory())
    page = client.get(reverse("cases:blank_form", args=["calcium"])).content.decode()
    assert "Nephrocalcinosis" in page
    assert "to be confirmed by the thematic group" in page
    answer = client.get(reverse("cases:blank_form_pdf", args=["calcium"]))
    text = "".join(one.extract_text() for one in PdfReader(io.BytesIO(answer.content)).pages)
    assert "Nephrocalcinosis" in text
    for name in ("blank_form", "blank_form_pdf"):
        assert client.get(reverse(f"cases:{name}", args=["nothing"])).status_code == 404
    story = Story()
    assert signed_in(story.lead).get(reverse("cases:form", args=[story.case.pk, "nothing"])).status_code == 404


@pytest.mark.parametrize("number", [1, 30])
def test_the_page_of_a_form_asks_the_same_however_many_results(number, django_assert_num_queries):
    story = Story()
    rows = [
        {"label": "Sodium", "code": "2951-2", "system": "LOINC", "value": 130 + n, "unit": "mmol/L"}
        for n in range(number)
    ]
    cases.add_labs(story.case, rows, names={}, by=story.lead)
    client, url = signed_in(story.lead), reverse("cases:form", args=[story.case.pk, "adrenal"])
    client.get(url)
    with django_assert_num_queries(32):
        client.get(url)


def test_saving_a_form_again_keeps_the_unit_of_a_quantity():
    story = Story()
    person = staff()
    unit = "http://hl7.org/fhir/StructureDefinition/questionnaire-unitOption"
    units = [
        {"url": unit, "valueCoding": {"system": "http://unitsofmeasure.org", "code": one}}
        for one in ("mmol/L", "mg/dL")
    ]
    tree = json.loads(body())
    tree["item"].append({"linkId": "sugar", "text": "Sugar then", "type": "quantity", "extension": units})
    made = CaseForm(slug="sugar", version=1, title="Sugar", body=json.dumps(tree))
    cases.publish_case_form(cases.save_case_form(made, by=person), by=person)
    url, client = reverse("cases:form", args=[story.case.pk, "sugar"]), signed_in(story.lead)
    assert client.post(url, {"version": 0, "sugar": "45", "sugar-unit": "mg/dL"}).status_code == 302
    form = client.get(url).context["form"]
    again = {name: form[name].value() for name in ("version", "sugar", "sugar-unit")}
    assert again["sugar-unit"] == "mg/dL"
    assert client.post(url, again).status_code == 302
    assert story.case.answers.get(form__slug="sugar").by_link["sugar"] == {"value": "45", "unit": "mg/dL"}
