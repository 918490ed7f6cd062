"""A case as a reader would have read it: what a file said in full where nobody changed the row since, else what the row holds."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from cpms.patients.states import Sex
from cpms.terminology import catalogue
from panels.cases import queries
from panels.cases.importers.phenopacket_variants import LEVEL
from panels.cases.importers.read_case import (
    ReadAge,
    ReadCase,
    ReadDiagnosis,
    ReadFinding,
    ReadLab,
    ReadTreatment,
    ReadVariant,
)
from panels.cases.models import Case, Rectification
from panels.cases.queries import Disputed


def read_case_of(case: Case) -> ReadCase:
    """``case`` with its parts fetched. What the patient says is wrong stands in the note of the line, or among the sources."""
    said = json.loads(case.origin) if case.origin else {}
    found = queries.disputed(case)
    about = [one for key in ("patient", "summary") for one in found.lines.get(key, [])]
    about += [one for key, group in found.lines.items() if "/" in key for one in group]  # answers to forms
    return _parts(
        case, found, said, leave_out=False, sources=[*said.get("sources", ()), *map(in_full, [*about, *found.others])]
    )


def undisputed_case_of(case: Case) -> ReadCase:
    """The same without any line that the patient says is wrong: for who cannot read the correction beside it."""
    said, found = json.loads(case.origin) if case.origin else {}, queries.disputed(case)
    read = _parts(case, found, said, leave_out=True, sources=said.get("sources", ()))
    return replace(read, sex=Sex.UNKNOWN, karyotype="", age=None) if "patient" in found.lines else read


def _parts(case: Case, found: Disputed, said: dict[str, Any], *, leave_out: bool, sources: Iterable[str]) -> ReadCase:
    def read(kind: Any, fields_of: Any, parts: Any, note: str = "note") -> tuple[Any, ...]:
        kept = [part for part in parts if not (leave_out and str(part.pk) in found.lines)]
        return tuple(kind(**noted(fields_of(part), found.lines.get(str(part.pk), []), note)) for part in kept)

    return ReadCase(
        sex=case.patient.sex,
        karyotype=case.patient.karyotypic_sex,
        age=_age(case, said.get("age")),
        vital_status=said.get("vital_status", ""),
        vital_note=said.get("vital_note", ""),
        findings=read(ReadFinding, _finding, case.findings.all()),
        diagnoses=read(ReadDiagnosis, _diagnosis, case.diagnoses.all()),
        labs=read(ReadLab, _lab, case.labs.all()),
        variants=read(ReadVariant, _variant, case.variants.all()),
        treatments=read(ReadTreatment, _treatment, case.treatments.all(), "detail"),
        sources=tuple(sources),
    )


def noted(fields: dict[str, Any], corrections: list[Rectification], name: str) -> dict[str, Any]:
    """The fields of a line, its note beginning with what the patient says of it."""
    if not corrections:
        return fields
    words = [f"Disputed: {in_words(one)}" for one in corrections]
    return {**fields, name: "; ".join(filter(None, [*words, fields.get(name, "")]))}


def in_words(one: Rectification) -> str:
    return f"{one.get_asked_by_display()} says: {one.says} ({one.asked_on.isoformat()})"


def in_full(one: Rectification) -> str:
    """For what has no line in the file, or stands as it was written no more."""
    return f"Correction, {one.get_part_display()}. As written: {one.written}. {in_words(one)}"


def _age(case: Case, said: dict[str, Any] | None) -> ReadAge | None:
    """As the file gave it, unless the year of birth was corrected since; else completed years at most."""
    if said and (case.file_age or not case.patient.birth_year or said["years"] is None):
        return ReadAge(**said)
    years = case.age_years
    return None if years is None else ReadAge(f"P{years}Y", f"{years} years", years, 0)


def _origin(part: Any) -> dict[str, Any]:
    return json.loads(part.origin) if part.origin else {}


def _finding(part: Any) -> dict[str, Any]:
    if said := _origin(part):
        return {**said, "modifiers": tuple(said["modifiers"])}
    modifiers = tuple(text for text in part.qualifiers.split("; ") if text)
    return {
        "code": part.code,
        "label": part.label,
        "present": part.present,
        "onset": part.onset,
        "modifiers": modifiers,
        "note": part.note,
    }


def _diagnosis(part: Any) -> dict[str, Any]:
    names = ("system", "code", "label", "status", "onset", "note")
    return _origin(part) or {name: getattr(part, name) for name in names}


def _lab(part: Any) -> dict[str, Any]:
    """Typed units are written as UCUM where they are certain, and stay beside it as they were typed."""
    if said := _origin(part):
        return {**said, **{name: catalogue.number(said[name] or "") for name in ("value", "low", "high")}}
    names = ("system", "code", "label", "comparator", "value", "low", "high", "taken", "note")
    unit = catalogue.read_unit(catalogue.coded(part.code) or catalogue.named(part.label), part.unit)
    return {
        **{name: getattr(part, name) for name in names},
        "text": part.text_value,
        "unit": unit,
        "unit_label": part.unit_label or part.unit,
    }


def _variant(part: Any) -> dict[str, Any]:
    if said := _origin(part):
        return said
    level = LEVEL.search(part.hgvs)
    name = (
        {"hgvs_p": part.hgvs}
        if level and level[1] == "p"
        else {"hgvs_g": part.hgvs}
        if level and level[1] == "g"
        else {}
    )
    if level and level[1] == "c":
        transcript, colon, change = part.hgvs.partition(":")
        name = {"transcript": transcript, "hgvs_c": change} if colon else {"hgvs_c": part.hgvs}
    return {
        "gene": part.gene,
        "zygosity": part.zygosity,
        "significance": part.significance,
        "note": part.note,
        **(name or {"label": part.hgvs}),
    }


def _treatment(part: Any) -> dict[str, Any]:
    return _origin(part) or {
        "kind": part.kind,
        "code": part.code,
        "label": part.label,
        "detail": part.note,
    }
