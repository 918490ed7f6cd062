"""A panel put before a thematic group or a network: what its coordinators take up, forward or return."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from consent.models import care_consent
from cpms import clock
from cpms.accounts.models import Membership, Network, ThematicGroup
from cpms.accounts.roles import Role
from cpms.patients.models import treated_by
from cpms.vault.fields import SealedTextField
from cpms.vault.models import SealedManager, SealedModel
from panels.models.panels import Panel
from panels.states import RUNNING, DispatchState

UNDECIDED = (DispatchState.WAITING, DispatchState.ENDED)


def coordinated_by(user: Any) -> Q:
    """Addressed to a group or a network that the person coordinates today."""
    held = Membership.objects.current().filter(user=user)
    groups = held.filter(role=Role.GROUP_COORDINATOR).values("group")
    networks = held.filter(role=Role.NETWORK_COORDINATOR).values("network")
    return Q(group__in=groups) | Q(network__in=networks)


class DispatchQuerySet(models.QuerySet["Dispatch"]):
    def for_coordinator(self, user: Any) -> DispatchQuerySet:
        """To the person's groups and networks, while the panel runs and consent to care is in force."""
        if not user.is_active:
            return self.none()
        running = self.filter(coordinated_by(user), panel__state__in=RUNNING)
        return running.filter(care_consent("panel__case__patient"))

    def visible_to(self, user: Any) -> DispatchQuerySet:
        """The coordinators addressed, and the treating side."""
        if not user.is_active:
            return self.none()
        own = treated_by(user, "panel__case__patient")
        return self.filter(own | Q(pk__in=self.for_coordinator(user).values("pk")))

    def waiting(self) -> DispatchQuerySet:
        return self.filter(state=DispatchState.WAITING)

    def to_take_up(self) -> DispatchQuerySet:
        """Waiting, of a running panel under consent."""
        return self.waiting().filter(care_consent("panel__case__patient"), panel__state__in=RUNNING)

    def live(self) -> DispatchQuerySet:
        """Waiting, taken up, or returned with a question that is not answered."""
        return self.filter(state__in=[DispatchState.WAITING, DispatchState.ACCEPTED, DispatchState.RETURNED])

    def with_surroundings(self) -> DispatchQuerySet:
        return self.select_related(
            "key",
            "network",
            "group__network",
            "came_from__key",
            "decided_by",
            "asked_by__centre",
            "panel__key",
            "panel__case__patient__key",
            "panel__group",
            "panel__network",
            "panel__lead__centre",
        )


class Dispatch(SealedModel):
    """``key`` is the panel's. Decided once: forwarding and answering make a new row that ``came_from`` this one.

    ``note`` is what came along, ``reason`` what the decision said. ``proposed`` are people the coordinator names.
    """

    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="dispatches")
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="dispatches")
    group = models.ForeignKey(ThematicGroup, on_delete=models.PROTECT, null=True, related_name="dispatches")
    came_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="went_to")
    state = models.CharField(max_length=10, choices=DispatchState, default=DispatchState.WAITING)
    note = SealedTextField()
    reason = SealedTextField()
    proposed: models.ManyToManyField[Any, Any] = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = SealedManager.from_queryset(DispatchQuerySet)()

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                name="panels_dispatched_once",
                fields=["panel", "network", "group"],
                condition=Q(state__in=[DispatchState.WAITING, DispatchState.ACCEPTED, DispatchState.RETURNED]),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="panels_dispatch_decided_says_who",
                condition=Q(state__in=UNDECIDED, decided_at=None, decided_by=None)
                | (~Q(state__in=UNDECIDED) & Q(decided_at__isnull=False, decided_by__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.panel_id}: {self.get_state_display()}"

    def get_absolute_url(self) -> str:
        return reverse("panels:dispatch", args=[self.pk])

    @property
    def addressee(self) -> str:
        """ "Endo-ERN, group 1, Adrenal" or the network alone."""
        return (
            f"{self.network.name}, {str(self.group).lower()[:1]}{str(self.group)[1:]}"
            if self.group
            else self.network.name
        )

    @property
    def treated_by_id(self) -> Any:
        return self.panel.case.patient.enrolled_by_id

    @property
    def audit_patient_id(self) -> Any:
        return self.panel.case.patient_id
