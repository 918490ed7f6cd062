"""Write down what a patient says is wrong, beside what was written."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from cpms.accounts.access import Refused, ask
from cpms.accounts.roles import Permission
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.jobs import actions as jobs
from panels.cases.actions.admitting import hold_patient
from panels.cases.models import Case, Rectification
from panels.cases.states import PartOf


@transaction.atomic
def rectify(
    case: Case, *, part: PartOf, written: str, says: str, asked_by: str, asked_on: dt.date, by: Any
) -> Rectification:
    """The original stays as it is. Whoever sees the case in a running panel is told that it was corrected."""
    hold_patient(case)
    if not (verdict := ask(Permission.CASE_RECTIFY, by, case)):
        raise Refused(verdict.reason)
    correction = Rectification(case=case, key=case.key, part=part, asked_by=asked_by, asked_on=asked_on, recorded_by=by)
    correction.written, correction.says = written, says
    correction.save(force_insert=True)
    audit.record(Event.CASE_RECTIFIED, on=correction, by=by, kind=str(part))
    jobs.enqueue("panels.tell_corrected", correction_id=str(correction.pk))
    return correction
