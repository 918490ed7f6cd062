"""Where the experts are: fields and conditions against countries, the empty places included. Constant query counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, QuerySet

from cpms import countries
from cpms.accounts.models import Centre, Expertise, Membership, Network, ThematicGroup, User
from cpms.accounts.roles import Role
from cpms.terminology import queries as terminology
from cpms.terminology.queries import Node
from cpms.terminology.states import System

MOST_ROWS = 60
ELSEWHERE = Node("", "Outside the tree", inner=False)


@dataclass(frozen=True)
class Coverage:
    """A network's groups against countries; each row holds one number per country, nought where nobody is."""

    countries: list[str]
    rows: list[tuple[ThematicGroup, list[int]]]


def coverage(network: Network) -> Coverage:
    """How many clinicians of each country follow each group, sub-groups below their main group. A country with a member
    centre is never left out, nor one whose people follow a group and whose hospitals have left the network."""
    held = Membership.objects.current().filter(user=OuterRef("pk"), role=Role.CLINICIAN)
    people = User.objects.active().filter(Exists(held), groups_of_interest__network=network, centre__isnull=False)
    counted = people.order_by().values_list("groups_of_interest", "centre__country").annotate(n=Count("pk"))
    cells = {(group, country): number for group, country, number in counted}
    columns = in_order({*countries_of(network), *(country for _group, country in cells)})
    groups = network.groups.in_tree()
    return Coverage(columns, [(group, [cells.get((group.pk, c), 0) for c in columns]) for group in groups])


@dataclass(frozen=True)
class Branches:
    """Conditions of one level of the tree against countries; ``under`` is what they stand below, empty at the top."""

    countries: list[str]
    rows: list[tuple[Node, list[int]]]
    under: str = ""
    name: str = ""


def countries_of(network: Network) -> list[str]:
    """Those with a member centre, in the order of their names."""
    places = Centre.objects.of(network).values_list("country", flat=True).distinct()
    return in_order(places)


def in_order(places: Iterable[str]) -> list[str]:
    return sorted(set(places), key=countries.name)


def branches(network: Network, *, under: str = "") -> Branches:
    """How many clinicians of each country declare something in each branch. Without a loaded tree: what is declared at all.

    A person who declares three conditions of one branch counts once there.
    """
    held = Membership.objects.current().filter(user=OuterRef("user"), role=Role.CLINICIAN)
    declared = Expertise.objects.filter(Exists(held), system=System.ORPHA, user__in=User.objects.active())
    declared = declared.filter(user__centre__in=Centre.objects.of(network))
    nodes = terminology.below(under)
    if nodes and not under:
        nodes.append(ELSEWHERE)
    nodes = nodes or flat(declared)
    said = declared.values_list("code", "user", "user__centre__country")
    cells = terminology.count_in_branches([node.code for node in nodes], said)
    columns = countries_of(network)
    table = [(node, [cells.get((node.code, country), 0) for country in columns]) for node in nodes]
    return Branches(columns, table, under, terminology.name_of(System.ORPHA, under) if under else "")


def flat(declared: QuerySet[Expertise]) -> list[Node]:
    """The conditions themselves, those most declared first."""
    counted = declared.order_by().values_list("code", "name").annotate(n=Count("pk")).order_by("-n", "name")
    best = [(code, name) for code, name, _number in counted[:MOST_ROWS]]
    return [Node(code, name, inner=False) for code, name in sorted(best, key=lambda pair: pair[1])]
