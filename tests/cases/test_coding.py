"""What a line says and what its code says stay one thing when the line is corrected."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from panels.cases import actions as cases
from panels.cases.models import Case, Diagnosis, Finding, LabResult, Treatment, Variant
from panels.cases.queries import case_parts
from panels.cases.states import Flag
from tests.factories import Story

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
CALCIUM = {
    "system": "LOINC",
    "code": "2000-8",
    "label": "Calcium",
    "value": Decimal("2.4"),
    "unit": "mmol/L",
    "unit_label": "millimole per litre",
}
PARTS = {
    "labs": LabResult,
    "treatments": Treatment,
    "diagnoses": Diagnosis,
    "findings": Finding,
    "variants": Variant,
}


def corrected(name, held, **typed):
    """A line that the case holds, after the form was saved with ``typed`` in its place."""
    story = Story()
    case = cases.start_case(story.patient, by=story.lead)
    part = PARTS[name](case=case, key=case.key, **held)
    part.save(force_insert=True)
    return saved(case, name, {"id": part.pk, **typed}, by=story.lead)


def entered(name, **typed):
    story = Story()
    return saved(cases.start_case(story.patient, by=story.lead), name, typed, by=story.lead)


def saved(case, name, row, *, by):
    cases.correct_case(case, cases.Correction(**{name: [row]}), version=case.version, by=by)
    return getattr(Case.objects.get(pk=case.pk), name).get()


@pytest.mark.parametrize(
    ("typed", "coded"),
    [
        ({"label": "Phosphate"}, ("LOINC", "14879-1", "millimole per litre")),
        ({"label": "Phosphate", "unit": "mg/dL"}, ("LOINC", "2777-1", "")),
        ({"label": "Something of ours"}, ("", "", "millimole per litre")),
        ({"label": "total calcium"}, ("LOINC", "2000-8", "millimole per litre")),
        ({"unit": "mg/dL"}, ("LOINC", "17861-6", "")),
        ({"unit": "mmol/l"}, ("LOINC", "2000-8", "")),
        ({"unit": ""}, ("", "", "")),
        ({"value": Decimal(3), "label": "Calcium", "unit": "mmol/L"}, ("LOINC", "2000-8", "millimole per litre")),
    ],
)
def test_the_code_of_a_result_follows_its_test_and_its_unit(typed, coded):
    lab = corrected("labs", CALCIUM, **typed)
    assert (lab.system, lab.code, lab.unit_label) == coded


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"unit": "mmol/l"}, "99999-9"),
        ({"value": Decimal(3)}, "99999-9"),
        ({"label": "a  Test of theirs"}, "99999-9"),
        ({"unit": "mg/dL"}, ""),
    ],
)
def test_a_code_the_catalogue_does_not_know_stays_while_it_can_be_right(typed, kept):
    lab = corrected("labs", {**CALCIUM, "code": "99999-9", "label": "A test of theirs"}, **typed)
    assert lab.code == kept


def test_a_renamed_result_is_read_and_exported_as_what_it_says_now():
    story = Story()
    case = cases.start_case(story.patient, by=story.lead)
    lab = LabResult(case=case, key=case.key, **CALCIUM)
    lab.save(force_insert=True)
    row = {"id": lab.pk, "label": "Phosphate", "unit": "mg/dL"}
    cases.correct_case(case, cases.Correction(labs=[row]), version=case.version, by=story.lead)
    case = case_parts(Case.objects.get(pk=case.pk))
    (shown,) = case.results.rows
    assert (shown.analyte.key, shown.flag) != ("calcium", Flag.INSIDE)
    (measured,) = json.loads(cases.export_phenopacket(case, by=story.lead))["measurements"]
    assert measured["assay"] == {"id": "LOINC:2777-1", "label": "Phosphate"}
    assert measured["value"]["quantity"]["unit"] == {"id": "UCUM:mg/dL", "label": "mg/dL"}


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"label": "Calcium", "unit": "mmol/L"}, "2000-8"),
        ({"label": "Kalzium", "unit": "mg/dl"}, "17861-6"),
        ({"label": "TSH", "unit": "mU/L"}, "3016-3"),
        ({"label": "Something of ours", "unit": "mmol/L"}, ""),
        ({"label": "Calcium", "unit": "mmol/L", "code": "1-8"}, "1-8"),
    ],
)
def test_a_result_typed_by_hand_gets_the_code_of_a_known_test(typed, code):
    assert entered("labs", **typed).code == code


def test_another_treatment_has_no_code_of_the_former_one():
    held = {"code": "DrugCentral:1388", "label": "hydrocortisone", "kind": "medication"}
    assert corrected("treatments", held, label="prednisolone").code == ""
    assert corrected("treatments", held, label="hydrocortisone", note="15 mg").code == "DrugCentral:1388"


def test_the_system_of_a_diagnosis_is_that_of_its_code():
    held = {"system": "OMIM", "code": "OMIM:201910", "label": "CAH"}
    assert corrected("diagnoses", held, label="CAH", code="ORPHA:418").system == "ORPHA"
    assert corrected("diagnoses", held, label="CAH", code="").system == ""
    assert corrected("diagnoses", held, label="CAH, late", code="OMIM:201910").system == "OMIM"
    assert entered("diagnoses", label="CAH", code="ORPHA:418").system == "ORPHA"


def test_what_qualified_a_finding_does_not_pass_to_another():
    held = {"code": "HP:0000127", "label": "Renal salt wasting", "qualifiers": "Severe"}
    assert corrected("findings", held, label="Tired", code="HP:0012378").qualifiers == ""
    assert corrected("findings", held, label="Renal salt wasting", code="HP:0000127", present=False).qualifiers
    uncoded = {**held, "code": ""}
    assert corrected("findings", uncoded, label="Tired", code="").qualifiers == ""


def test_other_names_of_a_variant_go_with_the_variant():
    note = "NP_000491.4:p.Ile173Asn; HGNC:2600; GRCh38 6:32040110 T>A; seen with c.518T>A in the mother"
    held = {"gene": "CYP21A2", "hgvs": "NM_000500.9:c.518T>A", "note": note}
    assert corrected("variants", held, gene="CYP21A2", hgvs="c.1A>G").note == "seen with c.518T>A in the mother"
    assert corrected("variants", held, gene="CYP21A2", zygosity="homozygous").note == note
