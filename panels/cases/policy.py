"""Who may correct a case, and take it out as a file."""

from __future__ import annotations

from typing import Any

from consent.policy import may
from consent.states import Act, Actor
from cpms.accounts.access import Verdict, no, rule, yes
from cpms.accounts.roles import Permission
from cpms.patients.policy import may_enrol, treats


@rule(Permission.CASE_EDIT)
def may_edit(user: Any, case: Any) -> Verdict:
    """The treating side, while consent to care is in force: no stage 1, no clinical entry."""
    if not treats(user, case.patient):
        return no("Only the treating side corrects the case.")
    return may(case.patient, Actor.TREATING, Act.ENTER)


@rule(Permission.CASE_EXPORT)
def may_export(user: Any, case: Any) -> Verdict:
    """The treating side, while consent to care is in force: what has left cannot be called back."""
    if not treats(user, case.patient):
        return no("Only the treating side takes the case out.")
    return may(case.patient, Actor.TREATING, Act.TAKE_OUT)


@rule(Permission.CASE_RECTIFY)
def may_rectify(user: Any, case: Any) -> Verdict:
    """The treating side at any time: a data subject's right needs no consent."""
    if not treats(user, case.patient):
        return no("Only the treating side writes down what the patient says.")
    return no("This patient was erased.") if case.patient.erased_at else yes


@rule(Permission.PANEL_AGAIN)
def may_start_again(user: Any, patient: Any) -> Verdict:
    """Whoever may enrol, for a patient of their own, while consent to care is in force."""
    verdict = may_enrol(user)
    return may(patient, Actor.TREATING, Act.ENTER) if verdict else verdict


@rule(Permission.FILE_READ)
def may_read_file(_user: Any, _file: Any) -> Verdict:
    """Whoever sees the file at all: the treating side, and the panel once it was shown to them."""
    return yes


@rule(Permission.FILE_REMOVE)
def may_remove_file(user: Any, file: Any) -> Verdict:
    """The treating side at any time: taking out needs no consent."""
    if not treats(user, file.case.patient):
        return no("Only the treating side takes a file out.")
    return yes
