"""Diseases and interpretations of a phenopacket to diagnoses: each disease once, with how sure the file is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from panels.cases.importers.ledger import Node, system_of
from panels.cases.importers.read_case import Coded, ReadDiagnosis
from panels.cases.importers.times import when

PROGRESS = {
    "UNKNOWN_PROGRESS": "",
    "IN_PROGRESS": "suspected",
    "COMPLETED": "suspected",
    "SOLVED": "confirmed",
    "UNSOLVED": "suspected",
}
IDENTIFIER = "an identifier inside the file, not kept"


def read_diagnoses(root: Node, born: date | None) -> tuple[ReadDiagnosis, ...]:
    """Every entry under ``diseases``, then those diseases that only an interpretation names.

    A disease listed without doubt is confirmed unless its interpretation is unfinished; the more careful word wins.
    """
    listed = [_disease(node, born) for node in root.groups("diseases")]
    interpreted = [_interpretation(node) for node in root.groups("interpretations")]
    doubtful = {_key(found) for found in interpreted if found and found.status == "suspected"}
    doubtful -= {_key(found) for found in interpreted if found and found.status == "confirmed"}
    careful = [replace(found, status="suspected") if _is_doubtful(found, doubtful) else found for found in listed]
    seen = {_key(found) for found in listed}
    for found in interpreted:
        if found and _key(found) not in seen:
            seen.add(_key(found))
            careful.append(found)
    return tuple(careful)


def _is_doubtful(found: ReadDiagnosis, doubtful: set[str]) -> bool:
    return found.status == "confirmed" and _key(found) in doubtful


def _key(found: ReadDiagnosis) -> str:
    return found.code or found.label.casefold()


def _disease(node: Node, born: date | None) -> ReadDiagnosis:
    term = node.named("term")
    details = (
        ("stage", ", ".join(str(item.as_coded()) for item in node.groups("diseaseStage"))),
        ("TNM", ", ".join(str(item.as_coded()) for item in node.groups("clinicalTnmFinding"))),
        ("site", str(node.coded("primarySite"))),
        ("side", str(node.coded("laterality"))),
        ("resolved", when(node.group("resolution"), born).text),
    )
    return ReadDiagnosis(
        system=term.system,
        code=term.code,
        label=term.label,
        status="excluded" if node.flag("excluded") else "confirmed",
        onset=when(node.group("onset"), born).text,
        note="; ".join(f"{name}: {text}" for name, text in details if text),
    )


def _interpretation(node: Node) -> ReadDiagnosis | None:
    if found := node.get("id"):
        found.set_aside(IDENTIFIER)
    status, summary = node.choice("progressStatus", PROGRESS) or "suspected", node.text("summary")
    diagnosis = node.group("diagnosis")
    term = diagnosis.coded("disease") if diagnosis else Coded()
    if not term.code and not term.label:
        if summary:
            node.ledger.taken.discard((*node.path, "summary"))
        return None
    return ReadDiagnosis(system_of(term.code), term.code, term.label, status, note=summary)
