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
    interpreted: dict[str, list[ReadDiagnosis]] = {}
    for node in root.groups("interpretations"):
        if found := _interpretation(node):
            interpreted.setdefault(_key(found), []).append(found)
    listed_keys = {_key(found) for found in listed}
    only_interpreted = [others[0] for key, others in interpreted.items() if key not in listed_keys]
    return tuple(_merged(found, interpreted.get(_key(found), [])) for found in (*listed, *only_interpreted))


def _merged(found: ReadDiagnosis, others: list[ReadDiagnosis]) -> ReadDiagnosis:
    """The diagnosis with what interpretations of the same disease add: their doubt, other name and summary."""
    doubtful = bool(others) and all(other.status == "suspected" for other in others)
    names = [f"also named {other.label}" for other in others if other.label not in ("", found.label)]
    notes = dict.fromkeys(note for note in (found.note, *names, *(other.note for other in others)) if note)
    status = found.status
    if status != "excluded":
        status = "suspected" if doubtful else "confirmed"
    return replace(found, status=status, note="; ".join(notes))


def _key(found: ReadDiagnosis) -> str:
    return found.code or found.label.casefold()


def _disease(node: Node, born: date | None) -> ReadDiagnosis:
    term = node.named("term")
    details = (
        ("stage", ", ".join(node.all_words("diseaseStage"))),
        ("TNM", ", ".join(node.all_words("clinicalTnmFinding"))),
        ("site", node.words("primarySite")),
        ("side", node.words("laterality")),
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
