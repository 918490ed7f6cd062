"""What a panel concludes, its pieces of advice, each version as it was sent, and who signed which."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from cpms import clock
from cpms.vault.fields import SealedTextField
from cpms.vault.models import SealedManager, SealedModel
from outcomes.states import AdviceKind, Decision, OutcomeState, Strength, sign_within
from panels.meetings.models import Meeting
from panels.models import Contribution, Invitation, Panel


class ThroughPanelQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> ThroughPanelQuerySet:
        """Whoever sees the panel."""
        return self.filter(panel__in=Panel.objects.visible_to(user))


class Outcome(SealedModel):
    """One per panel; each sending for signature makes a new version."""

    panel = models.OneToOneField(Panel, on_delete=models.PROTECT, related_name="outcome")
    state = models.CharField(max_length=10, choices=OutcomeState, default=OutcomeState.DRAFT)
    conclusion = SealedTextField(verbose_name="conclusion")
    plain = SealedTextField(verbose_name="for the patient, in plain words")
    number = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = SealedManager.from_queryset(ThroughPanelQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="outcomes_sent_has_number",
                condition=Q(state=OutcomeState.DRAFT) | Q(number__gte=1, sent_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"outcome of {self.panel_id}"

    @property
    def sign_by(self) -> dt.datetime | None:
        """When the signatures under the version that was sent are wanted."""
        return self.sent_at + sign_within(urgent=self.panel.urgent) if self.sent_at else None

    @property
    def audit_patient_id(self) -> Any:
        return self.panel.case.patient_id


class AdviceItem(SealedModel):
    """One piece of advice: what to do, how strongly it is advised if that was said, who does it, by when, and who objects.

    It comes from a marked statement, whose dissents are its own, or from a decision taken in ``meeting``, and has the key of the one it
    comes from; or from the lead.
    ``dissent`` is an objection that was spoken, with the name of who said so.
    """

    outcome = models.ForeignKey(Outcome, on_delete=models.CASCADE, related_name="items")
    contribution = models.ForeignKey(Contribution, on_delete=models.PROTECT, null=True, related_name="+")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, null=True, related_name="decisions")
    position = models.PositiveSmallIntegerField()
    text = SealedTextField()
    kind = models.CharField(max_length=12, choices=AdviceKind, blank=True)
    strength = models.CharField(max_length=12, choices=Strength, default="", blank=True)
    owner = SealedTextField()
    due_on = models.DateField(null=True)
    dissent = SealedTextField()

    objects = SealedManager()

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return f"advice {self.position}"


class OutcomeVersion(SealedModel):
    """The text of one version as it was sent for signature, for good: what was signed, and what the document prints.

    ``body`` is JSON in one spelling only, so its SHA-256 is the same on every machine. ``reason`` says why a closed
    outcome was corrected.
    """

    outcome = models.ForeignKey(Outcome, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    body = SealedTextField()
    reason = SealedTextField()
    sent_at = models.DateTimeField(default=clock.now)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = SealedManager()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(name="outcomes_version_once", fields=["outcome", "number"])]

    def __str__(self) -> str:
        return f"version {self.number}"


class OutcomeSave(SealedModel):
    """The text as somebody saved it while it was written; the next one to save takes none of it away. ``number`` is the outcome's
    ``version`` by that saving, ``body`` as that of a version."""

    outcome = models.ForeignKey(Outcome, on_delete=models.CASCADE, related_name="saves")
    number = models.PositiveIntegerField()
    body = SealedTextField()
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = SealedManager()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(name="outcomes_saved_once", fields=["outcome", "number"])]

    def __str__(self) -> str:
        return f"save {self.number}"


class SignOffQuerySet(models.QuerySet["SignOff"]):
    def standing(self) -> SignOffQuerySet:
        """What is shown under a version: not who left the panel before they answered, for they have no part in it."""
        seats = Invitation.objects.seated().experts().filter(panel=OuterRef("outcome__panel"), invitee=OuterRef("who"))
        return self.filter(~Q(decision=Decision.PENDING) | Q(who=F("outcome__panel__lead")) | Exists(seats))

    def waiting(self) -> SignOffQuerySet:
        """Asked, silent so far, and of the panel today."""
        return self.standing().filter(decision=Decision.PENDING)


class SignOff(SealedModel):
    """A member's signature under one version. Silence is recorded as silence, never as a signature.

    ``about`` is the number of the advice that a dissent is about; without one it is about the whole.
    """

    outcome = models.ForeignKey(Outcome, on_delete=models.CASCADE, related_name="signoffs")
    who = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    decision = models.CharField(max_length=10, choices=Decision, default=Decision.PENDING)
    text = SealedTextField()
    about = models.PositiveSmallIntegerField(null=True)
    at = models.DateTimeField(null=True)

    objects = SealedManager.from_queryset(SignOffQuerySet)()

    class Meta:
        ordering = ["who__display_name"]
        constraints = [
            models.UniqueConstraint(name="outcomes_signature_once", fields=["outcome", "who", "number"]),
            models.CheckConstraint(
                name="outcomes_signature_has_time",
                condition=Q(decision__in=[Decision.PENDING, Decision.SILENT], at=None)
                | (~Q(decision__in=[Decision.PENDING, Decision.SILENT]) & Q(at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.who_id}: {self.get_decision_display()}"
