"""Finding people and places."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from cpms.accounts.models import ActivationLink, Centre, Membership, Network, ThematicGroup, TotpDevice, User
from cpms.accounts.roles import REPRESENTING_ROLES, STAFF_ROLES, Role
from cpms.vault import cipher


def usable_link(token: str) -> ActivationLink | None:
    """The unused, unexpired link of this token; looked up by digest."""
    found = ActivationLink.objects.usable().select_related("user").filter(digest=cipher.digest("link", token))
    return found.first()


def has_device(user: Any) -> bool:
    return TotpDevice.objects.filter(user=user, confirmed=True).exists()


def networks_of(user: Any) -> QuerySet[Network]:
    """The networks of the person's centre."""
    return Network.objects.filter(centres=user.centre_id).order_by("code")


def representatives_of(centre: Centre) -> QuerySet[User]:
    """The centre's representative and substitutes of today."""
    held = Membership.objects.current().filter(role__in=REPRESENTING_ROLES, centre=centre)
    return User.objects.active().filter(pk__in=held.values("user"))


def coordinators_of(centre: Centre) -> QuerySet[User]:
    """The coordinators of the centre's networks."""
    held = Membership.objects.current().filter(role=Role.NETWORK_COORDINATOR, network__in=centre.networks.all())
    return User.objects.active().filter(pk__in=held.values("user"))


def people_of(group: ThematicGroup) -> QuerySet[User]:
    """The clinicians who take part in a thematic group, and its coordinators."""
    clinicians = User.objects.active().holding(Role.CLINICIAN).filter(groups_of_interest=group)
    coordinators = coordinators_of_group(group)
    return User.objects.filter(Q(pk__in=clinicians.values("pk")) | Q(pk__in=coordinators.values("pk")))


def coordinators_of_group(group: ThematicGroup | None) -> QuerySet[User]:
    """The group's coordinators of today."""
    held = Membership.objects.current().filter(role=Role.GROUP_COORDINATOR, group=group)
    return User.objects.active().filter(pk__in=held.values("user"))


def helpdesk_of(network: Network) -> QuerySet[User]:
    """The network's helpdesk of today."""
    held = Membership.objects.current().filter(role__in=STAFF_ROLES, network=network)
    return User.objects.active().filter(pk__in=held.values("user"))


def experts(*, besides: Any) -> QuerySet[User]:
    """People who can be invited: active clinicians other than the person asking."""
    return User.objects.active().holding(Role.CLINICIAN).exclude(pk=besides.pk).select_related("centre")
