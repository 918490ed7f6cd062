"""What counts only once a second person has agreed."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from cpms import clock
from cpms.accounts.models import Network, User
from cpms.accounts.policy import Post, networks_served_by
from cpms.accounts.roles import Role
from cpms.vault.fields import SealedTextField
from helpdesk.people.states import GOOD_FOR, STOPPED_SHOWN_FOR, ProposalState
from panels.models import Panel


class SecondPersonQuerySet(models.QuerySet[Any]):
    """Of what one person asks and another decides."""

    def waiting(self) -> SecondPersonQuerySet:
        """Not decided, and asked of late: an old wish is asked anew."""
        return self.filter(state=ProposalState.WAITING, asked_at__gt=clock.now() - self.model.GOOD_FOR)

    def lapsed(self) -> SecondPersonQuerySet:
        """Not decided, and for too long."""
        return self.filter(state=ProposalState.WAITING, asked_at__lte=clock.now() - self.model.GOOD_FOR)

    def visible_to(self, user: Any) -> SecondPersonQuerySet:
        """About the accounts that the person looks after."""
        return self.filter(person__in=User.objects.visible_to(user))


class Wish(models.Model):
    """Base of what counts only once a second person has agreed."""

    GOOD_FOR: ClassVar[dt.timedelta] = GOOD_FOR
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=10, choices=ProposalState, default=ProposalState.WAITING)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = SecondPersonQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["asked_at"]
        constraints = [
            models.CheckConstraint(
                name="people_%(class)s_decided_says_who",
                condition=Q(state=ProposalState.WAITING, decided_at=None, decided_by=None)
                | (~Q(state=ProposalState.WAITING) & Q(decided_at__isnull=False, decided_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="people_%(class)s_two_people",
                condition=~Q(state=ProposalState.CONFIRMED) | ~Q(decided_by=models.F("asked_by")),
            ),
        ]


class SecondPerson(Wish):
    """Such a wish about somebody."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta(Wish.Meta):
        abstract = True


class RoleProposal(SecondPerson):
    """A powerful role that waits for a second person."""

    role = models.CharField(max_length=20, choices=Role)
    network = models.ForeignKey(Network, on_delete=models.PROTECT, null=True, related_name="+")
    registry = models.CharField(max_length=80, default="", db_default="")
    valid_to = models.DateField(null=True)

    class Meta(SecondPerson.Meta):
        constraints = [
            *SecondPerson.Meta.constraints,
            models.UniqueConstraint(
                name="people_one_open_proposal",
                fields=["person", "role", "network", "registry"],
                condition=Q(state=ProposalState.WAITING),
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return str(self.post)

    @property
    def post(self) -> Post:
        return Post(Role(self.role), network=self.network, registry=self.registry)


class LostPhoneQuerySet(SecondPersonQuerySet):
    def telling(self) -> LostPhoneQuerySet:
        """What the page of the account tells: what waits, and what its owner stopped of late; the newest first."""
        since = clock.now() - STOPPED_SHOWN_FOR
        stopped = Q(state=ProposalState.DROPPED, decided_by=models.F("person"), decided_at__gt=since)
        found = self.filter(Q(pk__in=self.waiting().values("pk")) | stopped)
        return found.select_related("asked_by", "person").order_by("-asked_at")


class LostPhone(SecondPerson):
    """Somebody cannot give a code any more. ``how_checked`` says how the helpdesk knew the caller."""

    how_checked = models.CharField(max_length=300)

    objects: ClassVar[Any] = LostPhoneQuerySet.as_manager()

    class Meta(SecondPerson.Meta):
        constraints = [
            *SecondPerson.Meta.constraints,
            models.UniqueConstraint(
                name="people_one_open_loss", fields=["person"], condition=Q(state=ProposalState.WAITING)
            ),
        ]

    def __str__(self) -> str:
        return f"lost phone of {self.person_id}"

    @property
    def is_stopped(self) -> bool:
        """The owner said: it is not lost, somebody asked in my name."""
        return self.state == ProposalState.DROPPED and self.decided_by_id == self.person_id


class GlassBreakQuerySet(SecondPersonQuerySet):
    def visible_to(self, user: Any) -> SecondPersonQuerySet:
        """About panels of the networks that the person serves as helpdesk."""
        return self.filter(panel__network__in=networks_served_by(user)) if user.is_staff else self.none()

    def with_surroundings(self) -> GlassBreakQuerySet:
        return self.select_related(
            "panel__key", "panel__case__patient__enrolled_by", "panel__network", "asked_by", "person"
        )


class GlassBreak(SecondPerson):
    """Somebody of the helpdesk has a reason to look into a panel; ``person`` is the clinician who enrolled the patient."""

    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="+")
    reason = SealedTextField()

    objects: ClassVar[Any] = GlassBreakQuerySet.as_manager()

    class Meta(SecondPerson.Meta):
        constraints = [
            *SecondPerson.Meta.constraints,
            models.UniqueConstraint(
                name="people_one_open_glass", fields=["panel", "asked_by"], condition=Q(state=ProposalState.WAITING)
            ),
        ]

    def __str__(self) -> str:
        return f"break-glass of {self.panel_id}"

    @property
    def key(self) -> Any:
        """The reason can tell of the patient: it is sealed under the panel's key."""
        return self.panel.key
