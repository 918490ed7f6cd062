"""A case leaves as a file: only for its treating side, only under consent, and always written down."""

from __future__ import annotations

import json
from typing import Any

from django.db import transaction

from cpms import clock
from cpms.accounts.access import Refused
from cpms.audit import actions as audit
from cpms.audit.states import Event
from panels.cases.actions.admitting import hold_patient
from panels.cases.exports import phenopacket
from panels.cases.exports.case import read_case_of
from panels.cases.models import Case
from panels.cases.policy import may_export


@transaction.atomic
def export_phenopacket(case: Case, *, by: Any) -> bytes:
    """The case as a GA4GH phenopacket v2. The patient's name in it is the pseudonym."""
    hold_patient(case)
    if not (verdict := may_export(by, case)):
        raise Refused(verdict.reason)
    tree = phenopacket.write(read_case_of(case), subject=case.patient.pseudonym, made_at=clock.now())
    audit.record(Event.CASE_EXPORTED, on=case, by=by, kind="phenopacket")
    return json.dumps(tree, ensure_ascii=False, indent=2).encode()
