"""The gate: no stage 1, no clinical entry; and who writes consent down."""

from __future__ import annotations

from typing import Any

from consent.models import Consent
from consent.states import Stage
from cpms.accounts.access import Verdict, no, rule, yes
from cpms.accounts.roles import Permission

NO_CARE_CONSENT = "The patient's consent to care (stage 1) is not in force."


def may_be_discussed(patient: Any) -> Verdict:
    """Stage 1 given and not withdrawn."""
    return yes if Consent.objects.in_force(Stage.CARE).filter(patient=patient).exists() else no(NO_CARE_CONSENT)


@rule(Permission.CONSENT_RECORD)
def may_record(_user: Any, _patient: Any) -> Verdict:
    """Only the treating side sees the patient's page at all, and it may."""
    return yes
