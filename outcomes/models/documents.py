"""The documents made of an outcome."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from consent.models import care_consent
from cpms import clock
from cpms.vault.fields import SealedBytesField, SealedTextField
from cpms.vault.models import SealedManager, SealedModel
from outcomes.models.outcomes import ThroughPanelQuerySet
from outcomes.states import ENGLISH, PROGRESS, DocumentState, language_choices
from panels.models import Invitation, Panel
from panels.states import State


class OutcomeDocumentQuerySet(ThroughPanelQuerySet):
    def visible_to(self, user: Any) -> OutcomeDocumentQuerySet:
        """Whoever sees the panel; and a guest whose panel is closed until their date, for they may be the one who treats the patient."""
        seats = Invitation.objects.seats_of(user).guests().filter(care_consent("panel__case__patient"))
        handed = seats.filter(panel__state=State.CLOSED).order_by().values("panel")
        return self.filter(Q(panel__in=Panel.objects.visible_to(user).order_by().values("pk")) | Q(panel__in=handed))


class OutcomeDocument(SealedModel):
    """A made PDF of one version, its fixed words in one language.

    ``facts`` are what it prints beside the signed text, read once for each version. Who signs after it was made is in the next
    ``edition`` of it.
    ``tries`` counts how often a worker began on it. ``stuck`` is set where it is shown: no job makes it any more.
    ``fingerprint`` is the SHA-256 of the signed text, the same in every language; ``file_hash`` that of the file.
    """

    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="documents")
    number = models.PositiveSmallIntegerField()
    edition = models.PositiveSmallIntegerField(default=1)
    language = models.CharField(max_length=10, choices=language_choices, default=ENGLISH)
    state = models.CharField(max_length=10, choices=DocumentState, default=DocumentState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    code = models.CharField(max_length=20, unique=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    file_hash = models.CharField(max_length=64, blank=True)
    facts = SealedTextField()
    pdf = SealedBytesField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    made_at = models.DateTimeField(null=True)

    objects = SealedManager.from_queryset(OutcomeDocumentQuerySet)()
    stuck = False

    class Meta:
        ordering = ["-number", "-edition", "asked_at"]
        constraints = [
            models.UniqueConstraint(
                name="outcomes_document_version_once", fields=["panel", "number", "edition", "language"]
            ),
            models.CheckConstraint(
                name="outcomes_ready_has_hashes",
                condition=Q(state=DocumentState.READY, made_at__isnull=False)
                | (~Q(state=DocumentState.READY) & Q(made_at=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"document {self.code}"

    def get_absolute_url(self) -> str:
        return reverse("outcomes:download", args=[self.pk])

    @property
    def audit_patient_id(self) -> Any:
        return self.panel.case.patient_id

    @property
    def treated_by_id(self) -> Any:
        return self.panel.case.patient.enrolled_by_id

    def carried(self) -> tuple[str, Iterator[bytes]] | None:
        """The document as a file: for the copy of everything."""
        return (f"outcome-{self.code}.pdf", iter([self.pdf])) if self.state == DocumentState.READY else None

    @property
    def progress(self) -> int:
        return PROGRESS[DocumentState(self.state)]
