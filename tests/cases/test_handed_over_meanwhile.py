"""The patient was handed over, or erased, since the page was opened: what is done then is judged by the patient as they are."""

from __future__ import annotations

import pytest

from consent import actions as consent
from cpms import clock
from cpms.accounts.access import Refused
from cpms.patients import actions as patients
from cpms.patients.actions import DESCRIBED
from panels import actions as panels
from panels.cases import actions as cases
from panels.cases.importers.newer import Ticked
from panels.cases.importers.read_case import ReadCase
from panels.cases.models import Case, CaseFile, Rectification
from panels.cases.states import FileState, PartOf
from tests.cases.files.making import document
from tests.patients.house import House

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
READ = ReadCase(sex="female")
DEEDS = {
    "correct": lambda case, by: cases.correct_case(case, cases.Correction(), version=case.version, by=by),
    "diagnosis": lambda case, by: cases.add_diagnosis(case, label="Crisis", status="suspected", by=by),
    "findings": lambda case, by: cases.add_findings(case, [{"label": "Salt craving"}], by=by),
    "labs": lambda case, by: cases.add_labs(case, [{"label": "Sodium", "value": 131}], names={}, by=by),
    "import": lambda case, by: cases.take_read_case(case, READ, filename="x.json", by=by),
    "newer file": lambda case, by: cases.add_read_lines(case, READ, ticked=Ticked([]), filename="x.json", by=by),
    "copy": lambda case, by: cases.copy_case(case, by=by),
    "confirm": lambda case, by: cases.confirm_copy(case, by=by),
    "file": lambda case, by: cases.add_file(case, filename="x.pdf", data=document(), by=by),
    "show": lambda case, by: cases.show_files(case, {}, looked_at=[], by=by),
    "export": lambda case, by: cases.export_phenopacket(case, by=by),
    "again": lambda case, by: panels.start_again(case.patient, network=by.centre.networks.get(), by=by),
    "new case": lambda case, by: cases.start_case(case.patient, by=by),
    "dispute": lambda case, by: cases.rectify(
        case, part=PartOf.SUMMARY, written="a", says="b", asked_by="patient", asked_on=clock.today(), by=by
    ),
    "describe": lambda case, by: patients.describe(
        case.patient, version=case.patient.version, by=by, **{name: getattr(case.patient, name) for name in DESCRIBED}
    ),
    "everything": lambda case, by: patients.export_everything(case.patient, by=by),
}


@pytest.fixture
def house():
    return House()


def as_a_page_reads(house):
    """The case with its patient, and who looks at it, as a request has them."""
    case = Case.objects.select_related("key", "patient__key").get(pk=house.story.case.pk)
    assert house.lead.serves()
    return case, house.lead


@pytest.mark.parametrize("deed", DEEDS)
def test_who_gave_the_patient_away_since_the_page_was_opened_does_nothing_more_to_the_case(house, deed):
    case, by = as_a_page_reads(house)
    panels.hand_over([house.patient()], to=house.colleague, by=house.lead)
    with pytest.raises(Refused, match="Only the treating side"):
        DEEDS[deed](case, by)


@pytest.mark.parametrize("deed", sorted(set(DEEDS) - {"everything"}))
def test_nothing_is_written_about_a_patient_who_was_erased_since_the_page_was_opened(house, deed):
    case, by = as_a_page_reads(house)
    consent.erase_patient(house.patient(), by=house.lead)
    with pytest.raises(Refused, match="erased"):
        DEEDS[deed](case, by)
    assert (house.patient().birth_year, Rectification.objects.count()) == (None, 0)


def test_a_file_is_taken_out_by_who_treats_the_patient_now(house):
    case, by = as_a_page_reads(house)
    file = cases.add_file(case, filename="x.pdf", data=document(), by=by)
    loaded = CaseFile.objects.with_surroundings().get(pk=file.pk)
    panels.hand_over([house.patient()], to=house.colleague, by=house.lead)
    with pytest.raises(Refused, match="Only the treating side"):
        cases.remove_file(loaded, by=by)
    assert CaseFile.objects.get().state == FileState.WAITING
