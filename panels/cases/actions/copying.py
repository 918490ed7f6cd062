"""A new case of the same patient begins with what the last one held, to be confirmed line by line."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.db import transaction

from consent.actions import hold_consent
from consent.policy import may_be_discussed
from cpms import clock
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.jobs import actions as jobs
from cpms.locking import hold
from panels.cases import queries
from panels.cases.actions.admitting import admit
from panels.cases.ages import older
from panels.cases.models import (
    Case,
    CaseAnswers,
    CaseFile,
    Diagnosis,
    FilePiece,
    Finding,
    LabResult,
    Rectification,
    Treatment,
    Variant,
)
from panels.cases.states import FileState

SEEN = (FileState.READY, FileState.SHOWN)
KINDS: tuple[Any, ...] = (Diagnosis, Finding, LabResult, Variant, Treatment, CaseAnswers, Rectification)


@transaction.atomic
def copy_case(previous: Case, *, by: Any) -> Case:
    """A case with the previous one's summary and lines. Dates and ages of the lines stay as they were written then; a result
    without one gets the moment the previous case was entered, which is when it counted."""
    admit(previous, by=by)
    case = Case(patient=previous.patient, key=previous.key, made_by=by, begun_at=clock.now(), copied_from=previous)
    case.summary = previous.summary
    take_age(case, previous)
    case.save(force_insert=True)
    for kind in KINDS:
        parts = [copied(part, case) for part in kind._default_manager.filter(case=previous)]
        if kind is LabResult:
            date_undated(parts, queries.entry_words(previous))
        kind._default_manager.bulk_create(parts)
    audit.record(Event.CASE_CHANGED, on=case, by=by, verb="copy")
    if CaseFile.objects.filter(case=previous, state__in=SEEN).exists():
        jobs.enqueue("cases.copy_files", case_id=str(case.pk))
    return case


def take_age(case: Case, previous: Case) -> None:
    """The age of a file was the age of that time: by now the year of birth says it, or the age and the time since, which goes on
    growing in the copy."""
    if not previous.patient.birth_year:
        case.age_at_entry, case.years_at_entry = (
            older(previous.age_at_entry, previous.days_since_entry),
            previous.age_years,
        )
    said = json.loads(previous.origin) if previous.origin else {}
    if case.age_at_entry != previous.age_at_entry:
        said.pop("age", None)
    case.origin = json.dumps(said, ensure_ascii=False) if said else ""


def copied(part: Any, case: Case) -> Any:
    """Opened and sealed anew: a ciphertext belongs to its row."""
    values = {field.attname: getattr(part, field.attname) for field in part._meta.concrete_fields}
    return type(part)(**{**values, "id": uuid.uuid4(), "case_id": case.pk})


def date_undated(labs: list[LabResult], moment: str) -> None:
    """What a file said of the line in full says it from now on, too: it is what goes out again."""
    for lab in labs:
        if not lab.taken:
            lab.taken = moment
            lab.origin = (
                json.dumps({**json.loads(lab.origin), "taken": moment}, ensure_ascii=False) if lab.origin else ""
            )


def copy_files(case_id: str, *, by: Any) -> int:
    """The cleaned files of the case it was copied from, sealed anew, to be looked through again before the panel sees them.

    Each in a transaction of its own, under a key made of both: run twice, a file comes once. Gives how many came.
    """
    case = Case.objects.select_related("copied_from", "patient").filter(pk=case_id).first()
    if case is None or case.copied_from is None:
        return 0
    files = CaseFile.objects.filter(case=case.copied_from, state__in=SEEN)
    return sum(copy_file(file, case, by=by) for file in files)


@transaction.atomic
def copy_file(file: CaseFile, case: Case, *, by: Any) -> int:
    hold_consent(case.patient_id)
    hold(Case.objects.filter(pk=case.pk), no_key=True)  # of two workers one copies
    key = uuid.uuid5(case.pk, str(file.pk))
    if not may_be_discussed(case.patient) or CaseFile.objects.filter(pk=key).exists():
        return 0
    copy = copied(file, case)
    copy.pk, copy.state, copy.shown_at, copy.shown_by = key, FileState.READY, None, None
    copy.save(force_insert=True)
    for piece in FilePiece.objects.filter(file=file).iterator(chunk_size=4):
        fresh = FilePiece(file=copy, key=copy.key, of=piece.of, number=piece.number, data=piece.data)
        fresh.width, fresh.height = piece.width, piece.height
        fresh.save(force_insert=True)
    audit.record(Event.FILE_ADDED, on=copy, by=by, kind=file.kind, verb="copy")
    return 1


@transaction.atomic
def confirm_copy(case: Case, *, by: Any) -> None:
    """Everything copied still holds."""
    admit(case, by=by)
    Case.objects.filter(pk=case.pk, confirmed_at=None).update(confirmed_at=clock.now())
    audit.record(Event.CASE_CHANGED, on=case, by=by, verb="confirm")
