"""The gate: no stage 1, no clinical entry; and who writes consent down."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from consent.models import Consent, Registry
from consent.states import EVERY_REGISTRY, TABLE, Act, Actor, InForce, ReviewKind, Stage, allows, sentence
from cpms.accounts.access import Verdict, no, rule, yes
from cpms.accounts.roles import Permission
from cpms.patients.policy import answers_for, treats

LOOKED_UP = "_consents_in_force"
ERASED = "This patient was erased."
REFUSALS = {
    Stage.CARE: "The patient's consent to care (stage 1) is not in force.",
    Stage.REGISTRY: "The patient's consent to registries (stage 2) is not in force for this one.",
    Stage.RESEARCH: "The patient's consent to contact about research (stage 3) is not in force.",
}


def given_by(patient: Any) -> InForce:
    """The answers in force; none of an erased patient. Looked up at every asking, but for a page that looked once for all its
    rules."""
    if patient.erased_at:
        return {}
    known: InForce | None = patient.__dict__.get(LOOKED_UP)
    return Consent.objects.filter(patient=patient).answers() if known is None else known


def look_once(patient: Any) -> None:
    """Let every rule that a page asks about this loaded patient have one and the same answer.

    For showing only: a page that draws eight buttons need not ask eight times. Actions load rows of their own.
    """
    patient.__dict__[LOOKED_UP] = given_by(patient)


def look_once_at_each(patients: Iterable[Any]) -> None:
    """The same for a page that lists patients; two queries, however many."""
    found = list(patients)
    given = Consent.objects.filter(patient__in={patient.pk for patient in found}).answers_of_each()
    for patient in found:
        patient.__dict__[LOOKED_UP] = given.get(patient.pk, {})


def may(patient: Any, actor: Actor, act: Act, *, registry: str = EVERY_REGISTRY) -> Verdict:
    """What the patient's consents allow now: the one table decides, everywhere. Of an erased patient nothing may be entered or
    shown any more, whatever was once allowed."""
    if patient.erased_at:
        return no(ERASED)
    if allows(given_by(patient), actor, act, registry=registry):
        return yes
    stage = TABLE.get((actor, act))
    return no(REFUSALS[stage] if stage else "No consent allows this.")


def may_be_discussed(patient: Any) -> Verdict:
    """Stage 1 given and not withdrawn: for panels to see the case, and for clinical entry."""
    return may(patient, Actor.PANEL, Act.SEE)


def in_a_sentence(patient: Any, *networks: str) -> str:
    """What is allowed, for every page that shows something of the patient."""
    given = given_by(patient)
    codes = [code for _stage, code in given if code]
    names = dict(Registry.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}
    return sentence(given, networks=networks, names=names)


@rule(Permission.CONSENT_RECORD)
def may_record(user: Any, patient: Any) -> Verdict:
    """The treating side as it is now, until the patient is erased: whoever saw the page may have handed the patient over since."""
    if not treats(user, patient):
        return no("Only the treating side records consent.")
    return no(ERASED) if patient.erased_at else yes


@rule(Permission.REVIEW_LIST)
def may_list_reviews(_user: Any, _thing: Any = None) -> Verdict:
    return yes


@rule(Permission.REVIEW_READ)
def may_read_review(_user: Any, _review: Any) -> Verdict:
    """Whoever can see it at all is the treating side, or answers for the hospital after the clinician has left."""
    return yes


@rule(Permission.REVIEW_DECIDE)
def may_decide_review(user: Any, review: Any) -> Verdict:
    """Keep or erase: in person, once. A consent is answered by recording what the patient says."""
    if review.decided_at:
        return no("This is decided already.")
    if review.kind != ReviewKind.RETENTION:
        return no("A consent is answered by recording what the patient says.")
    return answers_for(user, review.patient)
