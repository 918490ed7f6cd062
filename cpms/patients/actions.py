"""Enrol a patient under a key of their own; hand out what is held about one; erase one."""

from __future__ import annotations

import datetime as dt
import json
import re
import secrets
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from cpms import clock
from cpms.accounts.access import Refused, ask
from cpms.accounts.models import User
from cpms.accounts.roles import Permission
from cpms.archives import Carried, zipped
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.drafts.actions import forget_about
from cpms.jobs import actions as jobs
from cpms.locking import claim
from cpms.patients.models import Patient
from cpms.patients.policy import may_enrol_for, may_erase, may_export
from cpms.patients.queries import everything_about, names_of, number_token, same_number
from cpms.patients.states import MONTH_COUNTS_FOR, Sex
from cpms.vault import actions as vault

# Syllables that sound alike in the languages of the networks; words that mean something are not given
CONSONANTS, VOWELS = "bdfgkptvz", "aeiou"
NO_PSEUDONYM = re.compile(r"davide|beate|fabio|fabia|tadeo|kiko|puta|puto|kaka|pipi|popo|pupu|kike|dago|gode|vago|bobo")


DESCRIBED = ("sex", "karyotypic_sex", "birth_year", "birth_month", "country", "nickname", "local_id", "route")


def new_pseudonym() -> str:
    """ "Kovetu-47" in shape: three syllables and two digits, said and remembered in one breath; one that nobody has."""
    while True:
        word = "".join(secrets.choice(CONSONANTS) + secrets.choice(VOWELS) for _ in range(3))
        pseudonym = f"{word.capitalize()}-{secrets.randbelow(90) + 10}"
        if not NO_PSEUDONYM.search(word) and not Patient.objects.filter(pseudonym=pseudonym).exists():
            return pseudonym


@transaction.atomic
def enrol(
    *,
    by: Any,
    sex: str,
    country: str,
    birth_year: int | None,
    birth_month: int | None = None,
    karyotypic_sex: str = "",
    nickname: str = "",
    route: str = "own",
    local_id: str = "",
    clinician: Any = None,
) -> Patient:
    """A new patient of the clinician's; ``by`` is that clinician or an assistant. A number that is known is ``Refused``."""
    clinician = clinician or by
    if not (verdict := may_enrol_for(by, clinician)):
        raise Refused(verdict.reason)
    if known := same_number(local_id, by=clinician):
        raise Refused(known)
    if clinician.pk != by.pk:
        audit.on_behalf_of.set(clinician.pk)
    patient = Patient(
        key=vault.new_key(),
        pseudonym=new_pseudonym(),
        sex=sex,
        karyotypic_sex=karyotypic_sex,
        country=country,
        birth_year=birth_year,
        birth_month=birth_month,
        route=route,
        centre=clinician.centre,
        enrolled_by=clinician,
    )
    patient.nickname, patient.local_id = nickname, local_id.strip()
    patient.local_id_token = number_token(clinician.centre_id, local_id)
    save_numbered(patient, number=local_id, by=clinician, force_insert=True)
    audit.record(Event.PATIENT_ENROLLED, on=patient, by=by)
    return patient


def save_numbered(patient: Patient, *, number: str, by: Any, **how: Any) -> None:
    """Save; of two people who give one number at the same moment, the later is told what the rule would have said."""
    try:
        with transaction.atomic():
            patient.save(**how)
    except IntegrityError as error:
        known = same_number(number, by=by, patient=patient)
        if not known:
            raise
        raise Refused(known) from error


def _held(patient: Patient) -> Patient:
    """The patient as they are now, held until commit."""
    return Patient.objects.select_for_update(of=("self",), no_key=True).get(pk=patient.pk)


