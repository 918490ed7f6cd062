"""Somebody outside the networks asks for a patient's sake: lands with coordinators, leads to a clinician and a panel."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse

from cpms import clock
from cpms.accounts.models import Network, ThematicGroup
from cpms.accounts.policy import clinicians_served_by
from cpms.vault.fields import SealedTextField
from cpms.vault.models import SealedManager, SealedModel
from panels.models.dispatching import coordinated_by
from panels.models.panels import Panel
from panels.states import REFERRAL_WAITS, ReferralState, Urgency


class ReferralQuerySet(models.QuerySet["Referral"]):
    def visible_to(self, user: Any) -> ReferralQuerySet:
        """The coordinators it lies with, and the clinician (with assistants) who takes it further."""
        if not user.is_active:
            return self.none()
        taken = Q(clinician__in=clinicians_served_by(user), state=ReferralState.ACCEPTED)
        return self.filter(taken | Q(pk__in=self.filter(coordinated_by(user)).values("pk")))

    def waiting(self) -> ReferralQuerySet:
        return self.filter(state=ReferralState.WAITING)

    def to_start(self, user: Any) -> ReferralQuerySet:
        """Accepted for this clinician; the panel is not begun yet."""
        served = clinicians_served_by(user)
        begun = {"state": ReferralState.ACCEPTED, "panel": None, "key__destroyed_at": None}
        return self.filter(clinician__in=served, **begun)

    def overdue(self) -> ReferralQuerySet:
        """Nobody decided in time where it waits now."""
        return self.waiting().filter(waits_since__lte=clock.now() - REFERRAL_WAITS)

    def to_forget(self) -> ReferralQuerySet:
        """Over for long enough: a refusal the physician has had time to read, what ran out, or what nobody began."""
        long_ago = clock.now() - REFERRAL_WAITS
        over = Q(state__in=[ReferralState.DECLINED, ReferralState.EXPIRED], decided_at__lte=long_ago)
        left = Q(state=ReferralState.ACCEPTED, panel=None, decided_at__lte=long_ago - REFERRAL_WAITS)
        return self.filter(over | left, key__destroyed_at=None)

    def with_surroundings(self) -> ReferralQuerySet:
        return self.select_related("key", "network", "group__network", "clinician__centre", "decided_by", "panel")


class Referral(SealedModel):
    """The words are sealed under a key of their own, which is destroyed some time after a refusal, and as soon as a panel
    carries them under the patient's key.

    ``digest`` is of the token in the private link to its status page. ``waits_since`` is when it came to those who decide now:
    passed on, it waits anew.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    email = models.EmailField(max_length=254)
    hospital = models.CharField(max_length=160)
    country = models.CharField(max_length=2)
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="referrals")
    group = models.ForeignKey(ThematicGroup, on_delete=models.PROTECT, null=True, related_name="referrals")
    urgency = models.CharField(max_length=10, choices=Urgency, default=Urgency.ROUTINE)
    text = SealedTextField()
    note = SealedTextField()
    reason = SealedTextField()
    digest = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField(default=clock.now)
    waits_since = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=10, choices=ReferralState, default=ReferralState.WAITING)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    clinician = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    panel = models.OneToOneField(Panel, on_delete=models.PROTECT, null=True, related_name="referred")

    objects = SealedManager.from_queryset(ReferralQuerySet)()

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.CheckConstraint(name="panels_referral_email_lower_case", condition=Q(email=Lower("email"))),
            models.CheckConstraint(
                name="panels_referral_decided_says_who",
                condition=Q(state=ReferralState.WAITING, decided_at=None, decided_by=None)
                | Q(state=ReferralState.EXPIRED, decided_at__isnull=False, decided_by=None)
                | Q(
                    state__in=[ReferralState.ACCEPTED, ReferralState.DECLINED],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="panels_accepted_has_clinician",
                condition=Q(state=ReferralState.ACCEPTED, clinician__isnull=False)
                | (~Q(state=ReferralState.ACCEPTED) & Q(clinician=None, panel=None)),
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def waits_until(self) -> dt.datetime:
        """When it ends by itself, unless somebody decides."""
        return self.waits_since + REFERRAL_WAITS

    def get_absolute_url(self) -> str:
        return reverse("panels:referral", args=[self.pk])

    @property
    def ref(self) -> str:
        """What mails carry: "R-7F3A2C"."""
        return f"R-{self.pk.hex[:6].upper()}"

    @property
    def treated_by_id(self) -> Any:
        """The clinician it was accepted for; nobody yet while it lies with coordinators."""
        return self.clinician_id

    @property
    def addressee(self) -> str:
        return f"{self.network.name}, {self.group}" if self.group else self.network.name
