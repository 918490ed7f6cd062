"""GA4GH Phenopacket v2 (JSON) to a case: pure, deterministic, and nothing in the file is lost silently."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from cpms.patients.states import KARYOTYPES as KARYOTYPIC_SEXES
from panels.cases.importers import (
    phenopacket_labs,
    phenopacket_shape,
    phenopacket_treatments,
    phenopacket_variants,
    strict_json,
)
from panels.cases.importers.fitting import fit
from panels.cases.importers.ledger import Ledger, Node
from panels.cases.importers.phenopacket_diseases import read_diagnoses
from panels.cases.importers.read_case import ImportRefused, ReadAge, ReadCase, ReadFinding, ReadTreatment
from panels.cases.importers.times import REDUCED, When, day_of, when
from panels.cases.states import MOST_ROWS

IDENTIFIER = "an identifier of the patient or the file, not kept"
SAMPLE = "about a tissue sample, which the case form does not hold; describe it in the summary if it matters"
SEXES = {"UNKNOWN_SEX": "unknown", "FEMALE": "female", "MALE": "male", "OTHER_SEX": "other"}
KARYOTYPES = {
    "UNKNOWN_KARYOTYPE": "",
    **{name: name for name in KARYOTYPIC_SEXES},
    "OTHER_KARYOTYPE": "other",
}
VITAL = {"UNKNOWN_STATUS": "", "ALIVE": "alive", "DECEASED": "deceased"}


@dataclass(frozen=True, slots=True)
class Subject:
    sex: str = "unknown"
    karyotype: str = ""
    born: date | None = None
    age: ReadAge | None = None
    vital_status: str = ""
    vital_note: str = ""


def read(data: bytes) -> ReadCase:
    """The case in the file. Raises ``ImportRefused`` for anything that is not one person's phenopacket."""
    tree = strict_json.parse(data)
    phenopacket_shape.check(tree)
    ledger = Ledger()
    case = _case(Node(tree, (), ledger), ledger, tree)
    if not any(case.counts.values()) and case.age is None and case.sex == "unknown":
        raise ImportRefused("This phenopacket says nothing about a patient that could be taken into a case.")
    if (lines := sum(case.counts.values())) > MOST_ROWS:
        raise ImportRefused(f"The file holds {lines:,} lines. A case holds {MOST_ROWS:,} at most.")
    return fit(case)


def _case(root: Node, ledger: Ledger, tree: Any) -> ReadCase:
    _set_aside_the_rest(root)
    subject = _subject(root.group("subject"))
    born = subject.born
    infant = subject.age is not None and subject.age.years is not None and subject.age.years < 2
    return ReadCase(
        sex=subject.sex,
        karyotype=subject.karyotype,
        birth_year=born.year if born else None,
        birth_month=born.month if born and infant else None,
        age=subject.age,
        vital_status=subject.vital_status,
        vital_note=subject.vital_note,
        findings=tuple(_finding(node, born) for node in root.groups("phenotypicFeatures")),
        diagnoses=read_diagnoses(root, born),
        labs=tuple(phenopacket_labs.read_lab(node, born) for node in root.groups("measurements")),
        variants=phenopacket_variants.read_variants(root),
        treatments=_treatments(root, born),
        sources=_sources(root),
        left_out=ledger.left_out(tree),  # last: by now everything that is understood has been taken
    )


def _subject(node: Node | None) -> Subject:
    if node is None:
        return Subject()
    for name in ("id", "alternateIds"):
        if found := node.get(name):
            found.set_aside(IDENTIFIER)
    if found := node.get("gender"):
        found.set_aside("gender is not part of the case form; write it in the summary if it matters", show=True)
    _check_human(node)
    born = _birth(node)
    status, note, age_at_death = _vital(node.group("vitalStatus"), born)
    return Subject(
        sex=node.choice("sex", SEXES) or "unknown",
        karyotype=node.choice("karyotypicSex", KARYOTYPES),
        born=born,
        age=_age(when(node.group("timeAtLastEncounter"), born)) or age_at_death,
        vital_status=status,
        vital_note=note,
    )