@transaction.atomic
def describe(patient: Patient, *, version: int, by: Any, **said: Any) -> Patient:
    """Correct what is written down of the patient: ``said`` gives the value of each name of ``DESCRIBED``.

    Raises ``Clash`` when somebody was faster, ``Refused`` for a number that another patient of the hospital has, and for whoever
    may not do so to the patient as they are now: since the page was read they may have been handed over, or erased.
    """
    patient = _held(patient)
    if not (verdict := ask(Permission.PATIENT_DESCRIBE, by, patient)):
        raise Refused(verdict.reason)
    if known := same_number(said["local_id"], by=patient.enrolled_by, patient=patient):
        raise Refused(known)
    changed = [name for name in DESCRIBED if getattr(patient, name) != said[name]]
    claim(patient, version, {name: str(said[name] or "") for name in changed})
    for name in changed:
        setattr(patient, name, said[name])
    patient.local_id_token = number_token(patient.centre_id, patient.local_id)
    save_numbered(patient, number=said["local_id"], by=patient.enrolled_by, update_fields=[*changed, "local_id_token"])
    audit.record(Event.PATIENT_DESCRIBED, on=patient, by=by, fields=changed)
    return patient


def forget_months(*, by: Any) -> int:
    """The month of birth of children who are two by now goes; run by the clock. Gives how many there were."""
    today = clock.today()
    last = today.year * 12 + today.month - MONTH_COUNTS_FOR * 12
    grown = Patient.objects.annotate(born=F("birth_year") * 12 + F("birth_month")).filter(born__lte=last)
    return sum(forget_month(key, by=by) for key in grown.values_list("pk", flat=True))


@transaction.atomic
def forget_month(patient_id: Any, *, by: Any) -> int:
    rows = Patient.objects.select_for_update(of=("self",)).filter(pk=patient_id).exclude(birth_month=None)
    if (patient := rows.first()) is None:
        return 0
    patient.birth_month = None
    patient.save(update_fields=["birth_month"])
    audit.record(Event.PATIENT_DESCRIBED, on=patient, by=by, fields=["birth_month"])
    return 1


@transaction.atomic
def erase(patient: Patient, *, by: Any) -> Patient:
    """Destroy the patient's key: every text and file sealed under it goes dark, in history and backups too.

    What stays is a row without person: pseudonym, codes and figures until ``patients.forget`` has removed the clinical rows.
    """
    patient = _held(patient)
    if not (verdict := may_erase(by, patient)):
        raise Refused(verdict.reason)
    return darken(patient, at=clock.now(), by=by)


def darken(patient: Patient, *, at: dt.datetime, by: Any) -> Patient:
    """What erasing does, once it is decided."""
    forget_about(names_of(patient))
    vault.destroy_key(patient.key)
    patient.birth_year = patient.birth_month = None
    patient.karyotypic_sex = patient.local_id_token = ""
    patient.sex = Sex.UNKNOWN
    patient.erased_at, patient.erased_by = at, by
    patient.save(
        update_fields=["birth_year", "birth_month", "karyotypic_sex", "local_id_token", "sex", "erased_at", "erased_by"]
    )
    audit.record(Event.PATIENT_ERASED, on=patient, by=by)
    jobs.at_once("panels.forget_questions", patient_id=str(patient.pk))
    jobs.enqueue("cases.forget", patient_id=str(patient.pk))
    return patient


def erase_again(erasures: Iterable[dict[str, str]], *, by: Any) -> int:
    """After an older state of the database was restored: erase once more whom this list names; gives how many were not.

    Each line is one of ``queries.erasures``, kept apart from the database; whom the database does not know is passed over.
    """
    done = 0
    for line in erasures:
        with transaction.atomic():
            patient = Patient.objects.select_for_update(of=("self",)).filter(pk=line["patient"], erased_at=None).first()
            person = User.objects.filter(pk=line["erased_by"]).first()
            if patient is not None:
                darken(patient, at=dt.datetime.fromisoformat(line["erased_at"]), by=person or patient.enrolled_by)
                done += 1
    return done


@transaction.atomic
def export_everything(patient: Patient, *, by: Any) -> Iterator[bytes]:
    """All rows about the patient, opened, who received them, and every file: for the data subject, through the treating side.

    A ZIP, piece by piece: no copy of it is ever whole in memory or lies on a disk of ours.
    """
    patient = _held(patient)
    if not (verdict := may_export(by, patient)):
        raise Refused(verdict.reason)
    audit.record(Event.PATIENT_EXPORTED, on=patient, by=by)
    said, files = everything_about(patient)
    text = json.dumps(said, ensure_ascii=False, indent=1, default=str).encode()
    return zipped([Carried("everything.json", [text]), *files])
