"""Requests for access as their readers need them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber

from consent.models import Registry
from cpms import clock
from cpms.accounts import policy
from cpms.accounts import queries as accounts
from cpms.accounts.models import Centre, CentreMembership, Membership, Network, ThematicGroup, UnitCover, User
from cpms.accounts.policy import Post
from cpms.accounts.roles import CENTRE_ROLES, OVERSEEING_ROLES, REPRESENTING_ROLES, Role
from cpms.terminology.folding import fold_name
from cpms.vault import cipher
from helpdesk.people.models import AccessRequest, Outreach, PlaceProposal, Table, TableRow
from helpdesk.people.states import DECIDE_WITHIN, OF_OTHERS, RowState

COVERS_SHOWN = 10
LOG_SHOWN = 50
"""So many entries of a hospital's outreach log stand on its page."""


def covers_at(centre: Centre) -> list[UnitCover]:
    """When whole units of the hospital saw their panels, and see them; the latest first, a screen full. One query."""
    rows = UnitCover.objects.filter(unit__centre=centre).select_related("unit", "given_by", "ended_by")
    return list(rows[:COVERS_SHOWN])


def request_of(token: str) -> AccessRequest | None:
    """The request that a private link leads to; looked up by digest."""
    rows = AccessRequest.objects.select_related("centre", "account")
    return rows.filter(digest=cipher.digest("request", token)).first()


def deciders_of(request: AccessRequest) -> QuerySet[User]:
    """The centre's representative and substitute; where it has none, or they are silent or away, the coordinators of its networks
    too. Nobody decides their own."""
    represent = accounts.representatives_of(request.centre).exclude(email=request.email)
    coordinate = accounts.coordinators_of(request.centre).exclude(email=request.email)
    if not represent:
        return coordinate
    if not asked_further(request):
        return represent
    return User.objects.filter(Q(pk__in=represent.values("pk")) | Q(pk__in=coordinate.values("pk")))


def asked_further(request: AccessRequest) -> bool:
    """Whether who represents the centre has let the time for deciding pass, or is away altogether."""
    represent = list(accounts.representatives_of(request.centre))
    late = request.asked_at <= clock.now() - DECIDE_WITHIN
    return bool(represent) and (late or all(person.is_away for person in represent))


def waiting_requests(user: Any) -> QuerySet[AccessRequest]:
    """What waits for this person, the longest wait first."""
    rows = AccessRequest.objects.visible_to(user).waiting().select_related("centre")
    return rows.prefetch_related(Prefetch("groups", ThematicGroup.objects.in_tree())).order_by("asked_at")


def decided_requests(user: Any) -> QuerySet[AccessRequest]:
    """The latest decisions on this person's requests."""
    rows = AccessRequest.objects.visible_to(user).exclude(decided_at=None)
    return rows.select_related("centre", "decided_by", "account").order_by("-decided_at")[:20]


def centres_of(user: Any, *, text: str = "") -> QuerySet[Centre]:
    """The centres this person represents or oversees, with who represents each; ``text`` narrows by name or city."""
    found = Centre.objects.visible_to(user).order_by("country", "name")
    if text:
        found = found.filter(pk__in=accounts.holding(accounts.written(found, "name", "city"), text))
    holders = Membership.objects.current().filter(role__in=REPRESENTING_ROLES).select_related("user").order_by("role")
    return found.prefetch_related(
        Prefetch("role_holders", holders, to_attr="represented_by"),
        Prefetch("memberships", CentreMembership.objects.current().select_related("network")),
    )


def colleagues_at(centre: Centre) -> list[User]:
    """Everybody of the centre with the roles held today."""
    current = Membership.objects.current().order_by("role")
    people = User.objects.filter(centre=centre, is_active=True).select_related("unit")
    return list(people.prefetch_related(Prefetch("memberships", current, to_attr="roles_today")))


def place_of(centre: Centre, *, user: Any) -> dict[str, Any]:
    """The centre's place in the first network that the person serves, as its form takes it; empty for none."""
    rows = centre.memberships.filter(network__in=policy.networks_served_by(user)).order_by("network__code")
    found: Any = rows.values("network", "kind", "until").first()
    return found or {}


