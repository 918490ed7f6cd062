"""A new case of the same patient begins with what the last one held, to be confirmed line by line."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction

from cpms import clock
from cpms.accounts.access import Refused
from cpms.audit import actions as audit
from cpms.audit.states import Event
from panels.cases.models import (
    Case,
    CaseAnswers,
    Diagnosis,
    Finding,
    LabResult,
    Rectification,
    Treatment,
    Variant,
)
from panels.cases.policy import may_edit

KINDS: tuple[Any, ...] = (Diagnosis, Finding, LabResult, Variant, Treatment, CaseAnswers, Rectification)


@transaction.atomic
def copy_case(previous: Case, *, by: Any) -> Case:
    """A case with the previous one's summary and lines. Dates and ages of the lines stay as they were written then."""
    if not (verdict := may_edit(by, previous)):
        raise Refused(verdict.reason)
    case = Case(patient=previous.patient, key=previous.key, made_by=by, copied_from=previous)
    case.summary = previous.summary
    case.save(force_insert=True)
    for kind in KINDS:
        kind._default_manager.bulk_create(copied(part, case) for part in kind._default_manager.filter(case=previous))
    audit.record(Event.CASE_CHANGED, on=case, by=by, verb="copy")
    return case


def copied(part: Any, case: Case) -> Any:
    """Opened and sealed anew: a ciphertext belongs to its row."""
    values = {field.attname: getattr(part, field.attname) for field in part._meta.concrete_fields}
    return type(part)(**{**values, "id": uuid.uuid4(), "case_id": case.pk})


@transaction.atomic
def confirm_copy(case: Case, *, by: Any) -> None:
    """Everything copied still holds."""
    if not (verdict := may_edit(by, case)):
        raise Refused(verdict.reason)
    Case.objects.filter(pk=case.pk, confirmed_at=None).update(confirmed_at=clock.now())
    audit.record(Event.CASE_CHANGED, on=case, by=by, verb="confirm")
