"""What was typed into a case leaves it as it was meant: nothing surer than it was said, nothing lost."""

from __future__ import annotations

import json

import pytest
from google.protobuf import json_format
from phenopackets import Phenopacket

from panels.cases import actions as cases
from panels.cases.importers import phenopacket
from panels.cases.importers.ledger import NOT_UNDERSTOOD
from panels.cases.models import Case
from panels.cases.queries import case_parts
from tests.factories import Story

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.fixture
def story():
    return Story()


def left_with(story, **typed):
    """The tree of a case that holds these lines alone, checked against the schema, and what our reader makes of it."""
    case = cases.start_case(story.patient, by=story.lead)
    cases.correct_case(case, cases.Correction(**typed), version=case.version, by=story.lead)
    data = cases.export_phenopacket(case_parts(Case.objects.get(pk=case.pk)), by=story.lead)
    json_format.Parse(data, Phenopacket())
    return json.loads(data), phenopacket.read(data)


def test_a_suspicion_without_a_code_stays_one_beside_a_variant_of_no_disease(story):
    diagnoses = [
        {"label": "Salt-wasting crisis", "code": "", "status": "suspected"},
        {"label": "Adrenal insufficiency", "code": "", "status": "suspected"},
    ]
    _tree, read = left_with(story, diagnoses=diagnoses, variants=[{"gene": "CYP21A2", "hgvs": "c.518T>A"}])
    assert [(one.label, one.status) for one in read.diagnoses] == [
        ("Salt-wasting crisis", "suspected"),
        ("Adrenal insufficiency", "suspected"),
    ]


def test_a_disease_that_was_ruled_out_is_never_said_to_solve_the_case(story):
    case = cases.start_case(story.patient, by=story.lead)
    packet = {
        "subject": {"id": "s1"},
        "diseases": [{"term": {"id": "ORPHA:418", "label": "CAH"}, "excluded": True, "laterality": {"label": "left"}}],
        "interpretations": [
            {
                "id": "i1",
                "progressStatus": "UNSOLVED",
                "diagnosis": {
                    "disease": {"id": "ORPHA:418", "label": "CAH"},
                    "genomicInterpretations": [
                        {
                            "subjectOrBiosampleId": "s1",
                            "interpretationStatus": "REJECTED",
                            "gene": {"symbol": "CYP21A2"},
                        }
                    ],
                },
            }
        ],
    }
    cases.import_phenopacket(case, json.dumps(packet).encode(), filename="x.json", by=story.lead)
    tree = json.loads(cases.export_phenopacket(case_parts(Case.objects.get(pk=case.pk)), by=story.lead))
    assert [one["progressStatus"] for one in tree["interpretations"]] == ["UNSOLVED"]
    assert phenopacket.read(json.dumps(tree).encode()).diagnoses[0].status == "excluded"


@pytest.mark.parametrize("kind", ["other", "regimen", ""])
def test_a_treatment_of_no_kind_of_the_format_leaves_with_its_name_and_its_note(story, kind):
    row = {"label": "Low-calcium diet", "kind": kind, "note": "600 mg a day; since March 2020"}
    tree, read = left_with(story, treatments=[row])
    assert "treatment" not in tree["medicalActions"][0]  # a diet is no medicine
    words = f"{read.treatments[0].label} {read.treatments[0].detail}"
    assert [part in words for part in ("Low-calcium diet", "600 mg a day", "since March 2020")] == [True] * 3


@pytest.mark.parametrize(
    ("typed", "listed"),
    [
        ("Pathogenic", "PATHOGENIC"),
        ("likely  Benign", "LIKELY_BENIGN"),
        ("VUS", None),
        ("class 4 by the laboratory", None),
    ],
)
def test_a_significance_leaves_in_the_words_of_the_format_or_in_its_own(story, typed, listed):
    row = {"gene": "CYP21A2", "hgvs": "c.518T>A", "significance": typed}
    tree, read = left_with(story, variants=[row])
    call = tree["interpretations"][0]["diagnosis"]["genomicInterpretations"][0]["variantInterpretation"]
    assert call.get("acmgPathogenicityClassification") == listed
    assert read.variants[0].significance == (listed.lower().replace("_", " ") if listed else typed)
    assert (read.variants[0].note, [one for one in read.left_out if one.why == NOT_UNDERSTOOD]) == ("", [])
