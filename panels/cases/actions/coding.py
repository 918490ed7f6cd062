"""What no form shows follows what somebody typed: a code that stayed behind would say another thing than its line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cpms.terminology import catalogue
from panels.cases.models import Diagnosis, Finding, LabResult, Treatment, Variant

OTHER_NAME = re.compile(
    r"(?:\S+:)?[cgmnopr]\.\S+|HGNC:\d+|(?:\S+ )?\S+:\d+ \w+>\w+"
)  # of a variant, its gene or its place, as an import notes it; never a sentence


def follow(part: Any, before: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """Bring the unshown fields of a line in step with its new words. ``before`` holds what each changed field said (nothing
    of a field that did not change); what ``given`` names itself is somebody's own entry and stays.
    """
    rule = RULES.get(type(part))
    if rule and before:
        for name, value in rule(part, before).items():
            if name not in given:
                setattr(part, name, value)


def says_another(part: Any, before: Mapping[str, Any], *names: str) -> bool:
    """Whether one of these fields says something else; capitals and spaces are no other words."""
    return any(words(getattr(part, name)) != words(before[name]) for name in names if name in before)


def words(text: str) -> list[str]:
    return text.casefold().split()


def of_lab(part: LabResult, before: Mapping[str, Any]) -> dict[str, str]:
    """The catalogue's code for the test in its unit, none for a test it does not know; no words about a former unit."""
    is_new, renamed = part._state.adding, says_another(part, before, "label")
    if not (is_new or renamed or "unit" in before):
        return {}
    known = None if renamed else catalogue.coded(part.code)
    analyte = known or catalogue.named(part.label)
    unit = catalogue.read_unit(analyte, part.unit)
    code = analyte.code_for(unit, held=part.code) if analyte else ""
    if not (is_new or renamed) and unit and unit == catalogue.read_unit(analyte, before["unit"]):
        code = part.code or code  # the same unit in another spelling
    system = (part.system if code == part.code else "LOINC") if code else ""
    return {"code": code, "system": system, **({"unit_label": ""} if "unit" in before else {})}


def of_treatment(part: Treatment, before: Mapping[str, Any]) -> dict[str, str]:
    """No catalogue names treatments, so another treatment has no code."""
    return {"code": ""} if says_another(part, before, "label") else {}


def of_diagnosis(part: Diagnosis, before: Mapping[str, Any]) -> dict[str, str]:
    """The code stands in the form; which system it is from does not."""
    system, colon, _ = part.code.partition(":")
    return {"system": system[:10] if colon else ""} if "code" in before else {}


def of_finding(part: Finding, before: Mapping[str, Any]) -> dict[str, str]:
    """How severe or on which side it was belongs to the finding it was said of."""
    return {"qualifiers": ""} if "code" in before or (not part.code and says_another(part, before, "label")) else {}


def of_variant(part: Variant, before: Mapping[str, Any]) -> dict[str, str]:
    """The note of an import names the variant at its other levels; those names are of the former one."""
    if not says_another(part, before, "gene", "hgvs"):
        return {}
    return {"note": "; ".join(text for text in part.note.split("; ") if not OTHER_NAME.fullmatch(text))}


RULES: Mapping[type, Any] = {
    LabResult: of_lab,
    Treatment: of_treatment,
    Diagnosis: of_diagnosis,
    Finding: of_finding,
    Variant: of_variant,
}
