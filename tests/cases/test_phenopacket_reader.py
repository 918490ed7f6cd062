"""The patient, the findings, and everything that is left out of a phenopacket."""

from __future__ import annotations

import json

import pytest

from panels.cases.importers import phenopacket
from panels.cases.importers.ledger import MAY_IDENTIFY, NOT_UNDERSTOOD, written
from panels.cases.importers.times import age_of
from tests.cases.every_field import leaves, whole
from tests.cases.reading import read


def whys(case):
    return {left.path: left.why for left in case.left_out}


@pytest.mark.parametrize("turn", range(8))
def test_every_value_of_the_schema_is_taken_or_named(turn):
    tree = whole(turn)
    case = phenopacket.read(json.dumps(tree).encode())
    shown, named = repr(case), [left.path for left in case.left_out]
    lost = [
        written(path)
        for path, value in leaves(tree)
        if isinstance(value, str)
        and value.startswith("word")
        and value not in shown
        and not any(written(path) == name or written(path).startswith((f"{name}.", f"{name}[")) for name in named)
    ]
    assert lost == (["subject.taxonomy.label"] if "taxonomy" in tree["subject"] else [])


def test_reading_is_deterministic():
    data = json.dumps(whole(3)).encode()
    assert phenopacket.read(data) == phenopacket.read(data)


def test_findings_are_present_or_absent_with_onset_severity_and_modifiers():
    case = read(
        phenotypicFeatures=[
            {
                "type": {"id": "HP:0001250", "label": "Seizure"},
                "onset": {"age": {"iso8601duration": "P5Y3M"}},
                "severity": {"id": "HP:0012828", "label": "Severe"},
                "modifiers": [{"id": "HP:0025297", "label": "Prolonged"}],
                "description": "at night",
            },
            {"type": {"id": "HP:0000821", "label": "Hypothyroidism"}, "excluded": True},
        ]
    )
    seizure, thyroid = case.findings
    assert (seizure.code, seizure.present, seizure.onset) == ("HP:0001250", True, "5 years 3 months")
    assert (seizure.severity, seizure.modifiers, seizure.note) == ("Severe", ("Prolonged",), "at night")
    assert (thyroid.label, thyroid.present) == ("Hypothyroidism", False)
    assert case.counts == {"present": 1, "absent": 1, "diagnoses": 0, "labs": 0, "variants": 0, "treatments": 0}


def test_the_same_finding_twice_is_kept_twice():
    entry = {"type": {"id": "HP:0001250", "label": "Seizure"}}
    assert len(read(phenotypicFeatures=[entry, entry]).findings) == 2


@pytest.mark.parametrize(
    ("element", "words"),
    [
        ({"age": {"iso8601duration": "P14D"}}, "14 days"),
        ({"age": {"iso8601duration": "P1M14D"}}, "1 month 14 days"),
        ({"age": {"iso8601duration": "P12Y6M4D"}}, "12 years 6 months"),
        ({"age": {"iso8601duration": "P3W"}}, "21 days"),
        ({"age": {"iso8601duration": "P0D"}}, "at birth"),
        (
            {"ageRange": {"start": {"iso8601duration": "P10Y"}, "end": {"iso8601duration": "P15Y"}}},
            "10 years to 15 years",
        ),
        ({"ontologyClass": {"id": "HP:0003623", "label": "Neonatal onset"}}, "Neonatal onset"),
        ({"gestationalAge": {"weeks": 32, "days": 3}}, "32 weeks 3 days of gestation"),
        ({"timestamp": "2019-04-12T10:11:12Z"}, "April 2019"),
        ({"interval": {"start": "2019-04-12T10:11:12Z", "end": "2020-05-01T00:00:00Z"}}, "April 2019 to May 2020"),
    ],
)
def test_onset_is_told_in_words(element, words):
    case = read(phenotypicFeatures=[{"type": {"id": "HP:1", "label": "x"}, "onset": element}])
    assert case.findings[0].onset == words


def test_an_age_that_cannot_be_read_is_named():
    case = read(phenotypicFeatures=[{"type": {"id": "HP:1"}, "onset": {"age": {"iso8601duration": "five"}}}])
    assert case.findings[0].onset == ""
    assert whys(case)["phenotypicFeatures[0].onset.age.iso8601duration"] == NOT_UNDERSTOOD


@pytest.mark.parametrize("iso", ["", "P", "PT", "5Y", "P5Y3", "P-5Y", "P999Y", "P1Y2M3DT", "p5y x"])
def test_what_is_not_a_duration_is_no_age(iso):
    assert age_of(iso) is None


def test_an_exact_birth_date_leaves_only_the_year():
    seen = {"age": {"iso8601duration": "P9Y"}}
    case = read(subject={"sex": "MALE", "dateOfBirth": "2014-05-06T00:00:00Z", "timeAtLastEncounter": seen})
    assert (case.birth_year, case.birth_month, case.age.text) == (2014, None, "9 years")
    assert "2014-05" not in repr(case)
    assert "05-06" not in repr(case)


