"""Look again at what is due, keep a patient's data with a reason, or erase the patient."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from consent import queries
from consent.actions import reviews
from consent.actions.recording import end_consent
from consent.models import Review
from consent.states import ReviewDecision, ReviewKind, Stage
from cpms import clock
from cpms.accounts.access import Refused, ask
from cpms.accounts.roles import Permission
from cpms.patients import actions as patients
from cpms.patients.models import Patient
from cpms.patients.policy import may_erase


def look_again(*, by: Any) -> int:
    """Run by the clock: open what is due, end what is due no more, and forget the months of birth of children who have grown. Gives how many patients were looked at.

    Each patient is handled under a lock of its own, so that parallel runs open and tell once.
    """
    patients.forget_months(by=by)
    keys = list(queries.near().values_list("pk", flat=True))
    for key in keys:
        look_at(key, by=by)
    return len(keys)


@transaction.atomic
def look_at(patient_id: Any, *, by: Any) -> None:
    rows = Patient.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=patient_id, erased_at=None)
    patient = rows.select_related("enrolled_by").first()
    if patient is None:
        return
    for kind in ReviewKind:
        due_on = queries.first_due(patient, kind)
        if due_on is not None:
            reviews.let_wait(reviews.open_review(patient, kind, due_on, by=by), by=by)
        else:
            for review in Review.objects.open().filter(patient=patient, kind=kind):
                reviews.settle(review, ReviewDecision.OVER, by=by)


@transaction.atomic
def keep(review: Review, *, reason: str, years: int, by: Any) -> Review:
    """The data is still needed: why, and for how many years until somebody looks again."""
    current = locked(review)
    if not (verdict := ask(Permission.REVIEW_DECIDE, by, current)):
        raise Refused(verdict.reason)
    if not reason.strip():
        raise Refused("Say in a sentence why the data is still needed.")
    current.reason, current.keep_until = reason.strip(), queries.years_after(clock.today(), years)
    reviews.settle(current, ReviewDecision.KEPT, by=by)
    return current


@transaction.atomic
def erase_patient(patient: Patient, *, by: Any) -> Patient:
    """Every consent ends, the key is destroyed, and nothing about the patient waits for anybody. Raises ``Refused``."""
    current = Patient.objects.select_for_update(of=("self",)).get(pk=patient.pk)
    if not (verdict := may_erase(by, current)):
        raise Refused(verdict.reason)
    for stage in Stage:
        end_consent(current, by=by, stage=stage)
    erased = patients.erase(patient, by=by)
    for review in Review.objects.open().filter(patient=patient).select_related("patient__key"):
        reviews.settle(review, ReviewDecision.ERASED, by=by)
    return erased


@transaction.atomic
def pass_reviews(patient: Patient, *, by: Any) -> int:
    """Somebody else answers for the patient: what is to be looked at again waits for them, and for nobody else."""
    waiting = Review.objects.open().filter(patient=patient).with_surroundings()
    for review in waiting:
        reviews.let_wait(review, by=by)
    return len(waiting)


def locked(review: Review) -> Review:
    """The same review, held until commit: of two decisions one wins."""
    return Review.objects.with_surroundings().select_for_update(of=("self",)).get(pk=review.pk)
