"""A patient: a pseudonym, never a name."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Min, Q
from django.urls import reverse

from cpms import clock
from cpms.accounts.models import Centre, practises
from cpms.accounts.policy import clinicians_served_by
from cpms.patients.states import Route, Sex, about
from cpms.vault.fields import SealedTextField
from cpms.vault.models import SealedManager, SealedModel

OLDEST_BIRTH_YEAR = 1900


def band_of(age: int | None) -> str:
    """Completed years as a band that many people share."""
    if age is None:
        return "age not given"
    if age < 2:
        return "under 2 years"
    low = age // 5 * 5
    return f"{max(low, 2)} to {low + 4} years"


def treated_by(user: Any, patient: str = "") -> Q:
    """Of rows that lead to a patient by this name: whose clinician the person is, or assists, at the patient's own hospital.
    Whoever moves to another hospital takes no sight of the patients of the last one along."""
    to = f"{patient}__" if patient else ""
    return Q(**{f"{to}enrolled_by__in": clinicians_served_by(user), f"{to}centre": user.centre_id})


def covered_by(user: Any, patient: str = "") -> Q:
    """Of rows that lead to a patient by this name: whose clinician shares the person's unit while the hospital lets the whole
    unit see. None of an erased patient."""
    to = f"{patient}__" if patient else ""
    theirs = {f"{to}enrolled_by__in": user.covers(), f"{to}centre": user.centre_id, f"{to}erased_at": None}
    return Q(**theirs)


def without_clinician(patient: str = "") -> Q:
    """Of rows that lead to a patient by this name: for whom nobody answers. Their clinician was switched off, works at this
    hospital no more, or is no clinician any more."""
    to = f"{patient}__" if patient else ""
    elsewhere = ~Q(**{f"{to}centre": F(f"{to}enrolled_by__centre")})
    return Q(**{f"{to}enrolled_by__is_active": False}) | ~practises(f"{to}enrolled_by") | elsewhere


class PatientQuerySet(models.QuerySet["Patient"]):
    def visible_to(self, user: Any) -> PatientQuerySet:
        """The treating side only: who answers for the patient, and their assistants."""
        if not user.is_active:
            return self.none()
        return self.filter(treated_by(user))

    def answered_for_by(self, user: Any) -> PatientQuerySet:
        """The person's own, whom they can hand over: of the hospital they work at, and not erased."""
        return self.filter(treated_by(user), enrolled_by=user, erased_at=None)

    def left_behind(self) -> PatientQuerySet:
        """Nobody answers for them any more, and they wait for their hospital to say who does."""
        return self.filter(without_clinician(), erased_at=None)

    def with_entering(self) -> PatientQuerySet:
        """With the clinician, and ``entered_by``: the assistant who typed, or nothing."""
        typed = Min("cases__made_by__display_name", filter=~Q(cases__made_by=F("enrolled_by")))
        return self.select_related("enrolled_by", "key").annotate(entered_by=typed).order_by("-enrolled_at", "pk")


class Patient(SealedModel):
    """Generated pseudonym, year of birth (month under two years), sex, country of care. No name, date or address.

    ``key`` is the patient's own data key: all clinical text of the patient is sealed under it. ``enrolled_by`` answers for the
    patient: who enrolled them, or to whom they were handed over since; the audit trail tells the two apart.
    """

    URL_FIELD = "pseudonym"

    pseudonym = models.CharField(max_length=12, unique=True)
    nickname = SealedTextField()
    local_id = SealedTextField()  # the hospital's own number: for the treating side only
    local_id_token = models.CharField(
        max_length=64, blank=True
    )  # its blind index, to find duplicates inside the centre
    birth_year = models.PositiveSmallIntegerField(null=True)
    birth_month = models.PositiveSmallIntegerField(null=True)
    sex = models.CharField(max_length=10, choices=Sex)
    karyotypic_sex = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2)
    route = models.CharField(max_length=10, choices=Route, default=Route.OWN)
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="patients")
    enrolled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="patients")
    enrolled_at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1)
    erased_at = models.DateTimeField(null=True)
    erased_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = SealedManager.from_queryset(PatientQuerySet)()

    class Meta:
        ordering = ["-enrolled_at"]
        constraints = [
            models.UniqueConstraint(
                name="patients_number_once_per_centre",
                fields=["centre", "local_id_token"],
                condition=~Q(local_id_token=""),
            ),
            models.CheckConstraint(
                name="patients_erased_says_who",
                condition=Q(erased_at=None, erased_by=None) | Q(erased_at__isnull=False, erased_by__isnull=False),
            ),
            models.CheckConstraint(
                name="patients_birth_year_plausible",
                condition=Q(birth_year__isnull=True) | Q(birth_year__gte=OLDEST_BIRTH_YEAR, birth_year__lte=2100),
            ),
            models.CheckConstraint(
                name="patients_birth_month_plausible",
                condition=Q(birth_month__isnull=True) | Q(birth_month__gte=1, birth_month__lte=12),
            ),
        ]

    def __str__(self) -> str:
        return self.pseudonym

    def get_absolute_url(self) -> str:
        return reverse("patients:detail", args=[self.pseudonym])

    @property
    def audit_patient_id(self) -> Any:
        return self.pk

    @property
    def treated_by_id(self) -> Any:
        return self.enrolled_by_id

    @property
    def age_years(self) -> int | None:
        """Completed years at most: the year of the clock minus the year of birth."""
        return None if self.birth_year is None else clock.today().year - self.birth_year

    @property
    def age_band(self) -> str:
        """Five-year bands, for people who do not see the case: "10 to 14 years"."""
        return band_of(self.age_years)

    @property
    def age_text(self) -> str:
        age = self.age_years
        if age is None:
            return "age not given"
        if age < 2 and self.birth_month:
            today = clock.today()
            months = (today.year - (self.birth_year or 0)) * 12 + today.month - self.birth_month
            return about(months, "month")
        return about(age, "year")
