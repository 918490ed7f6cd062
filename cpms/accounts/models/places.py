"""Networks, thematic groups, centres and their units, patient advocacy groups."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from cpms import clock
from cpms.accounts.roles import OVERSEEING_ROLES, REPRESENTING_ROLES, Role


class Network(models.Model):
    """A European Reference Network. ``code`` prefixes panel numbers (ENDO-26-0001). ``version`` counts changes of its rules."""

    code = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=120)
    topic = models.CharField(max_length=160, blank=True)
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class ThematicGroupQuerySet(models.QuerySet["ThematicGroup"]):
    def main(self) -> ThematicGroupQuerySet:
        """The first level: what panels and meetings belong to."""
        return self.filter(parent=None).select_related("network")

    def in_tree(self) -> ThematicGroupQuerySet:
        """Both levels, each main group before its sub-groups; ``whole_name`` asks nothing more."""
        place = ("network__code", Coalesce("parent__number", "number"), F("parent").asc(nulls_first=True), "number")
        return self.select_related("network", "parent").order_by(*place)


class ThematicGroup(models.Model):
    """A main thematic group of a network, or a sub-group of one (``parent``). Who follows a sub-group follows its main group."""

    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="groups")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="subgroups")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)

    objects = ThematicGroupQuerySet.as_manager()

    class Meta:
        ordering = ["network__code", "number"]
        constraints = [models.UniqueConstraint(name="accounts_group_number_once", fields=["network", "number"])]

    def __str__(self) -> str:
        return f"Group {self.number}, {self.name}"

    @property
    def whole_name(self) -> str:
        """With the main group it belongs to."""
        return f"{self.parent}: {self.name}" if self.parent else str(self)


class Held(NamedTuple):
    """A role that somebody holds today, with the keys of where it holds, and its country if it is held for one."""

    role: str
    centre: int | None
    network: int | None
    group: int | None
    country: str


def posts_of(user: Any) -> list[Held]:
    """The roles that the person holds today: one query. What is asked with their keys is half as long for the database, and for
    who writes it, as with the roles inside."""
    return [Held(*row) for row in user.memberships.current().order_by().values_list(*Held._fields)]


def in_charge_of(held: list[Held], centre: str) -> Q:
    """What has a centre at the end of this path that somebody of these posts represents, or that belongs today to a network they
    coordinate or serve as helpdesk."""
    own = {post.centre for post in held if post.role in REPRESENTING_ROLES}
    networks = {post.network for post in held if post.role in OVERSEEING_ROLES}
    places = CentreMembership.objects.current().filter(network__in=networks)
    return Q(**{f"{centre}__in": own}) | Q(**{f"{centre}__in": places.values("centre")})


class CentreMembershipQuerySet(models.QuerySet["CentreMembership"]):
    def current(self) -> CentreMembershipQuerySet:
        """In force today."""
        return self.on(clock.rights_day())

    def on(self, day: dt.date) -> CentreMembershipQuerySet:
        """In force on that day."""
        return self.filter(Q(until=None) | Q(until__gte=day), since__lte=day)


class CentreQuerySet(models.QuerySet["Centre"]):
    def members(self) -> CentreQuerySet:
        """Belonging to at least one network today."""
        return self.filter(pk__in=CentreMembership.objects.current().values("centre"))

    def of(self, network: Network) -> CentreQuerySet:
        """Belonging to this network today."""
        return self.filter(pk__in=CentreMembership.objects.current().filter(network=network).values("centre"))

    def visible_to(self, user: Any) -> CentreQuerySet:
        """Those a person represents, and all that belong today to a network the person coordinates or serves as helpdesk."""
        if not user.is_active:
            return self.none()
        held = posts_of(user)
        if any(post.role == Role.CORE_HELPDESK for post in held):
            return self
        return self.filter(in_charge_of(held, "pk"))

    def of_others(self, user: Any) -> CentreQuerySet:
        """Those that belong to networks today, or where people work, but that belong to no network the person coordinates or
        serves as helpdesk: they join a further network by two people. None for the core helpdesk."""
        if Role.CORE_HELPDESK in user.held_roles():
            return self.none()
        networks = user.roles_in_force().filter(role__in=OVERSEEING_ROLES).values("network")
        today = CentreMembership.objects.current()
        others = self.filter(Q(pk__in=today.values("centre")) | Q(people__isnull=False))
        return others.exclude(pk__in=today.filter(network__in=networks).values("centre")).distinct()


class Centre(models.Model):
    """A hospital (HCP). Without data-protection clearance it opens no new panels."""

    name = models.CharField(max_length=160)
    city = models.CharField(max_length=80)
    country = models.CharField(max_length=2)
    cleared_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)
    networks: models.ManyToManyField[Network, CentreMembership] = models.ManyToManyField(
        Network, through="CentreMembership", related_name="centres"
    )

    objects = CentreQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(name="accounts_centre_once", fields=["name", "city", "country"])]

    def __str__(self) -> str:
        return f"{self.name}, {self.city}"

    def get_absolute_url(self) -> str:
        return reverse("people:centre", args=[self.pk])

    def networks_today(self) -> models.QuerySet[Network]:
        """The networks the hospital belongs to today."""
        return Network.objects.filter(memberships__in=CentreMembership.objects.current().filter(centre=self))


class CentreMembership(models.Model):
    """A centre's place in a network: full member or affiliated partner."""

    class Kind(models.TextChoices):
        FULL = "full", "full member"
        AFFILIATED = "affiliated", "affiliated partner"

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="memberships")
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="memberships")
    kind = models.CharField(max_length=10, choices=Kind)
    since = models.DateField(default=clock.today)
    until = models.DateField(null=True, blank=True)

    objects = CentreMembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="accounts_centre_in_network_once", fields=["centre", "network"]),
            models.CheckConstraint(
                name="accounts_centre_membership_dates",
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.centre} in {self.network.code}"


class Unit(models.Model):
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="units")
    name = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(name="accounts_unit_once", fields=["centre", "name"])]

    def __str__(self) -> str:
        return self.name


class AdvocacyGroup(models.Model):
    """A patient organisation that speaks with a network. It sees no patient."""

    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="advocacy_groups")
    name = models.CharField(max_length=160)
    country = models.CharField(max_length=2)

    class Meta:
        constraints = [models.UniqueConstraint(name="accounts_advocacy_group_once", fields=["network", "name"])]

    def __str__(self) -> str:
        return self.name
