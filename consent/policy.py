"""The gate: no stage 1, no clinical entry; and who writes consent down."""

from __future__ import annotations

from typing import Any

from consent.models import Consent
from consent.states import Stage
from cpms.accounts.access import Verdict, no, rule, yes
from cpms.accounts.roles import Permission

LOOKED_UP = "_may_be_discussed"
NO_CARE_CONSENT = "The patient's consent to care (stage 1) is not in force."


def may_be_discussed(patient: Any) -> Verdict:
    """Stage 1 given and not withdrawn. Looked up at every asking, but for a page that looked once for all its rules."""
    known: Verdict | None = patient.__dict__.get(LOOKED_UP)
    if known is not None:
        return known
    return yes if Consent.objects.in_force(Stage.CARE).filter(patient=patient).exists() else no(NO_CARE_CONSENT)


def look_once(patient: Any) -> None:
    """Let every rule that a page asks about this loaded patient have one and the same answer.

    For showing only: a page that draws eight buttons need not ask eight times. Actions load rows of their own.
    """
    patient.__dict__[LOOKED_UP] = may_be_discussed(patient)


@rule(Permission.CONSENT_RECORD)
def may_record(_user: Any, _patient: Any) -> Verdict:
    """Only the treating side sees the patient's page at all, and it may."""
    return yes
