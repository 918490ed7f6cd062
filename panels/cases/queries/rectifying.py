"""What a patient can say is wrong: every line of the case in words, as it stands."""

from __future__ import annotations

from collections.abc import Iterator

from panels.cases.models import Case, LabResult
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
    for diagnosis in case.diagnoses.all():
        yield diagnosis.pk, PartOf.DIAGNOSES, joined(diagnosis.label, diagnosis.get_status_display(), diagnosis.onset)
    for finding in case.findings.all():
        yield (
            finding.pk,
            PartOf.FINDINGS,
            joined(finding.label, "present" if finding.present else "absent", finding.onset),
        )
    for lab in case.labs.all():
        yield lab.pk, PartOf.LABS, result(lab)
    for variant in case.variants.all():
        yield variant.pk, PartOf.VARIANTS, joined(variant.gene, variant.hgvs, variant.zygosity)
    for treatment in case.treatments.all():
        yield treatment.pk, PartOf.TREATMENTS, joined(treatment.label, treatment.note)
    yield from answers(case)


def answers(case: Case) -> Iterator[tuple[object, PartOf, str]]:
    for form, groups in case.said:
        for name, asked in groups:
            for question, answer in asked:
                yield f"{form.slug}/{name}/{question}", PartOf.ANSWERS, f"{question}: {answer}"


def result(lab: LabResult) -> str:
    return joined(lab.label, f"{lab.value_text} {lab.unit}".strip(), lab.taken)


def joined(*words: str) -> str:
    return ", ".join(word for word in words if word)