def _age(seen: When) -> ReadAge | None:
    """The age when last seen; a stage of life or a month of the calendar where no age is given."""
    if seen.age:
        return replace(seen.age, text=seen.text)
    return (
        ReadAge("", seen.text if seen.code else f"not stated; last seen {seen.text}", code=seen.code)
        if seen.text
        else None
    )


def _check_human(node: Node) -> None:
    species = node.coded("taxonomy")
    if species.code and species.code != "NCBITAXON:9606":
        raise ImportRefused(f"This file is about {species}, not about a person.")


def _birth(node: Node) -> date | None:
    found = node.get("dateOfBirth")
    born = day_of(found) if found else None
    if found and born:
        found.set_aside(REDUCED.format(kept="the year of birth (and the month under two years of age)"))
    elif found:
        found.set_aside("a date of birth that could not be read; it is not kept")
    return born


def _vital(node: Node | None, born: date | None) -> tuple[str, str, ReadAge | None]:
    if node is None:
        return "", "", None
    status = node.choice("status", VITAL)
    death, cause = when(node.group("timeOfDeath"), born), node.words("causeOfDeath")
    days = node.whole("survivalTimeInDays")
    notes = (
        f"died: {death.text}" if death.text else "",
        f"cause of death: {cause}" if cause else "",
        f"lived {days} days after diagnosis" if days else "",
    )
    return status, "; ".join(note for note in notes if note), death.age


def _finding(node: Node, born: date | None) -> ReadFinding:
    kind, onset = node.named("type"), when(node.group("onset"), born)
    notes = (node.text("description"), *(_evidence(item) for item in node.groups("evidence")))
    return ReadFinding(
        code=kind.code,
        label=kind.label,
        present=not node.flag("excluded"),
        onset=onset.text,
        onset_code=onset.code,
        resolution=when(node.group("resolution"), born).text,
        severity=node.words("severity"),
        modifiers=node.all_words("modifiers"),
        note="; ".join(note for note in notes if note),
    )


def _evidence(node: Node) -> str:
    reference = node.group("reference")
    parts = [node.words("evidenceCode")]
    if reference:
        parts += [reference.text(name) for name in ("id", "reference", "description")]
    return ", ".join(part for part in parts if part)


def _treatments(root: Node, born: date | None) -> tuple[ReadTreatment, ...]:
    metadata = root.group("metaData")
    references = metadata.groups("externalReferences") if metadata else []
    placed = [phenopacket_treatments.read_treatment(node, born) for node in root.groups("medicalActions")]
    unplaced = filter(phenopacket_treatments.is_treatment, references)
    return (*placed, *map(phenopacket_treatments.read_unplaced, unplaced))


def _sources(root: Node) -> tuple[str, ...]:
    """Publications the file names, then the rest of its metadata as one line."""
    metadata = root.group("metaData")
    if metadata is None:
        return ()
    named = metadata.groups("externalReferences")
    references = [node for node in named if not phenopacket_treatments.is_treatment(node)]
    lines = tuple(" ".join(filter(None, (node.text("id"), node.text("description")))) for node in references)
    metadata.set_aside("who made the file, when, and with which vocabularies: not part of the case")
    return tuple(line for line in lines if line)


def _set_aside_the_rest(root: Node) -> None:
    if found := root.get("id"):
        found.set_aside(IDENTIFIER)
    for number, node in enumerate(root.groups("files"), start=1):
        node.set_aside(f"a reference to attached file {number}; upload the file itself to the case")
    for node in root.groups("biosamples"):
        for name in ("id", "individualId", "derivedFromId"):
            if found := node.get(name):
                found.set_aside(IDENTIFIER)
        node.ledger.reasons[node.path] = SAMPLE
