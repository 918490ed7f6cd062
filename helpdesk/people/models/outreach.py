"""What was spoken with a hospital, and what is next."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cpms import clock
from cpms.accounts.models import Centre, CentreMembership
from cpms.accounts.policy import networks_served_by
from cpms.accounts.roles import PLACING_ROLES, Role
from cpms.vault.fields import SealedTextField
from cpms.vault.models import SealedManager, SealedModel
from helpdesk.people import states
from helpdesk.people.states import Whom


class OutreachQuerySet(models.QuerySet["Outreach"]):
    def visible_to(self, user: Any) -> OutreachQuerySet:
        """Coordinators and helpdesks of networks that the hospital belongs to today, and the core helpdesk. Never the hospital."""
        if not user.is_active or not (held := user.held_roles() & PLACING_ROLES):
            return self.none()
        if Role.CORE_HELPDESK in held:
            return self
        places = CentreMembership.objects.current().filter(network__in=networks_served_by(user))
        return self.filter(centre__in=places.values("centre"))

    def standing(self) -> OutreachQuerySet:
        """As they read now: an entry that was corrected is history."""
        return self.filter(correction=None)

    def due(self) -> OutreachQuerySet:
        """Whose next step is to be taken by today."""
        return self.standing().filter(next_on__lte=clock.rights_day(), done_at=None)

    def with_surroundings(self) -> OutreachQuerySet:
        return self.select_related("key", "centre", "person", "next_by", "by", "done_by")


class Outreach(SealedModel):
    """One entry of a hospital's outreach log. Its words are sealed: nobody can promise that they tell of no patient.

    ``on`` is the day it was spoken, ``by`` who wrote it down. ``reminder``: the product wrote it when its own mail went out.
    A correction is an entry of its own under the same key; the one that it corrects stays.
    """

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="outreach")
    on = models.DateField()
    whom = models.CharField(max_length=20, choices=states.whom_choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    way = models.CharField(max_length=10, choices=states.way_choices)
    said = SealedTextField()
    next_step = SealedTextField()
    next_on = models.DateField(null=True)
    next_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    corrects = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="correction")
    reminder = models.BooleanField(default=False)

    objects = SealedManager.from_queryset(OutreachQuerySet)()

    class Meta:
        ordering = ["-on", "-at"]
        indexes = [models.Index(name="people_outreach_due", fields=["next_on"], condition=Q(done_at=None))]
        constraints = [
            models.CheckConstraint(
                name="people_outreach_names_whom",
                condition=(Q(whom=Whom.OTHER) & Q(person=None)) | (~Q(whom=Whom.OTHER) & Q(person__isnull=False)),
            ),
            models.CheckConstraint(
                name="people_outreach_next_says_who",
                condition=Q(next_on=None, next_by=None) | Q(next_on__isnull=False, next_by__isnull=False),
            ),
            models.CheckConstraint(
                name="people_outreach_done_says_who",
                condition=Q(done_at=None, done_by=None)
                | Q(done_at__isnull=False, done_by__isnull=False, next_on__isnull=False),
            ),
            models.CheckConstraint(name="people_outreach_not_itself", condition=~Q(corrects=models.F("id"))),
        ]

    def __str__(self) -> str:
        return f"{self.get_way_display()}, {self.on}"

    def get_absolute_url(self) -> str:
        return f"{reverse('people:centre', args=[self.centre_id])}#outreach"

    @property
    def is_forgotten(self) -> bool:
        return self.key.destroyed_at is not None

    @property
    def waits(self) -> bool:
        """Whether its next step is still to be taken."""
        return self.next_on is not None and self.done_at is None

    @property
    def is_late(self) -> bool:
        return self.waits and self.next_on is not None and self.next_on < clock.rights_day()
