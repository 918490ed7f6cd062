"""The clinical record a panel looks at. Every word in it is sealed under the patient's key; codes and numbers stay readable."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from consent.models import care_consent
from cpms import clock
from cpms.accounts.access.grants import Grant, granted
from cpms.accounts.models import Centre
from cpms.patients.models import Patient, treated_by
from cpms.terminology.catalogue import spelled
from cpms.vault.cipher import digest
from cpms.vault.fields import SealedTextField
from cpms.vault.models import SealedManager, SealedModel
from panels.cases.doses import dose_words
from panels.cases.models.aging import Aging
from panels.cases.states import DiagnosisStatus, RangeSource
from panels.cases.wording import class_words

OPENED_FOR_UNIT: list[Callable[[Any], list[Any]]] = []
"""Keys of the cases whose panels somebody reads as one of a unit, by the floor above that has panels; mostly no query at all."""


def shared_with(user: Any, case: str = "") -> Q:
    """Of rows that lead to a case by this name: whose case somebody else's clinician lets the person see. By a grant, or as one of
    a unit whose whole may see; while stage-1 consent is in force."""
    to = f"{case}__" if case else ""
    seen = Q(**{f"{to}pk__in": granted(user, "view_case", Case)})
    for keys in (keys for opened in OPENED_FOR_UNIT for keys in opened(user)):
        seen |= Q(**{f"{to}pk__in": keys})
    return seen & Q(care_consent(f"{to}patient"))


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: Any) -> CaseQuerySet:
        """The treating side always; others while they hold a grant, or their unit covers, and stage-1 consent is in force."""
        if not user.is_active:
            return self.none()
        return self.filter(treated_by(user, "patient") | shared_with(user))


class Case(Aging, SealedModel):
    """One patient's record as put before a panel. ``key`` is the patient's own."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="cases")
    summary = SealedTextField()
    age_at_entry = SealedTextField()
    years_at_entry = models.PositiveSmallIntegerField(null=True)
    origin = SealedTextField()  # what a file said of the patient beyond the columns (JSON)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    begun_at = models.DateTimeField(null=True)  # when the page that it was started on was opened
    version = models.PositiveIntegerField(default=1)
    copied_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="copies")
    confirmed_at = models.DateTimeField(null=True)  # when a copied case was checked line by line

    objects = SealedManager.from_queryset(CaseQuerySet)()

    class Meta:
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"case of {self.patient_id}"

    @property
    def audit_patient_id(self) -> Any:
        return self.patient_id

    results: Any  # laboratory rows ready to be read, and answers to forms in words: ``queries.case_parts`` fills both
    said: Any
    ranges: Any  # the group's own, once asked for: ``queries.ranges_of``

    @property
    def is_copy_to_confirm(self) -> bool:
        return self.copied_from_id is not None and self.confirmed_at is None

    @property
    def treated_by_id(self) -> Any:
        return self.patient.enrolled_by_id


class CaseGrant(Grant):
    """Who may see a case, projected from accepted invitations."""

    content_object = models.ForeignKey(Case, on_delete=models.CASCADE)


class CasePart(SealedModel):
    """A line of the case; takes the case's key."""

    position = models.PositiveSmallIntegerField(default=0)
    note = SealedTextField()
    origin = SealedTextField()  # what a file said of this line, in full (JSON); empty once a person changed the line

    class Meta:
        abstract = True
        ordering = ["position"]


class Diagnosis(CasePart):
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="diagnoses")
    system = models.CharField(max_length=10, blank=True)
    code = models.CharField(max_length=30, blank=True)
    label = SealedTextField()
    onset = SealedTextField()
    status = models.CharField(max_length=10, choices=DiagnosisStatus, default=DiagnosisStatus.CONFIRMED)

    objects = SealedManager()

    class Meta(CasePart.Meta):
        indexes = [models.Index(name="cases_by_condition", fields=["code"], include=["case"])]

    def __str__(self) -> str:
        return self.label


class Finding(CasePart):
    """A phenotype (HPO), present or looked for and absent."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="findings")
    code = models.CharField(max_length=30)
    label = SealedTextField()
    present = models.BooleanField(default=True)
    onset = SealedTextField()
    qualifiers = SealedTextField()

    objects = SealedManager()

    class Meta(CasePart.Meta):
        indexes = [
            models.Index(name="cases_by_finding", fields=["code"], include=["case"], condition=models.Q(present=True))
        ]

    def __str__(self) -> str:
        return self.label


class LabResult(CasePart):
    """One measured value with its unit and the range that came with it, never converted."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="labs")
    system = models.CharField(max_length=10, blank=True)
    code = models.CharField(max_length=30, blank=True)
    label = SealedTextField()
    comparator = models.CharField(max_length=2, blank=True)
    value = models.DecimalField(max_digits=24, decimal_places=9, null=True)
    text_value = SealedTextField()
    unit = SealedTextField()
    low = models.DecimalField(max_digits=24, decimal_places=9, null=True)
    high = models.DecimalField(max_digits=24, decimal_places=9, null=True)
    unit_label = SealedTextField()
    range_source = models.CharField(max_length=12, choices=RangeSource, blank=True)
    taken = SealedTextField()

    objects = SealedManager()

    def __str__(self) -> str:
        return self.label

    @property
    def value_text(self) -> str:
        return f"{self.comparator} {plain(self.value)}".strip() if self.value is not None else self.text_value


def plain(number: Decimal | None) -> str:
    """The number without trailing zeros and without an exponent; empty for none."""
    if number is None:
        return ""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def name_token(text: str) -> str:
    """A test's name as it can be compared but never read back: people type anything as a name."""
    return digest("name of a test", spelled(text))


class LabAlias(models.Model):
    """A centre's own name for a test, matched by hand once and known from then on."""

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="+")
    token = models.CharField(max_length=64)
    analyte = models.CharField(max_length=40)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(name="cases_name_once_per_centre", fields=["centre", "token"])]

    def __str__(self) -> str:
        return f"a name of {self.analyte}"


class Variant(CasePart):
    """A genetic finding. With a rare disease a variant can name a family."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="variants")
    gene = SealedTextField()
    hgvs = SealedTextField()
    zygosity = SealedTextField()
    significance = SealedTextField()

    objects = SealedManager()

    @property
    def said(self) -> str:
        """The note as it is shown, the kind of change as people say it."""
        return class_words(self.note)

    def __str__(self) -> str:
        return self.gene


class Treatment(CasePart):
    """A medication, procedure or other treatment; doses and dates stand in the note."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="treatments")
    kind = models.CharField(max_length=40, blank=True)
    code = models.CharField(max_length=30, blank=True)
    label = SealedTextField()

    objects = SealedManager()

    @property
    def said(self) -> str:
        """The note as it is shown, its doses as people write them."""
        return dose_words(self.note)

    def __str__(self) -> str:
        return self.label


class CaseImport(SealedModel):
    """What was read from a file, what was left out and why. The file itself is not kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="imports")
    filename = SealedTextField()
    left_out = SealedTextField()
    taken = models.JSONField(default=dict)
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField(default=clock.now)

    objects = SealedManager()

    class Meta:
        ordering = ["-imported_at"]

    def __str__(self) -> str:
        return f"import of {self.case_id}"
