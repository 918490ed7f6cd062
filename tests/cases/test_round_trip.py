"""In from a file, out again, in again: the same case. For every published case, our own, and every field of the schema."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from django.urls import reverse
from google.protobuf import json_format
from phenopackets import Phenopacket

from consent import actions as consent
from consent.states import Stage
from cpms import clock
from cpms.accounts.access import Refused
from cpms.audit.models import AuditEvent
from panels.cases import actions as cases
from panels.cases.exports import phenopacket as writer
from panels.cases.importers import phenopacket
from panels.cases.importers.read_case import ReadCase, ReadLab, ReadTreatment
from panels.cases.models import Case
from panels.cases.queries import case_parts
from tests.cases.every_field import whole
from tests.clients import signed_in
from tests.factories import Story

DEMO = sorted((Path(__file__).parents[2] / "helpdesk" / "demo" / "cases").glob("*.json"))
BORN_TURNS = {
    1,
    5,
}  # with a day of birth, the reader says a medication's dates as ages, and the format has no place for those


def compared(case):
    """What has to be equal: the day of birth and the file's spelling of an age stay behind on purpose."""
    age = case.age and replace(case.age, iso="")
    return replace(case, left_out=(), birth_year=None, birth_month=None, age=age)


def there_and_back(data):
    first = phenopacket.read(data)
    tree = writer.write(first, subject="P-TEST", made_at=clock.now())
    json_format.ParseDict(tree, Phenopacket())
    return compared(first), compared(phenopacket.read(json.dumps(tree).encode()))


def test_a_published_case_survives_the_round_trip(published):
    first, second = there_and_back(published.read_bytes())
    assert first == second


@pytest.mark.parametrize("path", DEMO, ids=lambda path: path.stem)
def test_a_demonstration_case_survives_the_round_trip(path):
    first, second = there_and_back(path.read_bytes())
    assert first == second


@pytest.mark.parametrize("turn", range(12))
def test_every_field_that_a_case_holds_survives_the_round_trip(turn):
    first, second = there_and_back(json.dumps(whole(turn)).encode())
    if turn in BORN_TURNS:
        first, second = (
            replace(one, treatments=tuple(replace(item, started="", ended="") for item in one.treatments))
            for one in (first, second)
        )
    assert first == second


def imported(story, data):
    case = cases.start_case(story.patient, by=story.lead)
    cases.import_phenopacket(case, data, filename="x.json", by=story.lead)
    return Case.objects.select_related("key", "patient__key").get(pk=case.pk)


def out_and_in(story, data):
    exported = cases.export_phenopacket(case_parts(imported(story, data)), by=story.lead)
    again = cases.export_phenopacket(case_parts(imported(story, exported)), by=story.lead)
    return exported, again


def check_through_the_database(data):
    """What the file says of the person is kept apart: the patient is another one, of an unknown year of birth."""
    story = Story()
    story.patient.birth_year = None
    story.patient.save()
    exported, again = out_and_in(story, data)
    original, kept = compared(phenopacket.read(data)), compared(phenopacket.read(exported))
    person = {"sex": "", "karyotype": "", "age": original.age}
    assert replace(kept, **person) == replace(original, **person)
    assert original.age in {None, kept.age}
    assert compared(phenopacket.read(again)) == kept


@pytest.mark.django_db
def test_a_published_case_survives_the_round_trip_through_the_database(published):
    check_through_the_database(published.read_bytes())


@pytest.mark.django_db
@pytest.mark.parametrize("path", DEMO, ids=lambda path: path.stem)
def test_a_demonstration_case_survives_the_round_trip_through_the_database(path):
    check_through_the_database(path.read_bytes())


