"""Whoever changes a case, or takes it out, is asked by the patient as they are at that moment, and the patient stays so until commit."""

from __future__ import annotations

from typing import Any

from consent.actions import hold_consent
from cpms.accounts.access import Refused
from cpms.locking import hold
from cpms.patients.models import Patient
from panels.cases.models import Case
from panels.cases.policy import may_edit


def hold_patient(case: Case) -> None:
    """Read the patient anew, held until commit: since the page was read they may have been handed over, or erased. What is done
    under their consent waits for a withdrawal, or sees it."""
    hold_consent(case.patient_id)
    case.patient = Patient.objects.get(pk=case.patient_id)


def admit(case: Case, *, by: Any) -> None:
    """Raises ``Refused`` for whoever may not correct the case now."""
    hold_patient(case)
    if not (verdict := may_edit(by, case)):
        raise Refused(verdict.reason)


def hold_case(case: Case) -> None:
    """Two who add to a case at one moment do so one after the other. The patient is held before it; nothing is held after it."""
    hold(Case.objects.filter(pk=case.pk), no_key=True)
