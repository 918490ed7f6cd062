"""Who may correct a case, and take it out as a file."""

from __future__ import annotations

from typing import Any

from consent.policy import may
from consent.states import Act, Actor
from cpms.accounts.access import Verdict, no, rule
from cpms.accounts.policy import clinicians_served_by
from cpms.accounts.roles import Permission


@rule(Permission.CASE_EDIT)
def may_edit(user: Any, case: Any) -> Verdict:
    """The treating side, while consent to care is in force: no stage 1, no clinical entry."""
    if case.patient.enrolled_by_id not in clinicians_served_by(user):
        return no("Only the treating side corrects the case.")
    return may(case.patient, Actor.TREATING, Act.ENTER)


@rule(Permission.CASE_EXPORT)
def may_export(user: Any, case: Any) -> Verdict:
    """The treating side, while consent to care is in force: what has left cannot be called back."""
    if case.patient.enrolled_by_id not in clinicians_served_by(user):
        return no("Only the treating side takes the case out.")
    return may(case.patient, Actor.TREATING, Act.TAKE_OUT)
