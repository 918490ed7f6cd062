"""Consent as it was given: stage, answer, who, when, on which form version. Rows are never edited, only withdrawn."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from typing import Any

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language_info

from consent.states import EVERY_REGISTRY, TABLE, Act, Actor, Answer, Giver, Stage
from cpms import clock
from cpms.accounts.roles import Role
from cpms.patients.models import Patient
from cpms.vault.fields import SealedTextField


class ConsentFormQuerySet(models.QuerySet["ConsentForm"]):
    def published(self) -> ConsentFormQuerySet:
        """The latest version of each language that patients sign today; one that is published later does not count yet."""
        return self.signed(on=clock.today()).order_by("language", "-version").distinct("language")

    def signed(self, *, on: dt.date) -> ConsentFormQuerySet:
        """Every version that could be signed on a day, the newest of each language first."""
        return self.filter(published_on__lte=on).order_by("language", "-version")


class ConsentForm(models.Model):
    """The sheet that a patient signs, in one language and version, with all three stages. Once published it is never changed.

    ``body``: a line beginning with "# " is a heading, one with "[] " a choice of yes or no, every other a paragraph.
    """

    language = models.CharField(max_length=10)
    version = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    is_model = models.BooleanField(default=True)  # our text, which the data-protection officer has not approved
    published_on = models.DateField(null=True, blank=True)

    objects = ConsentFormQuerySet.as_manager()

    class Meta:
        ordering = ["language", "-version"]
        constraints = [models.UniqueConstraint(name="consent_form_version_once", fields=["language", "version"])]

    def __str__(self) -> str:
        return f"{self.language_name}, version {self.version}"

    @property
    def is_published(self) -> bool:
        """A day to come leaves it a draft: nobody has signed it yet."""
        return self.published_on is not None and self.published_on <= clock.today()

    @property
    def language_name(self) -> str:
        return language_name(self.language)

    @property
    def parts(self) -> list[tuple[str, str]]:
        """``heading``, ``choice`` or ``text`` with the words of each line."""
        return [part_of(line.strip()) for line in self.body.splitlines() if line.strip()]


def part_of(line: str) -> tuple[str, str]:
    if line.startswith("# "):
        return "heading", line[2:]
    return ("choice", line[3:]) if line.startswith("[] ") else ("text", line)


class RegistryQuerySet(models.QuerySet["Registry"]):
    def open(self) -> RegistryQuerySet:
        return self.filter(closed_on=None)

    def visible_to(self, user: Any) -> RegistryQuerySet:
        """The open registries that the person does research for today; a role that names no registry opens none."""
        held = user.roles_in_force().filter(role=Role.RESEARCHER)
        return self.open().filter(code__in=held.values("registry"))


class Registry(models.Model):
    """A registry or database that data of consenting patients may go to."""

    URL_FIELD = "code"

    code = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=160)
    opened_on = models.DateField(null=True, default=clock.today, editable=False)  # none: before this was written down
    closed_on = models.DateField(null=True, blank=True)

    objects = RegistryQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "registries"

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("panels:registry", args=[self.code])


class RegistryRelease(models.Model):
    """Somebody took out what a registry may receive, and why. Which patients it held says the audit trail."""

    registry = models.ForeignKey(Registry, on_delete=models.PROTECT, related_name="releases")
    purpose = models.CharField(max_length=300)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-taken_at"]
        constraints = [models.CheckConstraint(name="consent_release_has_purpose", condition=~Q(purpose=""))]

    def __str__(self) -> str:
        return f"{self.registry_id} at {self.taken_at:%Y-%m-%d %H:%M}"


class ConsentQuerySet(models.QuerySet["Consent"]):
    def in_force(self, stage: Stage) -> ConsentQuerySet:
        """Given and not withdrawn."""
        return self.filter(stage=stage, answer=Answer.GIVEN, withdrawn_at=None)

    def for_registry(self, code: str) -> ConsentQuerySet:
        """Stage 2 in force for this registry, or for every one unless this one was refused, as ``states.allows`` decides it."""
        refusals = Consent.objects.filter(stage=Stage.REGISTRY, answer=Answer.REFUSED, withdrawn_at=None, registry=code)
        refused = models.Exists(refusals.filter(patient=models.OuterRef("patient")))
        later = Registry.objects.filter(code=code, opened_on__gt=models.OuterRef("given_on"))
        general = Q(registry=EVERY_REGISTRY) & ~refused & ~models.Exists(later)
        return self.in_force(Stage.REGISTRY).filter(Q(registry=code) | general)

    def with_names(self) -> ConsentQuerySet:
        """Each with the name of the registry it is about, for a page that lists them."""
        names = Registry.objects.filter(code=models.OuterRef("registry")).values("name")[:1]
        return self.annotate(registry_name=models.Subquery(names))

    def answers(self) -> dict[tuple[int, str], bool]:
        """What one patient answered and did not withdraw, by stage and registry, as ``states.allows`` takes it.

        A yes to every registry is no answer to one that opened after it was given: nobody could read of that one.
        """
        return next(iter(self.answers_of_each().values()), {})

    def answers_of_each(self) -> dict[Any, dict[tuple[int, str], bool]]:
        """The same of several patients, by key; none of one who has no answer in force. Two queries, however many."""
        found: dict[Any, dict[tuple[int, str], bool]] = defaultdict(dict)
        rows = list(self.filter(withdrawn_at=None).values_list("patient", "stage", "registry", "answer", "given_on"))
        for patient, stage, registry, answer, _day in rows:
            found[patient][stage, registry] = answer == Answer.GIVEN
        every = [(row[0], row[4]) for row in rows if row[1:4] == (Stage.REGISTRY, EVERY_REGISTRY, Answer.GIVEN)]
        days = dict(Registry.objects.exclude(opened_on=None).values_list("code", "opened_on")) if every else {}
        for patient, given_on in every:
            found[patient] = {(Stage.REGISTRY, code): False for code, day in days.items() if day > given_on} | found[
                patient
            ]
        return dict(found)


class Consent(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="consents")
    stage = models.PositiveSmallIntegerField(choices=Stage)
    registry = models.CharField(max_length=80, blank=True)
    answer = models.CharField(max_length=10, choices=Answer)
    given_by = models.CharField(max_length=20, choices=Giver)
    given_on = models.DateField()
    renew_on = models.DateField(null=True)  # by when the patient is asked again, where a day was set
    language = models.CharField(max_length=10, blank=True)
    form = models.ForeignKey(ConsentForm, on_delete=models.PROTECT, null=True, related_name="+")
    kept_at = SealedTextField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["stage", "-recorded_at"]
        constraints = [
            models.UniqueConstraint(
                name="consent_one_open_answer", fields=["patient", "stage", "registry"], condition=Q(withdrawn_at=None)
            ),
            models.CheckConstraint(
                name="consent_withdrawn_says_who",
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
            models.CheckConstraint(
                name="consent_withdrawn_later",
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("recorded_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"stage {self.stage}: {self.get_answer_display()}"

    @property
    def language_name(self) -> str:
        return language_name(self.language)

    @property
    def key(self) -> Any:
        """Where the signed sheet is kept is sealed under the patient's own key."""
        return self.patient.key

    @property
    def audit_patient_id(self) -> Any:
        return self.patient_id


def care_consent(patient: str) -> models.Exists:
    """What the table asks for before a panel sees a case, as a condition on a row whose path ``patient`` leads to the patient.
    An erased patient's answers count for nobody, as ``policy.may`` decides it."""
    needed = TABLE[Actor.PANEL, Act.SEE]
    assert needed is not None  # noqa: S101 the table is ours
    of_it = {"patient": models.OuterRef(patient), "patient__erased_at": None, "registry": EVERY_REGISTRY}
    return models.Exists(Consent.objects.in_force(needed).filter(**of_it))


def language_name(code: str) -> str:
    """ "Deutsch": a language in its own words."""
    return get_language_info(code)["name_local"] if code in LANG_INFO else code