@pytest.mark.django_db
def test_a_changed_line_is_written_as_it_stands_and_the_others_in_full():
    story = Story()
    case = imported(story, DEMO[0].read_bytes())
    variants = list(case.variants.all())
    labs = list(case.labs.all())
    rows = [{"id": one.pk, "gene": one.gene, "hgvs": one.hgvs} for one in variants]
    rows[0]["hgvs"] = "NM_000500.9:c.1A>G"
    typed = {"label": "Sodium", "comparator": "<", "value": 120, "unit": "mmol/l", "taken": "2026-01-02"}
    correction = cases.Correction(
        summary="",
        variants=rows,
        labs=[*({"id": one.pk, "label": one.label} for one in labs), typed],
        diagnoses=[{"label": "Something new", "status": "suspected"}],
        findings=[{"label": "Tired", "code": "HP:0012378", "present": False, "onset": "3 years"}],
        gone={one.pk for part in (case.diagnoses, case.findings) for one in part.all()},
    )
    cases.correct_case(case, correction, version=case.version, by=story.lead)
    packet = json.loads(cases.export_phenopacket(case_parts(Case.objects.get(pk=case.pk)), by=story.lead))
    json_format.ParseDict(packet, Phenopacket())
    calls = [call for one in packet["interpretations"] for call in one["diagnosis"].get("genomicInterpretations", [])]
    described = calls[0]["variantInterpretation"]["variationDescriptor"]
    assert described["expressions"] == [{"syntax": "hgvs.c", "value": "NM_000500.9:c.1A>G"}]
    assert [disease["term"] for disease in packet["diseases"]] == [{"label": "Something new"}]
    assert packet["measurements"][-1]["value"] == {"ontologyClass": {"label": "< 120 mmol/L"}}
    assert packet["phenotypicFeatures"] == [
        {
            "type": {"id": "HP:0012378", "label": "Tired"},
            "excluded": True,
            "onset": {"age": {"iso8601duration": "P3Y"}},
        }
    ]


@pytest.mark.django_db(databases=["default", "cachedb"])
def test_only_the_treating_side_takes_a_case_out_and_only_under_consent():
    story = Story()
    story.open()
    panel = story.seat(story.expert)
    address = reverse("cases:phenopacket", args=[story.case.pk])
    answer = signed_in(story.lead).get(address)
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="{story.patient.pseudonym}.phenopacket.json"'
    assert json.loads(answer.content)["subject"]["id"] == story.patient.pseudonym
    assert AuditEvent.objects.filter(event="case_exported").count() == 1
    assert signed_in(story.expert).get(address).status_code == 403
    with pytest.raises(Refused):
        cases.export_phenopacket(panel.case, by=story.expert)
    consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)
    assert signed_in(story.lead).get(address).status_code == 403


@pytest.mark.parametrize("sign", ["<", "<=", ">", ">="])
@pytest.mark.parametrize(("low", "high"), [("0.6", "9"), (None, "9"), ("0.6", None), (None, None)])
@pytest.mark.parametrize(
    ("unit", "label"), [("nmol/L", ""), ("m[IU]/L", "by the old standard"), ("", "units of old"), ("", "")]
)
def test_a_value_that_was_not_measured_further_survives_with_its_range(sign, low, high, unit, label):
    bounds = {"low": low and Decimal(low), "high": high and Decimal(high)}
    lab = ReadLab("LOINC", "1668-3", "17-OHP", Decimal("0.5"), sign, unit=unit, unit_label=label, **bounds)
    tree = writer.write(ReadCase(sex="female", labs=(lab,)), subject="P-TEST", made_at=clock.now())
    json_format.ParseDict(tree, Phenopacket())
    assert phenopacket.read(json.dumps(tree).encode()).labs == (lab,)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "said"), [("", "Treatment, kind not said: "), ("other", "Treatment of another kind: ")]
)
def test_a_treatment_is_called_a_medicine_by_nobody_who_did_not_say_so(kind, said):
    story = Story()
    case = Case.objects.get(pk=story.case.pk)
    row = {"label": "Speech therapy", "kind": kind, "note": "once a week; at school"}
    cases.correct_case(case, cases.Correction(treatments=[row]), version=case.version, by=story.lead)
    text = cases.export_phenopacket(case_parts(Case.objects.get(pk=case.pk)), by=story.lead)
    packet = json.loads(text)
    json_format.ParseDict(packet, Phenopacket())
    references = packet["metaData"]["externalReferences"]
    assert {"description": f"{said}Speech therapy; once a week; at school"} in references
    assert "Speech therapy" not in json.dumps(packet.get("medicalActions", []))
    again = phenopacket.read(text.encode() if isinstance(text, str) else text)
    assert [(one.kind, one.label, one.detail) for one in again.treatments if one.label == "Speech therapy"] == [
        (kind, "Speech therapy", "once a week; at school")
    ]
    assert not [line for line in again.sources if "Speech therapy" in line]


@pytest.mark.parametrize("kind", ["", "other"])
@pytest.mark.parametrize(
    ("detail", "response"), [("", ""), ("for: CAH", ""), ("daily; for: CAH", "better"), ("", "better")]
)
def test_a_treatment_of_no_kind_survives_the_round_trip_with_its_code_and_its_words(kind, detail, response):
    told = ReadTreatment(kind, "CHEBI:1", "Diet", detail, response=response)
    first = replace(phenopacket.read(DEMO[0].read_bytes()), treatments=(told,))
    tree = writer.write(first, subject="P-TEST", made_at=clock.now())
    assert phenopacket.read(json.dumps(tree).encode()).treatments == (told,)
