"""What the demonstration is written from: the invented cases, and codes with the names of their release."""

from __future__ import annotations

from cpms.terminology.importers import hpoa, obo
from helpdesk.demo import cases, conditions, people
from panels.cases.importers import phenopacket


def test_twelve_cases_over_eight_groups_belong_to_the_questions():
    assert [case.path.is_file() for case in cases.CASES] == [True] * 12
    assert {case.group for case in cases.CASES} == set(range(1, 9))
    assert sorted(path.name for path in cases.FOLDER.glob("*.json")) == sorted(case.path.name for case in cases.CASES)


def test_every_code_of_the_demonstration_has_the_name_of_the_release(settings):
    """Against the files that bin/setup lays down."""
    with (settings.TERMINOLOGY_DIR / "hp.obo").open(encoding="utf-8") as lines:
        names = {concept.code: concept.name for concept in obo.read(lines).concepts if concept.active}
    with (settings.TERMINOLOGY_DIR / "phenotype.hpoa").open(encoding="utf-8") as lines:
        names |= {concept.code: concept.name for concept in hpoa.read(lines).concepts}
    said = [pair for topic in conditions.TOPICS.values() for pair in (*topic.conditions, *topic.findings)]
    said += [pair for person in people.PEOPLE for pair in person.expertise]
    for case in cases.CASES:
        read = phenopacket.read(case.path.read_bytes())
        said += [(row.code, row.label) for row in (*read.findings, *read.diagnoses)]
    assert [(code, name) for code, name in said if names.get(code) != name] == []
