"""Tickets to the helpdesk, their threads, and what is said in public about bugs and wishes."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cpms import clock
from cpms.accounts.models import Membership, Network, User
from cpms.accounts.roles import HELPDESK_ROLES, Role
from cpms.vault.fields import SealedTextField
from cpms.vault.models import SealedManager, SealedModel
from helpdesk.tickets import states
from helpdesk.tickets.states import EntryKind, EntryState, TicketState


def served_as_helpdesk(user: Any) -> models.QuerySet[Any, Any]:
    """Keys of the networks whose helpdesk the person is today."""
    return (
        user.memberships.current().filter(role__in=HELPDESK_ROLES, network__isnull=False).order_by().values("network")
    )


def helpdesks() -> models.QuerySet[Membership]:
    """The roles of those who can answer for a network today; not of who never came in, or is switched off."""
    held = Membership.objects.current().filter(role__in=HELPDESK_ROLES, network__isnull=False)
    return held.filter(user__in=User.objects.active()).order_by()


class EntryQuerySet(models.QuerySet["StatusEntry"]):
    def visible_to(self, user: Any) -> EntryQuerySet:
        """They are public."""
        return self.all() if user.is_active else self.none()


class StatusEntry(models.Model):
    """A known bug or a change request as the core helpdesk tells of it, in words of its own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=states.entry_kind_choices)
    title = models.CharField(max_length=120)
    words = models.TextField(max_length=2000, blank=True)
    state = models.CharField(max_length=10, choices=states.entry_state_choices, default=EntryState.PLANNED)
    published_at = models.DateTimeField(default=clock.now)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=0)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at"]
        constraints = [models.CheckConstraint(name="tickets_entry_has_title", condition=~Q(title=""))]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{reverse('tickets:status')}#entry-{self.pk}"

    @property
    def takes_votes(self) -> bool:
        return self.kind == EntryKind.CHANGE and self.state in states.OPEN_ENTRIES


class Vote(models.Model):
    """One person would like this, too."""

    entry = models.ForeignKey(StatusEntry, on_delete=models.CASCADE, related_name="votes")
    who = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(name="tickets_one_vote_each", fields=["entry", "who"])]

    def __str__(self) -> str:
        return f"{self.who_id} for {self.entry_id}"


class TicketQuerySet(models.QuerySet["Ticket"]):
    def visible_to(self, user: Any) -> TicketQuerySet:
        """The asker; the helpdesk of its network and of networks that were consulted; the core helpdesk once it was escalated."""
        if not user.is_active:
            return self.none()
        seen, held = Q(asker=user), user.held_roles()
        if held & HELPDESK_ROLES:
            served = served_as_helpdesk(user)
            asked = Consultation.objects.filter(network__in=served).values("ticket")
            seen |= Q(network__in=served) | Q(pk__in=asked)
        if Role.CORE_HELPDESK in held:
            seen |= Q(escalated_at__isnull=False)
        return self.filter(seen)

    def waiting_for(self, user: Any) -> TicketQuerySet:
        """What this person's helpdesk is to answer now, of others' tickets; nothing for everybody else."""
        held, mine = user.held_roles(), Q(pk__in=[])
        if held & HELPDESK_ROLES:
            served = served_as_helpdesk(user)
            asked = Consultation.objects.filter(network__in=served, answered_at=None).values("ticket")
            mine |= Q(state=TicketState.OPEN, network__in=served)
            mine |= Q(pk__in=asked) & ~Q(state=TicketState.CLOSED)
        if Role.CORE_HELPDESK in held:
            mine |= Q(state=TicketState.ESCALATED)
        return self.visible_to(user).filter(mine).exclude(asker=user)

    def waiting(self) -> TicketQuerySet:
        return self.filter(state__in=states.WAITING)

    def with_surroundings(self) -> TicketQuerySet:
        return self.select_related("key", "asker__centre", "network", "entry", "escalated_by", "closed_by")


class Ticket(SealedModel):
    """Somebody asks the helpdesk. The text is sealed under a key of its own: nobody can promise that it tells of no patient.

    ``route`` names the page it was asked from; ``panel_ref`` is a panel's number that the asker saw there. ``moved_at`` is
    when its state last changed. ``network`` is whose helpdesk looks after it; without one it lies with the core helpdesk.
    """

    kind = models.CharField(max_length=10, choices=states.kind_choices)
    asker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tickets")
    network = models.ForeignKey(Network, on_delete=models.PROTECT, null=True, related_name="tickets")
    text = SealedTextField()
    route = models.CharField(max_length=80, blank=True)
    panel_ref = models.CharField(max_length=30, blank=True)
    state = models.CharField(max_length=10, choices=states.state_choices, default=TicketState.OPEN)
    raised_at = models.DateTimeField(default=clock.now)
    moved_at = models.DateTimeField(default=clock.now)
    first_answer_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    escalated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    entry = models.ForeignKey(StatusEntry, on_delete=models.PROTECT, null=True, related_name="tickets")

    objects = SealedManager.from_queryset(TicketQuerySet)()

    class Meta:
        ordering = ["-raised_at"]
        constraints = [
            models.CheckConstraint(
                name="tickets_closed_says_who",
                condition=Q(state=TicketState.CLOSED, closed_at__isnull=False, closed_by__isnull=False)
                | (~Q(state=TicketState.CLOSED) & Q(closed_at=None, closed_by=None)),
            ),
            models.CheckConstraint(
                name="tickets_escalated_says_who",
                condition=(Q(escalated_at=None, escalated_by=None) & ~Q(state=TicketState.ESCALATED))
                | (Q(escalated_at__isnull=False, escalated_by__isnull=False) & ~Q(state=TicketState.OPEN)),
            ),
            models.CheckConstraint(
                name="tickets_lies_with_somebody", condition=Q(network__isnull=False) | Q(escalated_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    def get_absolute_url(self) -> str:
        return reverse("tickets:ticket", args=[self.pk])

    @property
    def ref(self) -> str:
        """What mails carry: "T-7F3A2C"."""
        return f"T-{self.pk.hex[:6].upper()}"

    @property
    def is_closed(self) -> bool:
        return self.state == TicketState.CLOSED


class Reply(SealedModel):
    """One turn of the thread, sealed under the ticket's key. What is ``among_staff`` is not shown to the asker."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="replies")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = SealedTextField()
    at = models.DateTimeField(default=clock.now)
    among_staff = models.BooleanField(default=False)

    objects = SealedManager()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"reply {self.pk}"


class Consultation(models.Model):
    """Another network's helpdesk was asked into the thread."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="consultations")
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(name="tickets_consulted_once", fields=["ticket", "network"]),
            models.CheckConstraint(
                name="tickets_consultation_says_who",
                condition=Q(answered_at=None, answered_by=None)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id}: {self.network_id}"
