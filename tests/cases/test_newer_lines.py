"""What becomes of each line of a newer file: told apart, ticked once, left out by name, and never more than a case holds."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from cpms.accounts.access import Refused
from cpms.patients.models import Patient
from panels.cases import actions as cases
from panels.cases.importers import phenopacket
from panels.cases.importers.newer import Ticked
from panels.cases.importers.read_case import ImportRefused
from panels.cases.models import CaseImport, LabResult
from panels.cases.states import MOST_ROWS
from tests.cases.test_newer_file import lab, packet, page  # noqa: F401 the fixture is taken by its name

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


def variant(classification: str) -> dict:
    expression = {"syntax": "hgvs.c", "value": "c.518T>A"}
    descriptor = {"id": "v", "geneContext": {"valueId": "HGNC:2600", "symbol": "CYP21A2"}, "expressions": [expression]}
    found = {"acmgPathogenicityClassification": classification, "variationDescriptor": descriptor}
    one = {"subjectOrBiosampleId": "x", "interpretationStatus": "CAUSATIVE", "variantInterpretation": found}
    disease = {"id": "ORPHA:418", "label": "CAH"}
    told = {"disease": disease, "genomicInterpretations": [one]}
    return {"id": "i", "progressStatus": "SOLVED", "diagnosis": told}


def test_a_variant_that_was_classified_anew_reads_otherwise_than_the_one_of_the_case(page):  # noqa: F811
    old, new = (packet(interpretations=[variant(one)]) for one in ("UNCERTAIN_SIGNIFICANCE", "PATHOGENIC"))
    cases.import_phenopacket(page.story.case, json.dumps(old).encode(), filename="", by=page.story.lead)
    words, is_held, is_proposed, says = page.lines(new)["variants-0"]
    assert (is_held, is_proposed) == (False, False)
    assert (words.split(", ")[-1], says.split(", ")[-1]) == ("pathogenic", "uncertain significance")


@pytest.mark.parametrize(
    ("more", "is_held"),
    [
        ({}, True),
        ({"severity": {"id": "HP:0012828", "label": "Severe"}}, False),
        ({"onset": {"age": {"iso8601duration": "P3Y"}}}, False),
        ({"resolution": {"age": {"iso8601duration": "P4Y"}}}, False),
    ],
)
def test_a_finding_of_which_the_file_says_more_is_not_here_already(page, more, is_held):  # noqa: F811
    feature = {"type": {"id": "HP:0004322", "label": "Short stature"}}
    plain, fuller = packet(phenotypicFeatures=[feature]), packet(phenotypicFeatures=[feature | more])
    cases.import_phenopacket(page.story.case, json.dumps(plain).encode(), filename="", by=page.story.lead)
    words, found, _, says = page.lines(fuller)["findings-0"]
    assert (found, words == says) == (is_held, False)
    cases.import_phenopacket(page.story.case, json.dumps(fuller).encode(), filename="", by=page.story.lead)
    assert page.lines(plain)["findings-0"][1] is True


def test_an_age_that_the_patient_has_not_reached_dates_no_result(page):  # noqa: F811
    Patient.objects.filter(pk=page.story.patient.pk).update(birth_year=2015)
    seen = {"timeAtLastEncounter": {"age": {"iso8601duration": "P40Y"}}}
    page.add(packet(subject=seen, measurements=[lab(131, age="")]), "labs-0")
    assert [one.taken for one in page.story.case.labs.all()] != ["40 years"]


def test_lines_that_were_not_ticked_are_named_and_no_page_says_that_all_was_taken(page):  # noqa: F811
    page.add(packet(measurements=[lab(131), lab(140)]), "labs-1")
    (made,) = CaseImport.objects.filter(case=page.story.case)
    (left,) = [one for one in json.loads(made.left_out) if one["path"] == "Laboratory"]
    assert left == {"path": "Laboratory", "why": "not ticked", "shown": "Sodium, 131 mmol/L, 5 years"}
    draft = reverse("panels:prepare", args=[page.story.panel.ref])
    body = page.client.get(draft).content.decode()
    assert "not ticked" in body
    assert "Everything in the file" not in body


def test_a_line_that_stands_in_the_file_twice_is_ticked_once(page):  # noqa: F811
    tree = packet(measurements=[lab(131), lab(131)])
    lines = page.lines(tree)
    assert [(held, proposed) for _, held, proposed, _ in lines.values()] == [(False, True), (True, False)]
    assert page.look(tree).content.decode().count("as above</small>") == 1
    page.add(tree, "labs-0")
    assert "as above" not in page.look(tree).content.decode()


def test_two_pages_with_one_file_add_its_lines_once_and_say_so(page):  # noqa: F811
    tree = packet(measurements=[lab(131), lab(140)])
    page.add(tree, "labs-0")
    answer = page.client.get(page.add(tree, "labs-0", "labs-1").url).content.decode()
    assert sorted(one.value for one in page.story.case.labs.all()) == [131, 140]
    assert "1 line added from the file." in answer
    assert "1 ticked line was not added: the case holds it by now" in answer


def test_a_line_that_was_shown_as_here_and_ticked_all_the_same_is_added(page):  # noqa: F811
    tree = packet(measurements=[lab(131)])
    page.add(tree, "labs-0")
    sent = {"file_text": json.dumps(tree), "file_name": "x.json", "take": "labs-0", "held": "labs-0", "add": "1"}
    assert 'name="held" value="labs-0"' in page.look(tree).content.decode()
    page.client.post(page.url, sent)
    assert page.story.case.labs.count() == 2


def test_a_file_of_nearly_two_megabytes_comes_back_from_the_browser(page):  # noqa: F811
    text = json.dumps(packet(measurements=[lab(131)]), indent=1)
    text = text.replace("\n", "\n" + (" " * 11 + "\n") * (1_900_000 // 12 // text.count("\n")), text.count("\n"))
    assert 1_800_000 < len(text) < 2_000_000
    body = page.look(text.encode()).content.decode()
    assert body.count('enctype="multipart/form-data"') == 2
    sent = {"file_text": text.replace("\n", "\r\n"), "file_name": "newer.json", "take": "labs-0", "add": "1"}
    assert page.client.post(page.url, sent).status_code == 302
    assert page.story.case.labs.count() == 1


def test_a_case_never_holds_more_lines_than_its_form_can_send(page):  # noqa: F811
    case = page.story.case
    features = [{"type": {"id": f"HP:{number:07}", "label": "An invented finding"}} for number in range(501)]
    most = packet(measurements=[lab(number) for number in range(MOST_ROWS - 500)], phenotypicFeatures=features)
    with pytest.raises(ImportRefused, match="2,001 lines"):
        phenopacket.read(json.dumps(most).encode())
    held = sum(getattr(case, name).count() for name in ("diagnoses", "findings", "labs", "variants", "treatments"))
    rows = [LabResult(case=case, key=case.key, label="TSH", value=one) for one in range(MOST_ROWS - held - 1)]
    LabResult.objects.bulk_create(rows)
    with pytest.raises(Refused, match="2,000 lines at most"):
        cases.add_labs(case, [{"label": "TSH", "value": one} for one in (1, 2)], names={}, by=page.story.lead)
    read = phenopacket.read(json.dumps(packet(measurements=[lab(131), lab(140)])).encode())
    made = cases.add_read_lines(case, read, ticked=Ticked(["labs-0", "labs-1"]), filename="", by=page.story.lead)
    assert made.taken["labs"] == 1
    left = [one for one in json.loads(made.left_out) if one["path"] == "Laboratory"]
    assert [one["why"] for one in left] == ["a case holds 2,000 lines at most"]