def people_of(user: Any, *, text: str = "") -> QuerySet[User]:
    """The accounts this person looks after; ``text`` narrows by name, address or hospital."""
    found = User.objects.visible_to(user).select_related("centre").order_by("display_name", "pk")
    if text:
        names = accounts.written(found, "display_name", "email", "centre__name")
        found = found.filter(pk__in=accounts.holding(names, text))
    current = Membership.objects.current().select_related("centre", "group__network", "network").order_by("role")
    return found.prefetch_related(Prefetch("memberships", current, to_attr="roles_today"))


def places_asked_for(user: Any, *, centre: Centre | None = None) -> QuerySet[PlaceProposal]:
    """The hospitals that networks ask for, as far as the person has to do with it; at one hospital, or all."""
    rows = PlaceProposal.objects.visible_to(user).waiting().select_related("centre", "network", "asked_by")
    return rows.filter(centre=centre) if centre is not None else rows


def posts_for(user: Any, person: User) -> list[Post]:
    """What the person may be given; as researcher for each registry that is open today."""
    return policy.posts_for(user, person, registries=list(Registry.objects.open().values_list("code", flat=True)))


def roles_of(person: User) -> list[Membership]:
    """Every role the person holds or held, the running ones first."""
    places = ("centre", "group__network", "network", "granted_by", "confirmed_by", "ended_by")
    rows = person.memberships.select_related(*places).order_by(F("valid_to").desc(nulls_first=True), "-valid_from")
    return list(rows)


@dataclass(frozen=True)
class Account:
    """What is known of a person whose address a row names: the roles held today on the own centre, groups by key and name."""

    centre: int | None
    name: str
    job_title: str
    roles: frozenset[str]
    groups: dict[int, str]


@dataclass(frozen=True)
class Place:
    """As what a hospital belongs to a network today, and its last day there; none while it stays."""

    kind: str
    until: dt.date | None


@dataclass
class Known:
    """What a table's rows are compared with, gathered in a constant number of queries. ``seen`` fills while rows are checked."""

    network: Network
    networks: dict[str, Network]
    served: set[int]
    places: dict[tuple[str, str, str, int], Place]
    cleared: dict[tuple[str, str, str], dt.date | None]
    others: set[tuple[str, str, str]]
    centres: dict[str, list[Centre]]
    groups: dict[str, ThematicGroup]
    people: dict[str, Account]
    may_give: set[Role]
    seen: dict[tuple[Any, ...], int] = field(default_factory=dict)


def identity(centre: Centre) -> tuple[str, str, str]:
    """What tells hospitals apart, whatever the accents and the case."""
    return fold_name(centre.name), fold_name(centre.city), centre.country


def known_for(table: Table, *, by: Any, addresses: Iterable[str] = ()) -> Known:
    """For one table and the person who wants to take it in. ``addresses`` are the e-mails that its rows name."""
    networks = list(Network.objects.all())
    places = CentreMembership.objects.current().select_related("centre")
    here = {(*identity(p.centre), p.network_id): Place(p.kind, p.until) for p in places}
    centres: dict[str, list[Centre]] = {}
    for centre in Centre.objects.of(table.network):
        centres.setdefault(fold_name(centre.name), []).append(centre)
    groups = list(ThematicGroup.objects.filter(network=table.network))
    return Known(
        network=table.network,
        networks={fold_name(name): network for network in networks for name in (network.code, network.name)},
        served={network.pk for network in policy.networks_served_by(by)},
        places=here,
        cleared={identity(centre): centre.cleared_on for centre in Centre.objects.all()},
        others={identity(centre) for centre in Centre.objects.of_others(by)},
        centres=centres,
        groups={
            name: group
            for group in groups
            for name in (str(group.number), fold_name(group.name), fold_name(str(group)))
        },
        people=accounts_of(table.network, addresses),
        may_give=policy.roles_given_in(table.network, by=by),
    )


def accounts_of(network: Network, addresses: Iterable[str]) -> dict[str, Account]:
    """Address to its account, in three queries. Of groups those of the network alone."""
    users = User.objects.filter(email__in=[address.lower() for address in addresses])
    own_groups = Prefetch("groups_of_interest", ThematicGroup.objects.filter(network=network), to_attr="groups_here")
    held = Membership.objects.current().filter(role__in=CENTRE_ROLES)
    rows = users.prefetch_related(own_groups, Prefetch("memberships", held, to_attr="held_now"))
    found = {}
    for user in rows:
        roles = frozenset(held.role for held in user.held_now if held.centre_id == user.centre_id)
        groups = {group.pk: str(group) for group in user.groups_here}
        found[user.email] = Account(user.centre_id, user.display_name, user.job_title, roles, groups)
    return found


