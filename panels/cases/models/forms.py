"""Forms of the thematic groups, versioned; and what a case answers to one version."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from cpms import clock
from cpms.vault.fields import SealedTextField
from cpms.vault.models import SealedManager, SealedModel
from panels.cases.models.records import Case


class CaseFormQuerySet(models.QuerySet["CaseForm"]):
    def published(self) -> CaseFormQuerySet:
        """The latest published version of each form."""
        return self.exclude(published_at=None).order_by("slug", "-version").distinct("slug")


class CaseForm(models.Model):
    """One version of a form: a FHIR Questionnaire. Once published it is never changed; the database sees to it."""

    slug = models.SlugField(max_length=60)
    version = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    network = models.CharField(max_length=10, blank=True)  # whose group the form belongs to; empty for every case
    number = models.PositiveSmallIntegerField(null=True, blank=True)  # the group's, in that network
    body = models.TextField()
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    objects = CaseFormQuerySet.as_manager()

    class Meta:
        ordering = ["slug", "-version"]
        constraints = [
            models.UniqueConstraint(name="cases_form_version_once", fields=["slug", "version"]),
            models.CheckConstraint(
                name="cases_form_published_says_when",
                condition=Q(published_by=None) | Q(published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.version}"

    @cached_property
    def tree(self) -> Any:
        return json.loads(self.body)

    def is_for(self, group: Any) -> bool:
        """For every case, or for this thematic group."""
        return not self.network or (
            group is not None and (group.network.code, group.number) == (self.network, self.number)
        )


class CaseAnswers(SealedModel):
    """What a case answers to one version of a form: sealed, and tied to that version for good."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="answers")
    form = models.ForeignKey(CaseForm, on_delete=models.PROTECT, related_name="+")
    answers = SealedTextField()  # JSON: answer by linkId
    version = models.PositiveIntegerField(default=1)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(default=clock.now)

    objects = SealedManager()

    class Meta:
        ordering = ["form__slug"]
        verbose_name_plural = "case answers"
        constraints = [models.UniqueConstraint(name="cases_form_once_per_case", fields=["case", "form"])]

    def __str__(self) -> str:
        return f"answers of {self.case_id}"

    @property
    def by_link(self) -> dict[str, Any]:
        found = json.loads(self.answers) if self.answers.startswith("{") else {}
        return found if isinstance(found, dict) else {}
