"""Who may enrol, and who sees a patient's own page."""

from __future__ import annotations

from typing import Any

from cpms.accounts.access import Verdict, no, rule, yes
from cpms.accounts.policy import (
    acts_as_clinician,
    clinicians_enrolled_for,
    clinicians_served_by,
    may_open_panels,
)
from cpms.accounts.roles import REPRESENTING_ROLES, Permission, Role
from cpms.patients.models import Patient


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
def may_describe(user: Any, patient: Any) -> Verdict:
    """A mistake is mended by the treating side at any time, consent or not (GDPR, article 16)."""
    if not treats(user, patient):
        return no("Only the treating side corrects what is written down of a patient.")
    return no("This patient is erased.") if patient.erased_at else yes


@rule(Permission.PATIENT_EXPORT)
def may_export(user: Any, patient: Any) -> Verdict:
    """A data subject's right needs no consent: the treating side at any time."""
    return yes if treats(user, patient) else no("Only the treating side takes out what is held about a patient.")


def treats(user: Any, patient: Any) -> bool:
    """The treating side: whoever answers for the patient at the patient's hospital, and their assistants."""
    return patient.enrolled_by_id in clinicians_served_by(user) and patient.centre_id == user.centre_id


def is_answered_for(patient: Any) -> bool:
    """Whether the patient's clinician can: an account that is on, of a clinician of the patient's hospital."""
    clinician = patient.enrolled_by
    here = clinician.is_active and clinician.centre_id == patient.centre_id
    return here and Role.CLINICIAN in clinician.held_roles()


def answers_for(user: Any, patient: Any) -> Verdict:
    """The patient's clinician in person; once they have gone, who represents the hospital."""
    if treats(user, patient) and patient.enrolled_by_id == user.pk:
        return yes
    if treats(user, patient) or is_answered_for(patient):
        return no("Only the clinician who answers for the patient can do this.")
    return yes if represents(user, patient.centre_id) else no("Only who represents the patient's hospital can do this.")


def represents(user: Any, centre_id: Any) -> bool:
    return bool(user.memberships.current().filter(role__in=REPRESENTING_ROLES, centre=centre_id).exists())


@rule(Permission.PATIENT_HAND_OVER)
def may_hand_over(user: Any, _thing: Any = None) -> Verdict:
    """Whoever answers for a patient in person; assistants do not give their clinician's patients away."""
    if Patient.objects.answered_for_by(user).exists():
        return yes
    return no("You answer for no patient here. Patients are handed over by the clinician who answers for them.")


@rule(Permission.CENTRE_HAND_OVER)
def may_hand_over_left(user: Any, centre: Any) -> Verdict:
    """Only the hospital itself says who takes the patients of a clinician who has gone."""
    return yes if represents(user, centre.pk) else no("Only who represents the hospital hands over its patients.")


def may_give(user: Any, patient: Any) -> Verdict:
    """Hand this patient over: who answers for the patient, while working at the patient's hospital."""
    if patient.erased_at:
        return no("This patient is erased.")
    if patient.enrolled_by_id == user.pk and user.centre_id != patient.centre_id:
        return no("You do not work at the patient's hospital any more.")
    return answers_for(user, patient)


def may_take(person: Any, patient: Any) -> Verdict:
    """Answer for this patient from now on: another active clinician of the patient's cleared hospital."""
    if person.pk == patient.enrolled_by_id:
        return no("This clinician answers for the patient already.")
    here = person.is_active and person.activated_at is not None and person.centre_id == patient.centre_id
    if not here or Role.CLINICIAN not in person.held_roles():
        return no("Only an active clinician of the patient's hospital can answer for the patient.")
    return may_open_panels(patient.centre)


@rule(Permission.PATIENT_ERASE)
def may_erase(user: Any, patient: Any) -> Verdict:
    """Who answers for the patient, once: nothing brings it back."""
    if not (verdict := answers_for(user, patient)):
        return verdict
    return no("This patient is erased already.") if patient.erased_at else yes
