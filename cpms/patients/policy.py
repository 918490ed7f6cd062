"""Who may enrol, and who sees a patient's own page."""

from __future__ import annotations

from typing import Any

from cpms.accounts.access import Verdict, no, rule, yes
from cpms.accounts.policy import acts_as_clinician, clinicians_enrolled_for, may_open_panels
from cpms.accounts.roles import REPRESENTING_ROLES, Permission


@rule(Permission.PATIENT_LIST)
def may_list(_user: Any, _thing: Any = None) -> Verdict:
    return yes


@rule(Permission.PATIENT_READ)
def may_read(_user: Any, _patient: Any) -> Verdict:
    """Whoever can see the patient at all is the treating side."""
    return yes


@rule(Permission.PANEL_DRAFT)
def may_enrol(user: Any, _thing: Any = None) -> Verdict:
    """A clinician, of a centre whose data-protection clearance is in place."""
    verdict = acts_as_clinician(user)
    if not verdict:
        return verdict
    return may_open_panels(user.centre)


def may_enrol_for(user: Any, clinician: Any) -> Verdict:
    """The patient becomes the clinician's, who works at a cleared centre, whoever types."""
    if not clinicians_enrolled_for(user).filter(pk=clinician.pk).exists():
        return no("You enrol patients for yourself and for the clinicians you assist.")
    return may_open_panels(clinician.centre)


@rule(Permission.PATIENT_DESCRIBE)
def may_describe(_user: Any, patient: Any) -> Verdict:
    """A mistake is mended by the treating side at any time, consent or not (GDPR, article 16)."""
    return no("This patient is erased.") if patient.erased_at else yes


@rule(Permission.PATIENT_EXPORT)
def may_export(_user: Any, _patient: Any) -> Verdict:
    """A data subject's right needs no consent; whoever can see the patient is the treating side."""
    return yes


def answers_for(user: Any, patient: Any) -> Verdict:
    """The enrolling clinician in person; after they have left, who represents the hospital."""
    clinician = patient.enrolled_by
    if clinician.pk == user.pk:
        return yes
    if clinician.is_active and clinician.centre_id:
        return no("Only the clinician who enrolled the patient can do this.")
    held = user.memberships.current().filter(role__in=REPRESENTING_ROLES, centre=patient.centre_id)
    return yes if held.exists() else no("Only who represents the patient's hospital can do this.")


@rule(Permission.PATIENT_ERASE)
def may_erase(user: Any, patient: Any) -> Verdict:
    """Who answers for the patient, once: nothing brings it back."""
    if not (verdict := answers_for(user, patient)):
        return verdict
    return no("This patient is erased already.") if patient.erased_at else yes
