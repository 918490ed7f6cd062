"""A case as a reader would have read it: what a file said in full where nobody changed the row since, else what the row holds."""

from __future__ import annotations

import json
from typing import Any

from cpms.terminology import catalogue
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
from panels.cases.models import Case


def read_case_of(case: Case) -> ReadCase:
    """``case`` with its parts fetched."""
    said = json.loads(case.origin) if case.origin else {}
    return ReadCase(
        sex=case.patient.sex,
        karyotype=case.patient.karyotypic_sex,
        age=ReadAge(**said["age"]) if said.get("age") else _age(case),
        vital_status=said.get("vital_status", ""),
        vital_note=said.get("vital_note", ""),
        findings=tuple(ReadFinding(**fields) for fields in map(_finding, case.findings.all())),
        diagnoses=tuple(ReadDiagnosis(**fields) for fields in map(_diagnosis, case.diagnoses.all())),
        labs=tuple(ReadLab(**fields) for fields in map(_lab, case.labs.all())),
        variants=tuple(ReadVariant(**fields) for fields in map(_variant, case.variants.all())),
        treatments=tuple(ReadTreatment(**fields) for fields in map(_treatment, case.treatments.all())),
        sources=tuple(said.get("sources", ())),
    )


def _age(case: Case) -> ReadAge | None:
    """The age at entry in words; for a patient entered by hand, completed years at most."""
    if case.age_at_entry:
        return ReadAge("", case.age_at_entry, case.years_at_entry)
    years = case.patient.age_years
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
        "kind": part.kind or "medication",
        "code": part.code,
        "label": part.label,
        "detail": part.note,
    }
