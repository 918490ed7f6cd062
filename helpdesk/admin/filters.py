"""By what the lists of the staff site are narrowed. Each list starts at what its reader may see; a filter only takes away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from cpms.accounts.models import CentreMembership, Network
from cpms.accounts.policy import networks_served_by
from cpms.accounts.roles import Role
from helpdesk.queries import lists
from helpdesk.states import GONE_AFTER

Kept = Mapping[str, tuple[str, Callable[[], Q]]]
"""For each value of the address its words, and which rows it keeps."""


class WordsFilter(admin.SimpleListFilter):
    """A few choices in words. A value that is none of them keeps every row."""

    kept: ClassVar[Kept]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(value, words) for value, (words, _rows) in self.kept.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        _words, rows = self.kept.get(self.value() or "", ("", Q))
        return queryset.filter(rows())


class NetworkFilter(admin.SimpleListFilter):
    """The networks that the reader serves, by their codes; of any other the list is empty. For rows with a network of their own."""

    title = "network"
    parameter_name = "network"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(networks_served_by(request.user).order_by("code").values_list("code", "name"))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        code = self.value()
        if code is None:
            return queryset
        if code not in dict(self.lookup_choices):
            return queryset.none()
        return queryset.filter(self.rows(networks_served_by(request.user).filter(code=code)))

    def rows(self, networks: QuerySet[Network]) -> Q:
        return Q(network__in=networks)


class PersonsNetworkFilter(NetworkFilter):
    rows = staticmethod(lists.person_in)


class HospitalsNetworkFilter(NetworkFilter):
    rows = staticmethod(lists.hospital_in)


class RolesNetworkFilter(NetworkFilter):
    rows = staticmethod(lists.role_in)


def chosen_networks(request: HttpRequest) -> QuerySet[Network]:
    """The network that is chosen beside another filter, else those that the reader serves."""
    served, code = networks_served_by(request.user), request.GET.get(NetworkFilter.parameter_name)
    return served.filter(code=code) if code else served


class HospitalKindFilter(admin.SimpleListFilter):
    """As what a hospital belongs to the network that is chosen beside it, else to one that the reader serves."""

    title = "membership"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind.value, kind.label.capitalize()) for kind in CentreMembership.Kind]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        kind = self.value()
        if kind not in CentreMembership.Kind.values:
            return queryset
        return queryset.filter(lists.hospital_of_kind(chosen_networks(request), kind))


class RoleHeldFilter(WordsFilter):
    title = "role held today"
    parameter_name = "role"
    kept = {role.value: (role.label, partial(lists.holds, role)) for role in Role}


class SignedInFilter(WordsFilter):
    title = "last sign-in"
    parameter_name = "signed_in"
    kept = {
        "month": ("This month", lists.here_this_month),
        "gone": (f"Stopped coming: not for {GONE_AFTER.days} days", lists.gone_for_long),
        "never": ("Never", lists.never_here),
    }


class ActivatedFilter(WordsFilter):
    title = "activation"
    parameter_name = "activated"
    kept = {
        "no": ("Not activated yet", partial(Q, activated_at=None)),
        "yes": ("Active", partial(Q, activated_at__isnull=False)),
    }


class ClearedFilter(WordsFilter):
    title = "data-protection clearance"
    parameter_name = "cleared"
    kept = {"yes": ("Cleared", lists.cleared), "no": ("Not cleared", lists.not_cleared)}


class PanelsFilter(admin.SimpleListFilter):
    """Of the network that is chosen beside it, else of those that the reader serves."""

    title = "panels this year"
    parameter_name = "panels"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("none", "None so far")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(lists.opened_none(chosen_networks(request))) if self.value() == "none" else queryset


class InForceFilter(WordsFilter):
    title = "state"
    parameter_name = "in_force"
    kept = {"yes": ("In force", lists.in_force), "no": ("Ended or over", lists.over)}
