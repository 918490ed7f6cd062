"""Somebody of the helpdesk sees one panel for an hour: let in by its lead, or by two people with a reason."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cpms import clock
from cpms.accounts.models import Membership
from cpms.accounts.roles import STAFF_ROLES
from cpms.vault.fields import SealedTextField
from panels.states import ASSIST_LASTS, AssistKind


class AssistQuerySet(models.QuerySet["Assist"]):
    def running(self) -> AssistQuerySet:
        """Neither ended nor over; it ends by itself, and with the account."""
        return self.filter(ended_at=None, until__gt=clock.now(), who__is_active=True)

    def looking_on(self) -> AssistQuerySet:
        """Of these hours, those whose holder is of the helpdesk today: whoever lost that role sees nothing by them."""
        held = Membership.objects.current().filter(user=models.OuterRef("who"), role__in=STAFF_ROLES)
        return self.running().filter(models.Exists(held))

    def held_by(self, user: Any) -> AssistQuerySet:
        """What opens panels for this person now; nothing for whoever is no staff any more."""
        return self.running().filter(who=user) if user.held_roles() & STAFF_ROLES else self.none()


class Assist(models.Model):
    """One hour of reading. It lets nobody write, and gives no sight of the patient's page."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    panel = models.ForeignKey("panels.Panel", on_delete=models.PROTECT, related_name="assists")
    who = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=AssistKind)
    reason = SealedTextField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=clock.now)
    until = models.DateTimeField()
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = AssistQuerySet.as_manager()

    class Meta:
        ordering = ["-given_at"]
        constraints = [
            models.CheckConstraint(
                name="panels_assist_lasts_an_hour",
                condition=Q(until__gt=F("given_at")) & Q(until__lte=F("given_at") + ASSIST_LASTS),
            ),
            models.CheckConstraint(name="panels_assist_by_another", condition=~Q(given_by=F("who"))),
            models.CheckConstraint(name="panels_glass_has_reason", condition=Q(kind=AssistKind.LEAD) | ~Q(reason=b"")),
            models.CheckConstraint(
                name="panels_assist_ended_says_who",
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.who_id} in {self.panel_id}"

    @property
    def over_at(self) -> dt.datetime | None:
        """When somebody ended the hour, or it ended by itself; ``None`` before, also while it opens nothing for another reason, as when
        consent or the role is gone."""
        return self.ended_at or (self.until if self.until <= clock.now() else None)

    @property
    def key(self) -> Any:
        """Why the glass was broken can tell of the patient: it is sealed under the panel's key."""
        return self.panel.key
