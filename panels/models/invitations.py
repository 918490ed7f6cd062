"""Invitations: the truth of who belongs to a panel. Grants on the case are only their projection."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from consent.models import care_consent
from cpms import clock
from cpms.accounts.models import Centre, User, practises
from cpms.accounts.models.people import GUESTS_IN
from cpms.vault.fields import SealedTextField
from cpms.vault.models import SealedManager, SealedModel
from panels.states import (
    ANSWER_WITHIN,
    NUDGE_AFTER,
    RECALL_WITHIN,
    RUNNING,
    DeclineReason,
    InvitationKind,
    InvitationState,
    due_on,
)


def sits() -> Q:
    """Of an invitation: whether the person sits in the panel now."""
    holds = Q(practises("invitee"), guest_until=None) | Q(guest_until__gt=clock.now())
    return Q(holds, state=InvitationState.ACCEPTED, invitee__is_active=True)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, user: Any) -> InvitationQuerySet:
        """One's own, while it can still be answered or holds, the panel runs and consent to care is in force."""
        pending = Q(state=InvitationState.PENDING, expires_at__gt=clock.now())
        accepted = Q(state=InvitationState.ACCEPTED) & (Q(guest_until=None) | Q(guest_until__gt=clock.now()))
        mine = self.of(user).filter(panel__state__in=RUNNING)
        return mine.filter(pending | accepted).filter(care_consent("panel__case__patient"))

    def of(self, user: Any) -> InvitationQuerySet:
        """The person's own, as long as they are what they were asked as: a guest, or a clinician of a hospital."""
        mine = self.filter(invitee=user, invitee__is_active=True)
        return mine if user.is_practising else mine.guests()

    def seats_of(self, user: Any) -> InvitationQuerySet:
        """Where the person sits now: what ``seated`` says, asked of one person without looking at everybody's roles."""
        holds = Q(guest_until=None) | Q(guest_until__gt=clock.now())
        return self.of(user).filter(holds, state=InvitationState.ACCEPTED)

    def with_surroundings(self) -> InvitationQuerySet:
        return self.select_related("key", "panel__key", "panel__case__key", "panel__case__patient__key", "invitee")

    def seated(self) -> InvitationQuerySet:
        """Accepted and still a member: not ended, an expert is still a clinician of a hospital, a guest's date has not passed."""
        return self.filter(sits())

    def experts(self) -> InvitationQuerySet:
        return self.filter(kind=InvitationKind.EXPERT)

    def guests(self) -> InvitationQuerySet:
        return self.filter(kind=InvitationKind.GUEST)

    def advisers(self) -> InvitationQuerySet:
        """Those whose advice is asked, guests too."""
        return self.filter(referred=False)

    def of_past_experts(self) -> InvitationQuerySet:
        """Of experts who left their hospital, or are no clinicians any more: these open nothing, and wait to be closed."""
        return self.experts().live().exclude(practises("invitee"))

    def live(self) -> InvitationQuerySet:
        """Not answered yet, or accepted: asking the person again would be asking twice."""
        return self.filter(state__in=[InvitationState.PENDING, InvitationState.ACCEPTED])

    def pending(self) -> InvitationQuerySet:
        return self.filter(state=InvitationState.PENDING)

    def overdue(self) -> InvitationQuerySet:
        return self.pending().filter(expires_at__lte=clock.now())


class Invitation(SealedModel):
    """One person asked into one panel. ``key`` is the panel's. ``asked_…`` is what the inviter typed of a guest,
    ``centre`` where the invited person worked when they answered; ``proposed_at`` is when they stayed and named a colleague. Who
    ``referred`` the patient is told everything; it is they who ask, and nobody waits for their advice."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    panel = models.ForeignKey("panels.Panel", on_delete=models.PROTECT, related_name="invitations")
    invitee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="invitations")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=InvitationKind, default=InvitationKind.EXPERT)
    state = models.CharField(max_length=10, choices=InvitationState, default=InvitationState.PENDING)
    sent_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    nudged_at = models.DateTimeField(null=True)
    proposed_at = models.DateTimeField(null=True)
    guest_until = models.DateTimeField(null=True)
    referred = models.BooleanField(default=False, db_default=False)
    reason = models.CharField(max_length=10, choices=DeclineReason, blank=True)
    reason_text = SealedTextField()
    better_name = SealedTextField()
    asked_name = SealedTextField()
    asked_hospital = SealedTextField()
    asked_country = SealedTextField()

    objects = SealedManager.from_queryset(InvitationQuerySet)()

    class Meta:
        ordering = ["sent_at"]
        indexes = [
            models.Index(
                name="panels_not_their_field",
                fields=["panel"],
                include=["invitee"],
                condition=Q(kind=InvitationKind.EXPERT, reason=DeclineReason.FIELD),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                name="panels_one_live_invitation",
                fields=["panel", "invitee"],
                condition=Q(state__in=[InvitationState.PENDING, InvitationState.ACCEPTED]),
            ),
            models.CheckConstraint(
                name="panels_answer_has_time",
                condition=~Q(state__in=[InvitationState.ACCEPTED, InvitationState.DECLINED])
                | Q(answered_at__isnull=False),
            ),
            models.CheckConstraint(name="panels_invitation_expires_later", condition=Q(expires_at__gt=F("sent_at"))),
            models.CheckConstraint(
                name="panels_guest_has_date",
                condition=Q(kind=InvitationKind.EXPERT, guest_until=None)
                | Q(kind=InvitationKind.GUEST, guest_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("panels:invitation", args=[self.pk])

    @property
    def shown(self) -> Any:
        """The person as the panel may name them. A guest stays as typed until they accept: an account that the address had
        before is nobody's business until then. Never saved."""
        if self.kind != InvitationKind.GUEST or self.state == InvitationState.ACCEPTED or not self.asked_name:
            return self.invitee
        typed = {"display_name": self.asked_name, "guest_hospital": self.asked_hospital, "country": self.asked_country}
        return User(pk=self.invitee_id, **typed)

    @property
    def answer_by(self) -> dt.datetime:
        """When a yes or no is asked for: soon, and never after a day ahead by which advice is wanted."""
        soon = self.sent_at + ANSWER_WITHIN
        wanted = due_on(self.panel.wanted_by) if self.panel.wanted_by else None
        return min(soon, wanted) if wanted and wanted > self.sent_at else soon

    @property
    def recallable(self) -> bool:
        """Answered so lately that the answer may be taken back."""
        return self.answered_at is not None and clock.now() < self.answered_at + RECALL_WITHIN

    @property
    def nudged_lately(self) -> bool:
        """Reminded by the lead less than three days ago."""
        return self.nudged_at is not None and clock.now() < self.nudged_at + NUDGE_AFTER

    @property
    def audit_patient_id(self) -> Any:
        return self.panel.case.patient_id


def guests_in(networks: Any) -> models.QuerySet[Invitation, Any]:
    """Keys of who is a guest of a running panel of these networks, or has an account only because they were asked to be."""
    rows = Invitation.objects.guests().filter(panel__network__in=networks, panel__state__in=RUNNING)
    came = Q(state=InvitationState.ACCEPTED, guest_until__gt=clock.now())
    asked = Q(state=InvitationState.PENDING, expires_at__gt=clock.now(), invitee__activated_at=None)
    found: models.QuerySet[Invitation, Any] = rows.filter(came | asked).values("invitee")
    return found


GUESTS_IN.append(guests_in)