def tables_of(user: Any) -> QuerySet[Table]:
    """The latest tables of the networks this person serves, with how their rows stand."""
    counts = {state: Count("rows", filter=Q(rows__state=state)) for state in RowState.values}
    return Table.objects.visible_to(user).select_related("network", "read_by").annotate(**counts)[:50]


def differing_rows(table: Table) -> QuerySet[TableRow]:
    """Of people and hospitals that are there already and other than written."""
    rows = TableRow.objects.filter(table=table).exclude(state=RowState.BAD)
    return rows.exclude(problems=[]).exclude(problems__contains=[OF_OTHERS])


def rows_by_state(table: Table) -> dict[str, int]:
    found = table.rows.order_by().values("state").annotate(n=Count("pk")).values_list("state", "n")
    return dict.fromkeys(RowState.values, 0) | dict(found)


def speakers_of(centre: Centre) -> QuerySet[Any]:
    """Who represents the centre today or stands in, with ``speaks_as``; the representative first."""
    held = Membership.objects.current().filter(role__in=REPRESENTING_ROLES, centre=centre, user=OuterRef("pk"))
    role = Subquery(held.order_by("role").values("role")[:1])
    return User.objects.active().annotate(speaks_as=role).exclude(speaks_as=None).order_by("speaks_as", "display_name")


def keepers_of(centre: Centre) -> QuerySet[User]:
    """Who keeps the centre's outreach log: coordinators and helpdesks of its networks, and the core helpdesk."""
    here = Membership.objects.current().filter(role__in=OVERSEEING_ROLES, network__in=centre.networks_today())
    core = Membership.objects.current().filter(role=Role.CORE_HELPDESK)
    found = Q(pk__in=here.values("user")) | Q(pk__in=core.values("user"))
    return User.objects.active().filter(found).order_by("display_name")


def outreach_at(centre: Centre, *, user: Any) -> list[Outreach]:
    """The newest entries of a centre's log, as they read now, each with the older wordings as ``earlier``."""
    rows = Outreach.objects.visible_to(user).filter(centre=centre).with_surroundings()
    shown = list(rows.standing()[:LOG_SHOWN])
    corrected = any(entry.corrects_id for entry in shown)
    older: dict[Any, Any] = {entry.pk: entry for entry in rows.exclude(correction=None)} if corrected else {}
    for entry in shown:
        earlier, before = [], older.get(entry.corrects_id)
        while before is not None:
            earlier.append(before)
            before = older.get(before.corrects_id)
        entry.earlier = earlier  # type: ignore[attr-defined]
    return shown


def steps_due(user: Any, *, most: int, before: int = 0, network: str = "") -> list[Outreach]:
    """The next steps with hospitals that are due, at most so many of each network the person serves, the oldest first; after so
    many ``before``, of the ``network`` of that code alone.

    Each with its ``network_name``, ``network_code`` and how many are due in it (``whole``). One query.
    """
    places = CentreMembership.objects.current().filter(network__in=policy.networks_served_by(user))
    places = places.filter(network__code=network) if network else places
    rows: Any = Outreach.objects.visible_to(user).due().filter(centre__memberships__in=places)
    each: dict[str, Any] = {"partition_by": [F("centre__memberships__network")]}
    rows = rows.annotate(
        network_name=F("centre__memberships__network__name"),
        network_code=F("centre__memberships__network__code"),
        whole=Window(Count("pk"), **each),
        turn=Window(RowNumber(), order_by=["next_on", "pk"], **each),
    )
    found = (
        rows.filter(turn__gt=before, turn__lte=before + most)
        .with_surroundings()
        .order_by("network_name", "next_on", "pk")
    )
    return list(found)


def contacts(user: Any) -> QuerySet[Outreach]:
    """What people spoke with hospitals themselves."""
    return Outreach.objects.visible_to(user).standing().filter(reminder=False)


def newest_contacts(centres: Iterable[Any], *, user: Any) -> dict[Any, Outreach]:
    """Key of a centre to the newest contact with it. One query, and none where no centre is asked about."""
    keys = list(centres)
    if not keys:
        return {}
    rows = contacts(user).filter(centre__in=keys).select_related("by").order_by("on", "at")
    return {entry.centre_id: entry for entry in rows}
