"""Pictures and documents of a case, in sealed pieces; no file of a patient lies outside the database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cpms import clock, words
from cpms.patients.models import treated_by
from cpms.vault.fields import SealedBytesField, SealedTextField
from cpms.vault.models import SealedManager, SealedModel
from panels.cases.models.records import Case, shared_with
from panels.cases.states import FileState, PieceOf

KINDS = {"pdf": "PDF document", "jpeg": "Picture", "png": "Picture"}


class CaseFileQuerySet(models.QuerySet["CaseFile"]):
    def visible_to(self, user: Any) -> CaseFileQuerySet:
        """The treating side sees every file; others those shown to the panel, while they see the case. A file of an erased
        patient does not open for anybody, and is not there."""
        if not user.is_active:
            return self.none()
        treating = treated_by(user, "case__patient")
        entitled = shared_with(user, "case")
        found = self.filter(case__patient__erased_at=None)
        return found.filter(treating | (entitled & Q(state=FileState.SHOWN)))

    def with_surroundings(self) -> CaseFileQuerySet:
        return self.select_related("case__patient", "case__key")


class CaseFile(SealedModel):
    """A file that somebody of the treating side added. Its own name may name the patient, so only that side reads it."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="files")
    kind = models.CharField(max_length=10, choices=list(KINDS.items()))
    state = models.CharField(max_length=10, choices=FileState, default=FileState.WAITING)
    filename = SealedTextField()
    caption = SealedTextField()
    report = SealedTextField()  # what was taken out, and kinds and words that could name a person (JSON)
    fingerprint = SealedTextField()  # SHA-256 of the cleaned file
    reason = models.CharField(max_length=200, blank=True)  # why it was refused, in our own words
    size = models.PositiveIntegerField(default=0)
    pages = models.PositiveSmallIntegerField(default=0)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=clock.now)
    shown_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    shown_at = models.DateTimeField(null=True)

    objects = SealedManager.from_queryset(CaseFileQuerySet)()

    class Meta:
        ordering = ["added_at"]
        constraints = [
            models.CheckConstraint(
                name="cases_shown_file_says_who",
                condition=Q(state=FileState.SHOWN, shown_at__isnull=False, shown_by__isnull=False)
                | (~Q(state=FileState.SHOWN) & Q(shown_at=None, shown_by=None)),
            ),
            models.CheckConstraint(
                name="cases_refused_file_says_why",
                condition=Q(state=FileState.REFUSED) & ~Q(reason="") | ~Q(state=FileState.REFUSED) & Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"file of {self.case_id}"

    def get_absolute_url(self) -> str:
        return reverse("cases:file", args=[self.pk])

    @property
    def audit_patient_id(self) -> Any:
        return self.case.patient_id

    @property
    def treated_by_id(self) -> Any:
        return self.case.patient.enrolled_by_id

    @property
    def title(self) -> str:
        """What everybody may read."""
        return self.caption or f"{self.get_kind_display()} of {words.document_day(self.added_at)}"

    @property
    def findings(self) -> dict[str, Any]:
        """``removed``: words; ``marks``: pairs of kind and words."""
        return {"removed": [], "marks": [], **(json.loads(self.report) if self.report.startswith("{") else {})}

    def carried(self) -> tuple[str, Iterator[bytes]] | None:
        """The cleaned file under its own name, piece by piece: for the copy of everything."""
        if not self.can_be_seen:
            return None
        stem = PurePath(self.filename).stem or "file"
        return f"{stem}.{self.kind}", self.pieces_of(PieceOf.CLEAN)

    def pieces_of(self, of: PieceOf) -> Iterator[bytes]:
        """In order, few at a time in memory, the key unwrapped once."""
        for piece in FilePiece.objects.filter(file=self, of=of).order_by("number").iterator(chunk_size=4):
            piece.key = self.key
            yield piece.data

    @property
    def can_be_seen(self) -> bool:
        return self.state in {FileState.READY, FileState.SHOWN}


class FilePiece(SealedModel):
    """At most a megabyte of a file as it came (until it is cleaned), of the cleaned file, or one page as a picture."""

    file = models.ForeignKey(CaseFile, on_delete=models.CASCADE, related_name="pieces")
    of = models.CharField(max_length=10, choices=PieceOf)
    number = models.PositiveSmallIntegerField()
    data = SealedBytesField()
    width = models.PositiveSmallIntegerField(default=0)
    height = models.PositiveSmallIntegerField(default=0)

    objects = SealedManager()
    HOLDS_CONTENT = True  # of the row it hangs on; not a row that says something itself

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(name="cases_piece_once", fields=["file", "of", "number"])]

    def __str__(self) -> str:
        return f"piece {self.number} of {self.file_id}"
