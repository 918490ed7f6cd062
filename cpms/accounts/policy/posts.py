"""What somebody may be given or lose: a role on a hospital, a group, a network, a registry or a country, and who gives it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cpms import countries
from cpms.accounts.access.verdicts import Verdict, no, yes
from cpms.accounts.models import Centre, CentreMembership, Network, ThematicGroup
from cpms.accounts.roles import CENTRE_ROLES, GRANTED_BY, OVERSEEING_ROLES, REPRESENTING_ROLES, SECONDED_BY, Role


@dataclass(frozen=True)
class Post:
    """A role together with what it is held on: what somebody may be given."""

    role: Role
    centre: Centre | None = None
    group: ThematicGroup | None = None
    network: Network | None = None
    country: str = ""
    registry: str = ""  # the code of a registry, for a researcher of a network

    @property
    def place(self) -> Any:
        return self.centre or self.group or self.network

    @property
    def held_on(self) -> dict[str, Any]:
        places = {"centre": self.centre, "group": self.group, "network": self.network}
        return {**places, "country": self.country, "registry": self.registry}

    @property
    def row(self) -> tuple[Any, ...]:
        return (
            self.role,
            *(getattr(place, "pk", None) for place in (self.centre, self.group, self.network)),
            self.country,
            self.registry,
        )

    @property
    def key(self) -> str:
        return f"{self.role}:{getattr(self.place, 'pk', self.country)}{self.registry and f':{self.registry}'}"

    def __str__(self) -> str:
        where = str(self.place) if self.place is not None else countries.name(self.country)
        where += f", registry {self.registry}" if self.registry else ""
        return f"{self.role.label}, {where}" if where else str(self.role.label)


def looked_after(user: Any, posts: Iterable[Post]) -> list[Post]:
    """Those that one of the person's roles of today may grant, on what that role is held on. Two queries, however many."""
    found = list(posts)
    held = list(user.roles_in_force().values_list("role", "centre", "network"))
    places = CentreMembership.objects.current().filter(centre__in={post.centre for post in found if post.centre})
    near = set(places.values_list("centre", "network"))
    return [post for post in found if any(gives(post, near, *role) for role in held)]


def gives(post: Post, near: set[tuple[int, int]], role: str, centre: int | None, network: int | None) -> bool:
    """Whether a role held on this centre or network grants the post; ``near`` are hospitals with their networks of today."""
    if role not in GRANTED_BY[post.role] or role == Role.CORE_HELPDESK:
        return role in GRANTED_BY[post.role]
    own, at = (
        post.group.network_id if post.group else getattr(post.network, "pk", None),
        getattr(post.centre, "pk", None),
    )
    here = network == own if own else (at, network) in near
    return (role in OVERSEEING_ROLES and here) or (role in REPRESENTING_ROLES and at is not None and at == centre)


def looks_after(user: Any, post: Post) -> bool:
    return bool(looked_after(user, [post]))


def roles_given_in(network: Network, *, by: Any) -> set[Role]:
    """Which roles at its hospitals somebody may give who serves the network; each person is asked about again."""
    rows = by.roles_in_force().filter(network=network)
    held = {Role(role) for role in rows.values_list("role", flat=True)}
    return {role for role in CENTRE_ROLES if GRANTED_BY[role] & held}


def may_fill(user: Any, person: Any, post: Post) -> Verdict:
    """Give ``person`` the post. Nobody gives a role to themselves."""
    return may_have(user, person, post, entitled=looks_after(user, post))


def may_second(user: Any, person: Any, post: Post) -> Verdict:
    """Confirm that ``person`` gets the post: who may give it, and for some posts the core helpdesk."""
    also = bool(user.held_roles() & SECONDED_BY.get(post.role, frozenset()))
    return may_have(user, person, post, entitled=also or looks_after(user, post))


def posts_held(person: Any) -> set[Any]:
    columns = ("role", "centre", "group", "network", "country", "registry")
    return set(person.memberships.current().values_list(*columns))


def is_still_there(person: Any) -> Verdict:
    """An account can be given something; one whose address was freed is over."""
    if person.is_freed:
        return no("Its address was freed, so this account is over. Who needs one asks for access.")
    return yes


def may_have(user: Any, person: Any, post: Post, *, entitled: bool, held: set[Any] | None = None) -> Verdict:
    if user.pk == person.pk:
        return no("Nobody gives a role to themselves.")
    if not (verdict := is_still_there(person)):
        return verdict
    if post.centre is not None and person.centre_id != post.centre.pk:
        return no("This person works at another hospital.")
    if (post.role == Role.RESEARCHER) != bool(post.registry):
        return no("A researcher's role is given for one registry.")
    if not entitled:
        return no("Your own roles do not let you give this one.")
    if post.row in (posts_held(person) if held is None else held):
        return no("This person holds the role already.")
    return yes


def may_end(user: Any, membership: Any) -> Verdict:
    """End a role: whoever may grant it, and its holder."""
    return may_end_each(user, [membership])[0]


def may_end_each(user: Any, rows: Iterable[Any]) -> list[Verdict]:
    posts = [
        (row.user_id, Post(Role(row.role), row.centre, row.group, row.network, row.country, row.registry))
        for row in rows
    ]
    given = set(looked_after(user, (post for _who, post in posts)))
    refused = no("Your own roles do not let you end this one.")
    return [yes if user.pk == who or post in given else refused for who, post in posts]
