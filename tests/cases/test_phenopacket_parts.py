"""Results, variants, diagnoses and treatments of a phenopacket."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from google.protobuf import json_format
from phenopackets import Phenopacket

from cpms import clock
from panels.cases.exports import phenopacket as writer
from panels.cases.importers import phenopacket
from tests.cases.reading import read


def lab(**value):
    return read(measurements=[{"assay": {"id": "LOINC:1668-3", "label": "17-OHP"}, **value}]).labs[0]


def variant(**descriptor):
    call = {"interpretationStatus": "CAUSATIVE", "variantInterpretation": {"variationDescriptor": descriptor}}
    diagnosis = {"disease": {"id": "OMIM:201910", "label": "CAH"}, "genomicInterpretations": [call]}
    return read(interpretations=[{"progressStatus": "SOLVED", "diagnosis": diagnosis}]).variants[0]


@pytest.mark.parametrize("text", ["1.10", "533.7", "0.30", "1000000", "1e-3", "0"])
def test_a_number_is_kept_exactly_as_written(text):
    quantity = f'{{"value": {text}, "unit": {{"id": "UCUM:nmol/L", "label": "nanomole per litre"}}}}'
    data = (
        f'{{"subject": {{}}, "measurements": [{{"assay": {{"id": "LOINC:1"}}, "value": {{"quantity": {quantity}}}}}]}}'
    )
    found = phenopacket.read(data.encode()).labs[0]
    assert found.value == Decimal(text)
    assert found.value.as_tuple() == Decimal(text).as_tuple()
    assert (found.unit, found.unit_label) == ("nmol/L", "nanomole per litre")


def quantity(unit="UCUM:nmol/L", range_unit="UCUM:nmol/L", low=1, high=5):
    limits = {"unit": {"id": range_unit}, "low": low, "high": high}
    return {"value": {"quantity": {"value": 7, "unit": {"id": unit}, "referenceRange": limits}}}


def test_a_range_in_the_unit_of_the_result_stands_beside_it():
    found = lab(**quantity())
    assert (found.code, found.value, found.low, found.high) == ("1668-3", Decimal(7), Decimal(1), Decimal(5))


@pytest.mark.parametrize("entry", [quantity(range_unit="UCUM:ng/dL"), quantity(low=6)])
def test_a_range_in_another_unit_or_upside_down_is_named_and_not_used(entry):
    case = read(measurements=[{"assay": {"id": "LOINC:1"}, **entry}])
    assert (case.labs[0].low, case.labs[0].high) == (None, None)
    path = "measurements[0].value.quantity.referenceRange"
    assert [left.shown != "" for left in case.left_out if left.path == path] == [True]


def test_a_missing_number_is_not_read_as_zero():
    found = lab(value={"quantity": {"unit": {"id": "UCUM:nmol/L"}}})
    assert found.value is None
    assert "zero" in found.note


def test_a_coded_result_is_a_text():
    found = lab(value={"ontologyClass": {"id": "NCIT:C38757", "label": "Negative"}})
    assert (found.value, found.text, found.text_code) == (None, "Negative", "NCIT:C38757")


def test_a_composite_result_is_one_line():
    parts = [
        {
            "type": {"id": "LOINC:8480-6", "label": "Systolic"},
            "quantity": {"value": 125, "unit": {"id": "UCUM:mm[Hg]"}},
        },
        {
            "type": {"id": "LOINC:8462-4", "label": "Diastolic"},
            "quantity": {"value": 75, "unit": {"id": "UCUM:mm[Hg]"}},
        },
    ]
    assert lab(complexValue={"typedQuantities": parts}).text == "Systolic 125 mm[Hg]; Diastolic 75 mm[Hg]"


def text(number):
    return None if number is None else str(number)


@pytest.mark.parametrize(
    ("number", "value", "remark"),
    [
        (0.30000000000000004, "0.300000000", "rounded to 9 decimals from 0.30000000000000004"),
        (1e20, None, "the number 1E+20 is too large to be held as a number"),
    ],
)
def test_a_number_beyond_the_columns_is_rounded_or_told(number, value, remark):
    found = lab(value={"quantity": {"value": number}})
    assert (text(found.value), found.note) == (value, remark)


def test_a_variant_keeps_every_name_it_has():
    found = variant(
        expressions=[
            {"syntax": "hgvs.c", "value": "NM_000500.9:c.806G>C"},
            {"syntax": "hgvs.g", "value": "NC_000006.12:g.32040072G>C"},
            {"syntax": "hgvs.p", "value": "NP_000491.4:p.(Ser269Thr)"},
            {"syntax": "spdi", "value": "NC_000006.12:32040071:G:C"},
        ],
        geneContext={"valueId": "HGNC:2600", "symbol": "CYP21A2"},
        allelicState={"id": "GENO:0000135", "label": "heterozygous"},
        vcfRecord={"genomeAssembly": "hg38", "chrom": "chr6", "pos": "32040072", "ref": "G", "alt": "C"},
    )
    assert (found.gene, found.gene_code, found.transcript, found.hgvs_c) == (
        "CYP21A2",
        "HGNC:2600",
        "NM_000500.9",
        "c.806G>C",
    )
    assert (found.hgvs_g, found.hgvs_p) == ("NC_000006.12:g.32040072G>C", "NP_000491.4:p.(Ser269Thr)")
    assert (found.position, found.zygosity, found.role) == ("hg38 chr6:32040072 G>C", "heterozygous", "causative")
    assert (found.note, found.name) == ("spdi NC_000006.12:32040071:G:C", "NM_000500.9:c.806G>C")


def test_a_structural_variant_is_named_by_its_label():
    found = variant(label="gene deletion", structuralType={"id": "SO:1000029", "label": "chromosomal_deletion"})
    assert (found.name, found.kind) == ("gene deletion", "chromosomal_deletion")


def test_a_gene_without_a_variant_counts():
    call = {"interpretationStatus": "CANDIDATE", "gene": {"valueId": "HGNC:4392", "symbol": "GNAS"}}
    diagnosis = {"disease": {"id": "ORPHA:79443", "label": "PHP1A"}, "genomicInterpretations": [call]}
    case = read(interpretations=[{"progressStatus": "IN_PROGRESS", "diagnosis": diagnosis}])
    assert (case.variants[0].name, case.variants[0].role) == ("GNAS", "candidate")
    assert [(found.code, found.status) for found in case.diagnoses] == [("ORPHA:79443", "suspected")]


def interpretation(status, code="OMIM:201910", **more):
    return {"progressStatus": status, "diagnosis": {"disease": {"id": code, "label": "CAH"}}, **more}


@pytest.mark.parametrize(
    ("interpretations", "status"),
    [
        ([], "confirmed"),
        (["SOLVED"], "confirmed"),
        (["UNSOLVED"], "suspected"),
        (["IN_PROGRESS", "SOLVED"], "confirmed"),
    ],
)
def test_a_disease_is_listed_once_with_the_more_careful_word(interpretations, status):
    case = read(
        diseases=[{"term": {"id": "OMIM:201910", "label": "CAH"}}],
        interpretations=[interpretation(word) for word in interpretations],
    )
    assert [(found.system, found.code, found.status) for found in case.diagnoses] == [("OMIM", "OMIM:201910", status)]


def test_an_excluded_disease_stays_excluded_and_another_interpreted_one_is_added():
    case = read(
        diseases=[{"term": {"id": "OMIM:201910", "label": "CAH"}, "excluded": True}],
        interpretations=[interpretation("SOLVED"), interpretation("SOLVED", code="Orphanet:418", summary="seen twice")],
    )
    assert [(found.code, found.status, found.note) for found in case.diagnoses] == [
        ("OMIM:201910", "excluded", ""),
        ("ORPHA:418", "confirmed", "seen twice"),
    ]


def test_treatments_of_four_kinds_are_told_in_words():
    dose = {
        "quantity": {"value": 10, "unit": {"id": "UCUM:mg", "label": "milligram"}},
        "scheduleFrequency": {"id": "NCIT:C64496", "label": "twice daily"},
        "interval": {"start": "2020-01-05T00:00:00Z", "end": "2021-02-05T00:00:00Z"},
    }
    case = read(
        medicalActions=[
            {"treatment": {"agent": {"id": "DrugCentral:1388", "label": "hydrocortisone"}, "doseIntervals": [dose]}},
            {"procedure": {"code": {"id": "NCIT:C15271", "label": "Adrenalectomy"}}},
            {
                "radiationTherapy": {
                    "modality": {"id": "NCIT:C28039", "label": "Electron beam"},
                    "dosage": 30,
                    "fractions": 10,
                }
            },
            {"therapeuticRegimen": {"identifier": "NCT0001", "regimenStatus": "STARTED"}},
        ]
    )
    drug, surgery, rays, regimen = case.treatments
    assert (drug.kind, drug.label, drug.started, drug.ended) == (
        "medication",
        "hydrocortisone",
        "January 2020",
        "February 2021",
    )
    assert drug.detail == "10 mg twice daily January 2020 to February 2021"
    assert (surgery.kind, surgery.label) == ("procedure", "Adrenalectomy")
    assert (rays.kind, rays.detail) == ("radiotherapy", "30 Gy, 10 fractions")
    assert (regimen.kind, regimen.detail) == ("regimen", "NCT0001; started")


def test_an_interpretation_that_names_no_disease_adds_none_but_its_summary_is_named():
    case = read(interpretations=[{"progressStatus": "UNSOLVED", "summary": "exome negative"}])
    assert case.diagnoses == ()
    assert [left.shown for left in case.left_out if left.path == "interpretations[0].summary"] == ["exome negative"]


def test_an_action_of_no_known_kind_is_kept_with_its_target():
    found = read(medicalActions=[{"treatmentTarget": {"id": "OMIM:201910", "label": "CAH"}}]).treatments[0]
    assert (found.kind, found.detail) == ("other", "for: CAH")


END = {"interval": {"end": "2021-02-05T00:00:00Z"}}
OLD = {"ageRange": {"end": {"iso8601duration": "P12Y"}}}


def with_ends_alone():
    """A finding, a medicine and a regimen of which only the end is known."""
    return read(
        subject={"id": "s1", "timeAtLastEncounter": OLD},
        phenotypicFeatures=[{"type": {"id": "HP:0000127", "label": "Salt wasting"}, "onset": OLD, "resolution": END}],
        medicalActions=[
            {"treatment": {"agent": {"label": "Hydrocortisone"}, "doseIntervals": [END]}},
            {
                "therapeuticRegimen": {
                    "ontologyClass": {"label": "Stress doses"},
                    "endTime": {"timestamp": "2021-02-05"},
                }
            },
        ],
    )


def test_a_span_whose_end_alone_is_known_does_not_begin_there():
    case = with_ends_alone()
    drug, regimen = case.treatments
    assert (drug.detail, drug.started, drug.ended) == ("until February 2021", "", "February 2021")
    assert (regimen.started, regimen.ended) == ("", "February 2021")
    finding = case.findings[0]
    assert (finding.onset, finding.resolution) == ("until 12 years", "until February 2021")
    assert (case.age.text, case.age.years) == ("until 12 years", 12)


def test_a_span_whose_end_alone_is_known_leaves_as_one():
    case = with_ends_alone()
    tree = writer.write(case, subject="P-TEST", made_at=clock.now())
    json_format.ParseDict(tree, Phenopacket())
    assert tree["phenotypicFeatures"][0]["onset"] == OLD
    again = phenopacket.read(json.dumps(tree).encode())
    assert (again.findings, again.treatments, again.age.text) == (case.findings, case.treatments, case.age.text)
