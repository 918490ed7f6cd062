"""From the file into the case: every count arrives, and what a case has no field for is named."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from consent import actions as consent
from consent.states import Answer, Giver, Stage
from cpms.accounts.access import Refused
from cpms.patients import actions as patients
from panels.cases import actions
from panels.cases.importers.read_case import ImportRefused
from tests.cases.counting import counts, stored
from tests.cases.test_published_cases import DEMO
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    return UserFactory()


@pytest.fixture
def case(lead):
    patient = patients.enrol(by=lead, sex="unknown", country="FI", birth_year=2015)
    consent.record_consent(
        patient, by=lead, stage=Stage.CARE, answer=Answer.GIVEN, given_by=Giver.PARENT, given_on=dt.date(2026, 1, 1)
    )
    return actions.start_case(patient, by=lead)


@pytest.mark.parametrize("path", DEMO, ids=lambda path: path.stem)
def test_a_demonstration_case_arrives_whole(case, lead, path):
    made = actions.import_phenopacket(case, path.read_bytes(), filename=path.name, by=lead)
    assert stored(case) == counts(path.read_bytes()) == made.taken


def test_what_a_case_has_no_field_for_is_named(case, lead):
    packet = {
        "subject": {"sex": "MALE", "vitalStatus": {"status": "DECEASED"}},
        "metaData": {"externalReferences": [{"id": "PMID:1", "description": "A report"}]},
    }
    made = actions.import_phenopacket(case, json.dumps(packet).encode(), filename="a.json", by=lead)
    shown = {left["path"]: left["shown"] for left in json.loads(made.left_out)}
    assert (shown["subject.vitalStatus"], shown["metaData.externalReferences"]) == ("deceased", "PMID:1 A report")


def test_other_names_of_a_variant_stand_in_its_note(case, lead):
    path = next(path for path in DEMO if "men1" in path.name)
    actions.import_phenopacket(case, path.read_bytes(), filename=path.name, by=lead)
    found = case.variants.get()
    assert found.hgvs == "NM_001370259.2:c.249_252del"
    assert found.note == "NP_001357188.2:p.(Ile85SerfsTer33); causative; for ORPHA:652; HGNC:7010"


def test_a_refused_file_leaves_the_case_as_it_was(case, lead):
    with pytest.raises(ImportRefused):
        actions.import_phenopacket(case, b"%PDF-1.7", filename="scan.pdf", by=lead)
    assert (sum(stored(case).values()), case.imports.count()) == (0, 0)


def test_somebody_else_cannot_import_into_the_case(case):
    with pytest.raises(Refused):
        actions.import_phenopacket(case, DEMO[0].read_bytes(), filename="a.json", by=UserFactory())
    assert case.imports.count() == 0
