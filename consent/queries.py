"""Which forms and registries there are, and what is to be looked at again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Q, QuerySet

from consent import wording
from consent.models import Consent, ConsentForm, Registry, Review
from consent.policy import in_a_sentence
from consent.states import (
    AHEAD,
    EVERY_REGISTRY,
    KEPT_FOR_YEARS,
    MAJORITY,
    PARENTS,
    Answer,
    Asking,
    Giver,
    ReviewKind,
    Stage,
    askings,
    comes_of_age,
)
from cpms import clock
from cpms.accounts import queries as accounts
from cpms.patients.models import Patient
from cpms.patients.policy import is_answered_for


def published_languages() -> set[str]:
    return set(ConsentForm.objects.published().values_list("language", flat=True))


def registry_names() -> list[tuple[str, str]]:
    """Those that still take data."""
    return list(Registry.objects.open().values_list("code", "name"))


def single(patient: Any) -> str:
    """What is answered for single registries now, in words; empty for none."""
    rows = Consent.objects.filter(patient=patient, stage=Stage.REGISTRY, withdrawn_at=None).exclude(
        registry=EVERY_REGISTRY
    )
    names = dict(Registry.objects.values_list("code", "name"))
    return ", ".join(f"{names.get(one.registry, one.registry)}: {one.get_answer_display()}" for one in rows)


@dataclass(frozen=True)
class Sheet:
    """A form as it is signed today: its ``parts`` (kind and words; ``registries`` for the place of their list), the ``registries``
    that a yes to stage 2 covers, and the fixed words to ``say`` around them, in ``spoken``."""

    form: ConsentForm
    parts: list[tuple[str, str]]
    registries: list[str]
    say: Mapping[str, Any]
    spoken: str

    @property
    def own_words(self) -> bool:
        """Whether the fixed words are in the sheet's language."""
        return self.spoken == self.form.language


def sheet_of(form: ConsentForm) -> Sheet:
    names = [name for _code, name in registry_names()]
    say, spoken = wording.words_of(form.language), wording.spoken(form.language)
    return Sheet(form, with_registries(form.parts) if names else form.parts, names, say, spoken)


def with_registries(parts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The registries stand below the second choice, which is stage 2; at the end of a sheet that has none."""
    choices = [place for place, (kind, _words) in enumerate(parts, start=1) if kind == "choice"]
    place = choices[1] if len(choices) > 1 else len(parts)
    return [*parts[:place], ("registries", ""), *parts[place:]]


def current_form(language: str) -> ConsentForm | None:
    return ConsentForm.objects.published().filter(language=language).first()


def allowed(patient: Patient) -> str:
    """What the patient's consents allow, in a sentence that names every network the patient was put before; with no panel yet,
    those of the clinician's hospital."""
    rows = patient.cases.order_by("panels__drafted_at").values_list(
        "panels__network__name", "panels__dispatches__network__name"
    )
    names = dict.fromkeys(name for row in rows for name in row if name)
    own = () if names else accounts.networks_of(patient.enrolled_by).values_list("name", flat=True)
    return in_a_sentence(patient, *names, *own)


def asked_again(patient: Any) -> list[tuple[Consent, Asking]]:
    """The patient's consents in force that are to be asked for again by now, the most pressing first."""
    rows = Consent.objects.filter(patient=patient, answer=Answer.GIVEN, withdrawn_at=None)
    return due_of(patient, rows.with_names().select_related("form", "patient__key"))


ONE_ACTION = dt.timedelta(seconds=1)
"""Until 2026 a new answer and the end of the earlier one each took their own moment of one transaction."""


@dataclass(frozen=True)
class Past:
    """An answer that counts no more: from ``recorded_at`` to ``withdrawn_at`` it did. Another took its place, or it was withdrawn."""

    answer: Consent
    replaced: bool


def past(answers: Collection[Consent]) -> list[Past]:
    """Of all answers of one patient those that count no more, in their order."""
    over = [one for one in answers if one.withdrawn_at]
    return [Past(one, any(takes_the_place_of(one, later) for later in answers)) for one in over]


def takes_the_place_of(one: Consent, later: Consent) -> bool:
    """A later answer to the same stage that began as this one ended."""
    if (
        one.withdrawn_at is None
        or one is later
        or (one.stage, one.withdrawn_by_id) != (later.stage, later.recorded_by_id)
    ):
        return False
    return dt.timedelta(0) <= later.recorded_at - one.withdrawn_at < ONE_ACTION


def due_of(patient: Any, consents: Any) -> list[tuple[Consent, Asking]]:
    of_age, today = comes_of_age(patient.birth_year, patient.birth_month), clock.today()
    found = [
        (one, asking)
        for one in consents
        for asking in askings(one.given_by, one.given_on, one.renew_on, of_age)
        if asking.opens <= today
    ]
    return sorted(found, key=lambda pair: pair[1].due)


def first_due(patient: Any, kind: ReviewKind) -> dt.date | None:
    """By when the patient is to be looked at again for this reason; nothing while it is not near."""
    if patient.erased_at:
        return None
    if kind == ReviewKind.CONSENT:
        return next((asking.due for _one, asking in asked_again(patient)), None)
    due = kept_until(patient)
    return due if due - AHEAD <= clock.today() else None


def kept_until(patient: Any) -> dt.date:
    """The day a review set, or the latest that the rules allow."""
    decided: dt.date | None = Review.objects.filter(patient=patient).aggregate(day=Max("keep_until"))["day"]
    return decided or years_after(patient.enrolled_at.date(), KEPT_FOR_YEARS)


def years_after(day: dt.date, years: int) -> dt.date:
    """The same day; the first of March after a leap day."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return dt.date(day.year + years, 3, 1)


def near() -> QuerySet[Patient]:
    """Patients who may need a look: a wide net for the clock, which then asks ``first_due`` of each."""
    soon = clock.today() + AHEAD
    given = Consent.objects.filter(answer=Answer.GIVEN, withdrawn_at=None)
    set_day = given.filter(renew_on__lte=soon)
    grown = given.exclude(given_by=Giver.PATIENT).filter(patient__birth_year__lte=soon.year - MAJORITY)
    yearless = given.filter(given_by__in=PARENTS, patient__birth_year=None)
    old = Q(enrolled_at__date__lte=years_after(soon, -KEPT_FOR_YEARS)) | Q(reviews__keep_until__lte=soon)
    open_ones = Q(reviews__in=Review.objects.open())
    wide = Q(consents__in=set_day) | Q(consents__in=grown) | Q(consents__in=yearless) | old | open_ones
    return Patient.objects.filter(wide, erased_at=None).distinct().order_by("pk")


def entitled(review: Review) -> list[Any]:
    """For whom it waits: the patient's clinician; once they have gone, who represents the hospital."""
    if is_answered_for(review.patient):
        return [review.patient.enrolled_by]
    if review.kind == ReviewKind.CONSENT:
        return []
    return list(accounts.representatives_of(review.patient.centre))
