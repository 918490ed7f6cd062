"""Enrol a patient under a key of their own."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import transaction

from cpms.accounts.access import Refused
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.patients.models import Patient
from cpms.patients.policy import may_enrol
from cpms.vault import actions as vault

# Letters and digits that cannot be misheard or misread for one another
ALPHABET = "ACDEFHJKLMNPRTUVWXY3479"


def new_pseudonym() -> str:
    """ "P-4H8M-61" in shape: four and three signs, said in one breath; collisions are ruled out by the database."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(7))
    return f"P-{signs[:4]}-{signs[4:]}"


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
) -> Patient:
    """A new patient of the person's centre. Raises ``Refused`` when the rule says no."""
    if not (verdict := may_enrol(by)):
        raise Refused(verdict.reason)
    pseudonym = new_pseudonym()
    while Patient.objects.filter(pseudonym=pseudonym).exists():
        pseudonym = new_pseudonym()
    patient = Patient(
        key=vault.new_key(),
        pseudonym=pseudonym,
        sex=sex,
        karyotypic_sex=karyotypic_sex,
        country=country,
        birth_year=birth_year,
        birth_month=birth_month,
        route=route,
        centre=by.centre,
        enrolled_by=by,
    )
    patient.nickname = nickname
    patient.save(force_insert=True)
    audit.record(Event.PATIENT_ENROLLED, on=patient, by=by)
    return patient
