"""Requests for access, followed by a private link."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse

from cpms import clock
from cpms.accounts.models import Centre, ThematicGroup
from cpms.accounts.policy import centres_run_by
from helpdesk.people.states import AskedRole, RequestState


class AccessRequestQuerySet(models.QuerySet["AccessRequest"]):
    def waiting(self) -> AccessRequestQuerySet:
        return self.filter(state=RequestState.WAITING)

    def visible_to(self, user: Any) -> AccessRequestQuerySet:
        """Others' to the centres whose representative, substitute or network coordinator the person is today."""
        if not user.is_active:
            return self.none()
        return self.filter(centre__in=centres_run_by(user)).exclude(email=user.email)


class AccessRequest(models.Model):
    """Somebody outside asks to come in. ``digest`` is of the token in the private link to its status page."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(max_length=254)
    display_name = models.CharField(max_length=120)
    job_title = models.CharField(max_length=120)
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="access_requests")
    role = models.CharField(max_length=10, choices=AskedRole)
    groups = models.ManyToManyField(ThematicGroup, blank=True, related_name="+")
    why = models.TextField(max_length=1000)
    digest = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=10, choices=RequestState, default=RequestState.WAITING)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(max_length=1000, blank=True)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = AccessRequestQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                name="people_one_open_request", fields=["email"], condition=Q(state=RequestState.WAITING)
            ),
            models.CheckConstraint(name="people_request_email_lower_case", condition=Q(email=Lower("email"))),
            models.CheckConstraint(
                name="people_decided_says_who",
                condition=Q(state=RequestState.WAITING, decided_at=None, decided_by=None)
                | (~Q(state=RequestState.WAITING) & Q(decided_at__isnull=False, decided_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="people_refusal_has_reason", condition=~Q(state=RequestState.REFUSED) | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="people_approval_has_account",
                condition=Q(state=RequestState.APPROVED, account__isnull=False)
                | (~Q(state=RequestState.APPROVED) & Q(account=None)),
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    def get_absolute_url(self) -> str:
        return f"{reverse('people:requests')}#request-{self.pk}"
