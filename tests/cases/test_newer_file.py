"""A newer file of a patient whose case is open: shown beside the case, taken line by line, nothing overwritten."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from consent import actions as consent
from consent.states import Stage
from cpms.patients.models import Patient
from helpdesk.demo.cases import CASES
from panels.cases import actions as cases
from panels.cases.importers import phenopacket
from panels.cases.importers.newer import Ticked
from panels.cases.models import Case, CaseImport
from tests.clients import signed_in
from tests.factories import Story, UserFactory

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
FILE = CASES[0].path


def lab(value: float, *, name: str = "Sodium", code: str = "2951-2", age: str = "P5Y") -> dict:
    quantity = {"unit": {"id": "UCUM:mmol/L"}, "value": value}
    found = {"assay": {"id": f"LOINC:{code}", "label": name}, "value": {"quantity": quantity}}
    return found | ({"timeObserved": {"age": {"iso8601duration": age}}} if age else {})


def packet(**parts) -> dict:
    """An invented patient."""
    return {"id": "x", "subject": {"id": "x", "sex": "FEMALE", **parts.pop("subject", {})}, **parts, "metaData": {}}


def disease(code: str, label: str) -> dict:
    return {"term": {"id": code, "label": label}}


class Page:
    """The page of one case, as its lead uses it."""

    def __init__(self, story: Story) -> None:
        self.story, self.client = story, signed_in(story.lead)
        self.url = reverse("cases:take_in", args=[story.case.pk])

    def look(self, tree: dict | bytes):
        data = tree if isinstance(tree, bytes) else json.dumps(tree).encode()
        return self.client.post(self.url, {"file": SimpleUploadedFile("newer.json", data, "application/json")})

    def lines(self, tree: dict | bytes) -> dict:
        """Of what was read, by key: words, already here, proposed, what the case says."""
        parts = self.look(tree).context["parts"]
        return {
            one.key: (one.words, one.is_held, one.is_proposed, one.case_says) for _, lines in parts for one in lines
        }

    def add(self, tree: dict, *keys: str):
        sent = {"file_text": json.dumps(tree), "file_name": "newer.json", "take": keys, "add": "1"}
        return self.client.post(self.url, sent)


@pytest.fixture
def page() -> Page:
    story = Story()
    story.case.labs.all().delete()
    return Page(story)


def test_the_same_file_once_more_brings_nothing_new(page):
    cases.import_phenopacket(page.story.case, FILE.read_bytes(), filename="x.json", by=page.story.lead)
    lines = page.lines(FILE.read_bytes())
    assert len(lines) == sum(phenopacket.read(FILE.read_bytes()).counts.values())
    assert {(held, proposed, says) for _, held, proposed, says in lines.values()} == {(True, False, "")}


def test_new_lines_are_ticked_and_what_is_here_already_is_not(page):
    cases.import_phenopacket(
        page.story.case, json.dumps(packet(measurements=[lab(131)])).encode(), filename="", by=page.story.lead
    )
    assert page.lines(packet(measurements=[lab(131), lab(140, age="P6Y"), lab(132)])) == {
        "labs-0": ("Sodium, 131 mmol/L, 5 years", True, False, ""),
        "labs-1": ("Sodium, 140 mmol/L, 6 years", False, True, ""),
        "labs-2": ("Sodium, 132 mmol/L, 5 years", False, True, "Sodium, 131 mmol/L, 5 years"),
    }


def test_what_contradicts_the_case_is_said_and_left_alone(page):
    finding = page.story.canary("finding")
    features = [
        {"type": {"id": "HP:0000127", "label": "Renal salt wasting"}, "excluded": True},
        {"type": {"id": "HP:0004322", "label": "Short stature"}},
    ]
    tree = packet(phenotypicFeatures=features, diseases=[disease("ORPHA:418", "Congenital adrenal hyperplasia")])
    lines = page.lines(tree)
    assert lines["findings-0"] == ("Renal salt wasting, absent", False, False, f"{finding}, present")
    assert lines["findings-1"] == ("Short stature, present", False, True, "")
    assert lines["diagnoses-0"][1:] == (False, False, f"{page.story.canary('diagnosis')}, confirmed")
    body = page.look(tree).content.decode()
    assert f"The case says: {finding}, present" in body


@pytest.mark.parametrize(
    ("subject", "sentence"),
    [
        ({"sex": "MALE"}, "The file says male; the patient is female."),
        ({"dateOfBirth": "2012-03-04T00:00:00Z"}, "The file says born in 2012; the patient is born in 2015."),
        ({"karyotypicSex": "XY"}, "The file says XY; the patient is of no given karyotype."),
        (
            {"timeAtLastEncounter": {"age": {"iso8601duration": "P40Y"}}},
            "The file says 40 years; the patient is about 11 years old.",
        ),
    ],
)
def test_another_patient_is_said_and_nothing_is_changed(page, subject, sentence):
    Patient.objects.filter(pk=page.story.patient.pk).update(birth_year=2015)
    tree = packet(subject=subject, measurements=[lab(131)])
    (said,) = page.look(tree).context["differs"]
    assert said.replace(page.story.patient.age_text, "about 11 years") == sentence
    before = Patient.objects.values().get(pk=page.story.patient.pk)
    page.add(tree, "labs-0")
    assert Patient.objects.values().get(pk=page.story.patient.pk) == before
    assert Case.objects.get(pk=page.story.case.pk).age_at_entry == ""


def test_ticked_lines_are_added_behind_the_others_and_nothing_else_is(page):
    case, tree = page.story.case, packet(measurements=[lab(131), lab(140)], diseases=[disease("ORPHA:418", "CAH")])
    before = (case.summary, [one.label for one in case.diagnoses.all()], case.version)
    answer = page.add(tree, "labs-1")
    assert answer.url == reverse("cases:edit", args=[case.pk])
    fresh = Case.objects.get(pk=case.pk)
    assert [one.value for one in fresh.labs.all()] == [Decimal(140)]
    assert (fresh.summary, [one.label for one in fresh.diagnoses.all()], fresh.version) == before
    made = CaseImport.objects.get(case=case)
    assert (made.taken["labs"], made.taken["diagnoses"], made.filename) == (1, 0, "newer.json")
    assert page.lines(tree)["labs-1"][1:3] == (True, False)


def test_a_result_without_a_moment_was_taken_at_the_age_that_the_file_gives(page):
    seen = {"timeAtLastEncounter": {"age": {"iso8601duration": "P9Y"}}}
    tree = packet(subject=seen, measurements=[lab(131, age="")])
    page.add(tree, "labs-0")
    (added,) = page.story.case.labs.all()
    assert (added.taken, json.loads(added.origin)["taken"]) == ("9 years", "9 years")
    assert page.lines(tree)["labs-0"][1] is True


def test_what_is_not_understood_is_listed(page):
    tree = packet(measurements=[lab(131)], somethingElse={"a": "b"})
    assert [one.path for one in page.look(tree).context["left_out"].look] == ["somethingElse.a"]
    assert "somethingElse" in page.look(tree).content.decode()


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", "Choose a file."), (b"{", "JSON"), (b" " * 2_000_001, "larger than 2 MB"), (b'{"id": "x"}', "phenopacket")],
)
def test_what_is_no_file_of_a_case_is_refused_beside_the_field(page, data, words):
    answer = page.look(data)
    assert answer.status_code == 422
    assert words in str(answer.context["form"].errors["file"])


def test_nothing_ticked_adds_nothing_and_says_so(page):
    assert "Nothing was ticked" in page.add(packet(measurements=[lab(131)])).content.decode()
    assert not CaseImport.objects.filter(case=page.story.case).exists()


def test_only_the_treating_side_takes_lines_in_and_only_under_consent(page):
    read = phenopacket.read(FILE.read_bytes())
    with pytest.raises(cases.editing.Refused):
        cases.add_read_lines(page.story.case, read, ticked=Ticked(["labs-0"]), filename="", by=UserFactory())
    consent.withdraw_consent(page.story.patient, by=page.story.lead, stage=Stage.CARE)
    with pytest.raises(cases.editing.Refused):
        cases.add_read_lines(page.story.case, read, ticked=Ticked(["labs-0"]), filename="", by=page.story.lead)
