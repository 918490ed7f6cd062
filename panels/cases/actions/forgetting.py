"""What an erased patient's cases still hold goes too: codes and numbers of a rare disease can name a family."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from cpms.audit import actions as audit
from cpms.audit.states import Event
from panels.cases.models import (
    Case,
    CaseAnswers,
    CaseFile,
    CaseImport,
    Diagnosis,
    Finding,
    LabResult,
    Rectification,
    Treatment,
    Variant,
)


@transaction.atomic
def forget_rows(patient_id: str, *, by: Any) -> int:
    """Delete the clinical rows of a patient whose key is gone; gives their number. Safe to run twice: it is written down once."""
    cases = Case.objects.filter(patient__pk=patient_id, patient__erased_at__isnull=False)
    held, gone = list(cases.order_by("pk").select_for_update(of=("self",))), 0
    for model in (Diagnosis, Finding, LabResult, Variant, Treatment, CaseImport, CaseFile, CaseAnswers, Rectification):
        gone += model._default_manager.filter(case__in=cases).delete()[0]
    if cases.exclude(years_at_entry=None).update(years_at_entry=None) or gone:
        for case in held:
            audit.record(Event.CASE_CHANGED, on=case, by=by, verb="forget", count=gone)
    return gone