def test_under_two_years_the_month_of_birth_is_kept_and_dates_become_ages():
    case = read(
        subject={
            "sex": "MALE",
            "dateOfBirth": "2024-01-31T00:00:00Z",
            "timeAtLastEncounter": {"timestamp": "2024-03-15T00:00:00Z"},
        },
        measurements=[
            {"assay": {"id": "LOINC:1", "label": "x"}, "timeObserved": {"timestamp": "2024-02-10T08:00:00Z"}}
        ],
    )
    assert (case.birth_year, case.birth_month, case.age.text) == (2024, 1, "1 month 15 days")
    assert case.labs[0].taken == "10 days"
    assert "2024-02" not in repr(case)


def test_without_any_age_the_month_of_birth_is_not_kept():
    assert read(subject={"sex": "MALE", "dateOfBirth": "2024-01-31T00:00:00Z"}).birth_month is None


def test_identifiers_are_dropped_and_named_without_their_value():
    case = read(subject={"id": "Family 7, Maria", "alternateIds": ["MRN-123"], "sex": "MALE"})
    assert "Maria" not in repr(case)
    assert "MRN-123" not in repr(case)
    assert {"id", "subject.id", "subject.alternateIds"} <= whys(case).keys()


def test_unknown_entries_are_named_and_those_that_may_identify_hide_their_value():
    case = read(subject={"sex": "MALE", "patientName": "Maria Doe", "bloodGroup": "A"}, hospital={"phone": "0123"})
    assert [(left.path, left.why, left.shown) for left in case.left_out if left.path != "id"] == [
        ("subject.patientName", MAY_IDENTIFY, ""),
        ("subject.bloodGroup", NOT_UNDERSTOOD, "A"),
        ("hospital.phone", MAY_IDENTIFY, ""),
    ]


def test_an_unlisted_word_is_named():
    case = read(subject={"sex": "INTERSEX", "timeAtLastEncounter": {"age": {"iso8601duration": "P1Y"}}})
    assert (case.sex, whys(case)["subject.sex"]) == ("unknown", NOT_UNDERSTOOD)


def test_field_names_in_snake_case_and_numbered_words_are_understood():
    data = {"subject": {"sex": 2}, "phenotypic_features": [{"type": {"id": "HP:1", "label": "x"}}]}
    case = phenopacket.read(json.dumps(data).encode())
    assert (case.sex, len(case.findings), case.left_out) == ("male", 1, ())


def test_death_and_its_cause_are_kept_without_the_date():
    case = read(
        subject={
            "sex": "MALE",
            "vitalStatus": {
                "status": "DECEASED",
                "timeOfDeath": {"timestamp": "2020-02-03T00:00:00Z"},
                "causeOfDeath": {"id": "NCIT:C3", "label": "Adrenal crisis"},
                "survivalTimeInDays": 40,
            },
        }
    )
    assert case.vital_status == "deceased"
    assert case.vital_note == "died: February 2020; cause of death: Adrenal crisis; lived 40 days after diagnosis"


def test_publications_are_kept_as_sources():
    references = [{"id": "PMID:1", "description": "A report"}]
    case = read(metaData={"externalReferences": references, "createdBy": "somebody", "resources": [{"id": "hp"}]})
    assert case.sources == ("PMID:1 A report",)
    assert "somebody" not in repr(case)
    assert [left.path for left in case.left_out] == ["id", "subject.id", "metaData"]


def test_samples_are_named_value_by_value():
    case = read(biosamples=[{"id": "b1", "histologicalDiagnosis": {"id": "NCIT:C1", "label": "Paraganglioma"}}])
    shown = {left.path: left.shown for left in case.left_out}
    assert shown["biosamples[0].histologicalDiagnosis.label"] == "Paraganglioma"
    assert shown["biosamples[0].id"] == ""


def test_a_text_longer_than_its_column_is_cut_and_listed_whole():
    case = read(phenotypicFeatures=[{"type": {"id": "HP:" + "1" * 40, "label": "x" * 350}}])
    assert len(case.findings[0].label) == 300
    cut = [left for left in case.left_out if "cut" in left.why]
    assert [(left.path, len(left.shown)) for left in cut] == [("findings[0].label", 350)]


def test_a_code_that_is_longer_than_any_is_kept_in_words_and_never_cut_to_another():
    found = read(phenotypicFeatures=[{"type": {"id": "HP:" + "1" * 40, "label": "x"}}]).findings[0]
    assert (found.code, found.label, found.note) == ("", "x", f"named in the file as HP:{'1' * 40}")


def test_many_modifiers_move_to_the_note():
    modifiers = [{"id": f"HP:{number}", "label": f"modifier {number} " + "y" * 60} for number in range(9)]
    found = read(phenotypicFeatures=[{"type": {"id": "HP:1"}, "modifiers": modifiers, "description": "d"}]).findings[0]
    assert (found.modifiers, found.note.count("modifier "), found.note[-3:]) == ((), 9, "; d")


def test_an_age_in_many_words_is_cut_and_listed():
    stage = {"ontologyClass": {"id": "HP:1", "label": "a very long stage of life with many words in its name"}}
    case = read(subject={"sex": "MALE", "timeAtLastEncounter": stage})
    assert len(case.age.text) == 40
    assert [left.shown for left in case.left_out if "cut" in left.why] == [stage["ontologyClass"]["label"]]
