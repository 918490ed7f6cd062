"""A network asks for a hospital that others look after."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from cpms.accounts.models import Centre, CentreMembership, Network
from cpms.accounts.policy import networks_served_by
from helpdesk.people.models.second import SecondPersonQuerySet, Wish
from helpdesk.people.states import PLACE_GOOD_FOR, ProposalState


class PlaceProposalQuerySet(SecondPersonQuerySet):
    def visible_to(self, user: Any) -> PlaceProposalQuerySet:
        """About hospitals that the person represents or oversees, and those asked for in networks the person serves."""
        if not user.is_active:
            return self.none()
        return self.filter(Q(centre__in=Centre.objects.visible_to(user)) | Q(network__in=networks_served_by(user)))


class PlaceProposal(Wish):
    """One more network for a hospital; until somebody confirms it the hospital is none of that network's."""

    GOOD_FOR: ClassVar[dt.timedelta] = PLACE_GOOD_FOR
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="+")
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=CentreMembership.Kind)

    objects: ClassVar[Any] = PlaceProposalQuerySet.as_manager()

    class Meta(Wish.Meta):
        constraints = [
            *Wish.Meta.constraints,
            models.UniqueConstraint(
                name="people_one_open_place", fields=["centre", "network"], condition=Q(state=ProposalState.WAITING)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.centre} in {self.network.code}"
