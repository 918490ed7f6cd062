"""What a patient can say is wrong: every line of the case in words, as it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from panels.cases.models import Case, Diagnosis, Finding, LabResult, Rectification, Variant
from panels.cases.states import PartOf


def lines(case: Case) -> dict[str, tuple[PartOf, str]]:
    """Key of a line to its part and its words. ``case`` with its parts fetched."""
    found = {"patient": (PartOf.PATIENT, about_the_patient(case))}
    if case.summary:
        found["summary"] = (PartOf.SUMMARY, case.summary)
    return found | {str(key): (part, words) for key, part, words in rows(case)}


def about_the_patient(case: Case) -> str:
    patient = case.patient
    age = f"born in {patient.birth_year}" if patient.birth_year else case.age_at_entry or patient.age_text
    return f"{patient.get_sex_display()}, {age}, {patient.country}"


def rows(case: Case) -> Iterator[tuple[object, PartOf, str]]:
    parts = [PartOf.DIAGNOSES, PartOf.FINDINGS, PartOf.LABS, PartOf.VARIANTS, PartOf.TREATMENTS]
    for part in parts:
        for line in getattr(case, part.value).all():
            yield line.pk, part, line_words(line)
    yield from answers(case)


@dataclass(frozen=True)
class Disputed:
    """What the patient says is wrong: by the key of the line that still stands as it was written, and what stands so no more."""

    lines: dict[str, list[Rectification]]
    others: list[Rectification]


def disputed(case: Case) -> Disputed:
    """``case`` with its parts fetched. A line of a copy may say by now when it was taken."""
    known = lines(case)
    found = Disputed({}, [])
    for correction in case.rectifications.all():
        keys = [
            key for key, (part, words) in known.items() if part == correction.part and stands(words, correction.written)
        ]
        for key in keys:
            found.lines.setdefault(key, []).append(correction)
        if not keys:
            found.others.append(correction)
    return found


def stands(words: str, written: str) -> bool:
    return words == written or words.startswith(f"{written}, ")


def answers(case: Case) -> Iterator[tuple[object, PartOf, str]]:
    for form, groups in case.said:
        for name, asked in groups:
            for question, answer in asked:
                yield f"{form.slug}/{name}/{question}", PartOf.ANSWERS, f"{question}: {answer}"


def line_words(line: Any) -> str:
    """A line of a case as it can be named: what was found, how, and when."""
    match line:
        case Diagnosis():
            return joined(line.label, line.get_status_display(), line.onset)
        case Finding():
            return joined(line.label, "present" if line.present else "absent", line.onset)
        case LabResult():
            return joined(line.label, f"{line.value_text} {line.unit}".strip(), line.taken)
        case Variant():
            return joined(line.gene, line.hgvs, line.zygosity)
        case _:
            return joined(line.label, line.note)


def joined(*words: str) -> str:
    return ", ".join(word for word in words if word)
