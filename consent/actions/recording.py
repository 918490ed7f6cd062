"""Record consent, withdraw it: both equally easy."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection, transaction

from consent import queries
from consent.actions import reviews
from consent.models import Consent, ConsentForm, Registry
from consent.states import ENDS_SINGLE, EVERY_REGISTRY, PUBLISHED_BEFORE, Answer, Stage
from cpms import clock
from cpms.accounts.access import Refused, ask
from cpms.accounts.roles import Permission
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.jobs import actions as jobs
from cpms.patients.models import Patient

HOLD = "SELECT 1 FROM patients_patient WHERE id = %s FOR SHARE"


def hold_consent(patient_id: Any) -> None:
    """What is done under a consent holds it until commit: a withdrawal waits for it, or it sees the withdrawal.

    Any number may hold at once. Called before the rule is asked.
    """
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [patient_id])


def claim_to_record(patient: Any, *, by: Any) -> Patient:
    """Whoever writes a consent down waits for everything that is being done under it, and for an erasure. Gives the patient as
    they are then; raises ``Refused`` by the rule, which is asked of that row."""
    held = Patient.objects.select_for_update(of=("self",)).get(pk=patient.pk)  # no join: a hand-over would hide the row
    if not (verdict := ask(Permission.CONSENT_RECORD, by, held)):
        raise Refused(verdict.reason)
    return held


@transaction.atomic
def record_consent(
    patient: Any,
    *,
    by: Any,
    stage: Stage,
    answer: Answer,
    given_by: str,
    given_on: dt.date,
    registry: str = EVERY_REGISTRY,
    ending_single: bool = False,
    **more: Any,
) -> Consent:
    """Write the answer to one stage down; it closes the earlier one to the same stage. One about every registry closes those
    about single ones if ``ending_single`` says so. "Not given" after "given" is a withdrawal, and ends what hung on it.

    ``more`` gives what ``_row`` takes: language, form, the place of the sheet, and the day to ask again by.
    """
    patient = claim_to_record(patient, by=by)
    if not ending_single:
        _refuse_to_end_single(patient, stage, registry)
    was_given = _close_earlier(patient, stage, registry, at=(now := clock.now()), by=by)
    said = {"stage": stage, "answer": answer, "given_by": given_by, "given_on": given_on, "registry": registry}
    consent = _row(patient, said, **more)
    consent.recorded_by, consent.recorded_at = by, now
    consent.save(force_insert=True)
    _follow(consent, was_given=was_given, by=by)
    return consent


def _row(
    patient: Any,
    said: dict[str, Any],
    *,
    language: str = "",
    form: ConsentForm | None = None,
    kept_at: str = "",
    renew_on: dt.date | None = None,
) -> Consent:
    """``form`` is the version that was signed, or else the newest of the language on that day; where there is none, none."""
    signed = form or ConsentForm.objects.signed(on=said["given_on"]).filter(language=language).first()
    consent = Consent(patient=patient, language=language, form=signed, renew_on=renew_on, **said)
    consent.kept_at = kept_at
    return consent


def _refuse_to_end_single(patient: Any, stage: Stage, registry: str) -> None:
    """An answer about every registry takes the place of those about single ones: never by the way."""
    if stage == Stage.REGISTRY and registry == EVERY_REGISTRY and (names := queries.single(patient)):
        raise Refused(ENDS_SINGLE.format(names=names))


def _follow(consent: Consent, *, was_given: bool, by: Any) -> None:
    """What comes of a new answer at once: its trail, sight given back, or what hung on the earlier one ended; no asking waits."""
    audit.record(Event.CONSENT_RECORDED, on=consent, by=by, stage=int(consent.stage), kind=str(consent.answer))
    if consent.answer == Answer.GIVEN:
        _thaw_if_given_anew(consent.patient, Stage(consent.stage))
    elif was_given:
        _end_what_hung_on_it(consent.patient, Stage(consent.stage), by=by)
    reviews.settle_answered(consent.patient, by=by)


def _close_earlier(patient: Any, stage: Stage, registry: str, *, at: dt.datetime, by: Any) -> bool:
    """Whether one of them had allowed something. They count until the moment ``at`` from which the new one does."""
    earlier = Consent.objects.filter(patient=patient, stage=stage, withdrawn_at=None)
    if registry != EVERY_REGISTRY:
        earlier = earlier.filter(registry=registry)
    was_given = earlier.filter(answer=Answer.GIVEN).exists()
    earlier.update(withdrawn_at=at, withdrawn_by=by)
    return was_given


def _end_what_hung_on_it(patient: Any, stage: Stage, *, by: Any) -> None:
    """Pages, lists and exports look at the consent itself. For stage 1 grants, work items and unsent mails of every panel of
    the patient are ended by name, in this very transaction."""
    audit.record(Event.CONSENT_WITHDRAWN, on=patient, by=by, stage=int(stage))
    if stage == Stage.CARE:
        jobs.at_once("panels.freeze", patient_id=str(patient.pk), by_id=str(by.pk) if by else "")


def _thaw_if_given_anew(patient: Any, stage: Stage) -> None:
    """Members see the case again once care is consented to after a withdrawal."""
    if stage == Stage.CARE and Consent.objects.filter(patient=patient, stage=Stage.CARE).count() > 1:
        jobs.at_once("panels.thaw", patient_id=str(patient.pk))


@transaction.atomic
def withdraw_consent(patient: Any, *, by: Any, stage: Stage) -> int:
    """Withdraw a stage, for every registry. For stage 1 every panel of the patient is frozen in this very transaction."""
    return end_consent(claim_to_record(patient, by=by), by=by, stage=stage)


def end_consent(patient: Patient, *, by: Any, stage: Stage) -> int:
    """Of a patient whose row is held, for whom the caller has asked whether ``by`` may: erasing ends consents, too."""
    rows = Consent.objects.in_force(stage).filter(patient=patient)
    count = rows.update(withdrawn_at=clock.now(), withdrawn_by=by)
    if count:
        _end_what_hung_on_it(patient, stage, by=by)
        reviews.settle_answered(patient, by=by)
    return count


@transaction.atomic
def save_form(form: ConsentForm, *, by: Any) -> ConsentForm:
    """A new sheet, or a draft of one changed. Raises ``Refused`` for a published one: patients signed it; and for a day of
    publishing that has passed: it would stand on answers from before, which nobody signed on it."""
    if not (verdict := ask(Permission.STAFF_SITE, by)):
        raise Refused(verdict.reason)
    if form.pk and ConsentForm.objects.select_for_update().get(pk=form.pk).is_published:
        raise Refused("This version is published, and patients may have signed it. Add a new version.")
    if form.published_on and form.published_on < clock.today():
        raise Refused(PUBLISHED_BEFORE)
    form.save()
    audit.record(Event.CONSENT_FORM_SAVED, on=form, by=by, kind=form.language, version=form.version)
    return form


@transaction.atomic
def save_registry(registry: Registry, *, by: Any) -> Registry:
    """Add a registry, or write another name or a closing day. Consents and researchers' roles hang on the code: ``Refused`` when
    it is another than the registry was added with."""
    if not (verdict := ask(Permission.STAFF_SITE, by)):
        raise Refused(verdict.reason)
    before = Registry.objects.select_for_update().filter(pk=registry.pk).first() if registry.pk else None
    if before is not None and before.code != registry.code:
        raise Refused("Consents and roles name this registry by its code, which stays. Close it and add another.")
    registry.save()
    audit.record(Event.CONSENT_FORM_SAVED, on=registry, by=by, kind="registry")
    return registry
