"""Finding people and places."""

from __future__ import annotations

import datetime as dt
import operator
from dataclasses import dataclass
from functools import reduce
from typing import Any

from allauth.account.utils import url_str_to_user_pk
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django_otp import devices_for_user

from cpms import clock
from cpms.accounts.models import (
    ActivationLink,
    Centre,
    CentreMembership,
    Delegation,
    Membership,
    Network,
    RecoveryCode,
    ThematicGroup,
    User,
)
from cpms.accounts.models.devices import device_kinds
from cpms.accounts.roles import OVERSEEING_ROLES, REPRESENTING_ROLES, STAFF_ROLES, Role
from cpms.accounts.states import NEW_ADDRESS, NEW_ADDRESS_GOOD_FOR
from cpms.terminology.folding import fold_name
from cpms.vault import actions as vault
from cpms.vault import cipher


def usable_link(token: str) -> ActivationLink | None:
    """The unused, unexpired link of this token; looked up by digest."""
    found = ActivationLink.objects.usable().select_related("user").filter(digest=cipher.digest("link", token))
    return found.first()


@dataclass(frozen=True)
class NewAddress:
    """What a mailed link would change, and when that link was made, in seconds since 1970."""

    address: str
    linked_at: float


def new_address(token: str, user: Any) -> NewAddress | None:
    """The address that a mailed link would give this person: theirs, asked for while they had the address they have, and of the
    last 24 hours."""
    name, _dot, secret = token.partition(".")
    try:
        words = vault.look_into(NEW_ADDRESS, name, younger_than=NEW_ADDRESS_GOOD_FOR)
    except ValueError:  # the first part is no id
        return None
    fits = words and (words["user"], words["old"], words["digest"]) == (
        str(user.pk),
        user.email,
        cipher.digest("link", secret),
    )
    return NewAddress(words["new"], words["linked_at"]) if words and fits else None


def held_account(uid: str) -> User | None:
    """The account that a reset link names, held until the transaction ends; nobody for a broken link."""
    try:
        return User.objects.select_for_update().filter(pk=url_str_to_user_pk(uid)).first()
    except (ValueError, ValidationError):
        return None


def with_device(people: QuerySet[User]) -> QuerySet[User]:
    """Those of ``people`` who have a second factor that is enough to sign in with."""
    kinds = [kind for kind in device_kinds() if kind.stands_alone]
    owners = [Exists(kind.objects.filter(user=OuterRef("pk"), confirmed=True)) for kind in kinds]
    return people.filter(reduce(operator.or_, (Q(owner) for owner in owners)))


def is_guest(user: User) -> bool:
    """Of no hospital and no role today: somebody from outside the networks."""
    return user.centre_id is None and not user.memberships.current().exists()


def unused_link(user: User) -> ActivationLink | None:
    """The mailed link that stands, even if its time is over."""
    return ActivationLink.objects.filter(user=user, used_at=None).order_by("-made_at").first()


def has_device(user: Any) -> bool:
    return with_device(User.objects.filter(pk=user.pk)).exists()


def networks_of(user: Any) -> QuerySet[Network]:
    """The networks that the person's centre belongs to today."""
    today = CentreMembership.objects.current().filter(centre=user.centre_id)
    return Network.objects.filter(memberships__in=today).order_by("code")


def centre_called(name: str, city: str, country: str, *, besides: Centre | None = None) -> Centre | None:
    """The known hospital of this name in this city, whatever the accents and the case; one written alike comes first."""
    there = Centre.objects.filter(country=country).exclude(pk=besides.pk if besides is not None else 0)
    alike = [c for c in there if (fold_name(c.name), fold_name(c.city)) == (fold_name(name), fold_name(city))]
    return min(alike, key=lambda c: ((c.name, c.city) != (name, city), c.pk), default=None)


def overseers_of(centre: Centre) -> QuerySet[User]:
    """Who coordinates a network of the centre or serves it as helpdesk; where nobody does, the core helpdesk."""
    held = Membership.objects.current().filter(role__in=OVERSEEING_ROLES, network__in=centre.networks_today())
    found = User.objects.active().filter(pk__in=held.values("user"))
    return found if found.exists() else User.objects.active().holding(Role.CORE_HELPDESK)


def representatives_of(centre: Centre) -> QuerySet[User]:
    """The centre's representative and substitutes of today."""
    held = Membership.objects.current().filter(role__in=REPRESENTING_ROLES, centre=centre)
    return User.objects.active().filter(pk__in=held.values("user"))


def coordinators_of(centre: Centre) -> QuerySet[User]:
    """The coordinators of the centre's networks."""
    held = Membership.objects.current().filter(role=Role.NETWORK_COORDINATOR, network__in=centre.networks_today())
    return User.objects.active().filter(pk__in=held.values("user"))


def people_of(group: ThematicGroup) -> QuerySet[User]:
    """The clinicians who take part in a thematic group, and its coordinators."""
    clinicians = User.objects.active().holding(Role.CLINICIAN).filter(groups_of_interest=group)
    coordinators = coordinators_of_group(group)
    return User.objects.filter(Q(pk__in=clinicians.values("pk")) | Q(pk__in=coordinators.values("pk")))


def people_of_network(network: Network) -> QuerySet[User]:
    """The clinicians whose hospital belongs to the network today, or who take part in one of its groups."""
    here = CentreMembership.objects.current().filter(network=network).values("centre")
    takes_part = User.groups_of_interest.through.objects.filter(thematicgroup__network=network).values("user")
    return User.objects.active().holding(Role.CLINICIAN).filter(Q(centre__in=here) | Q(pk__in=takes_part))


def coordinators_of_group(group: ThematicGroup | None) -> QuerySet[User]:
    """The group's coordinators of today."""
    held = Membership.objects.current().filter(role=Role.GROUP_COORDINATOR, group=group)
    return User.objects.active().filter(pk__in=held.values("user"))


def coordinators_for(network: Network, group: ThematicGroup | None, *, besides: Any = None) -> list[User]:
    """Who receives what is put before a group: its own coordinators, else those of the main group it belongs to; the
    network's for a network, or where nobody coordinates the group. ``besides`` is the key of somebody who does not count."""
    for nearest in (group, group.parent if group is not None else None):
        if nearest is not None and (own := list(coordinators_of_group(nearest).exclude(pk=besides))):
            return own
    held = Membership.objects.current().filter(role=Role.NETWORK_COORDINATOR, network=network)
    return list(User.objects.active().filter(pk__in=held.values("user")).exclude(pk=besides))


@dataclass(frozen=True)
class Coordinated:
    """The keys of the groups and networks that somebody coordinates today: what is put before others reaches nobody."""

    groups: frozenset[Any]
    networks: frozenset[Any]


def coordinating() -> list[tuple[Any, Any, Any]]:
    """Who coordinates what today: keys of the person, and of the group or of the network."""
    held = Membership.objects.current().filter(user__in=User.objects.active())
    rows = held.filter(role__in=[Role.GROUP_COORDINATOR, Role.NETWORK_COORDINATOR])
    return list(rows.order_by().values_list("user", "group", "network"))


def coordinated() -> Coordinated:
    rows = coordinating()
    return Coordinated(frozenset(g for _u, g, _n in rows if g), frozenset(n for _u, _g, n in rows if n))


def helpdesk_of(network: Network) -> QuerySet[User]:
    """The network's helpdesk of today."""
    held = Membership.objects.current().filter(role__in=STAFF_ROLES, network=network)
    return User.objects.active().filter(pk__in=held.values("user"))


def figure_readers_of(networks: QuerySet[Any, Any]) -> QuerySet[User]:
    """Who reads the figures of one of the networks as a whole: its coordinators and helpdesk, and the core helpdesk."""
    whole = Q(role__in=OVERSEEING_ROLES, network__in=networks) | Q(role=Role.CORE_HELPDESK)
    return User.objects.active().filter(pk__in=Membership.objects.current().filter(whole).values("user"))


def experts(*, besides: Any) -> QuerySet[User]:
    """People who can be invited: active clinicians other than the person asking."""
    return User.objects.active().holding(Role.CLINICIAN).exclude(pk=besides.pk).select_related("centre")


def clinicians_of(centre_id: Any, *, besides: Any = None) -> QuerySet[User]:
    """Active clinicians who work at the hospital, other than the person asking."""
    found = User.objects.active().holding(Role.CLINICIAN).filter(centre=centre_id, centre__isnull=False)
    return found.exclude(pk=besides.pk) if besides is not None else found


@dataclass(frozen=True)
class DeviceRow:
    """A second factor as its owner sees it; any device class of django-otp fits."""

    name: str
    since: dt.datetime | None
    used_at: dt.datetime | None


def devices_of(user: Any) -> list[DeviceRow]:
    """The confirmed devices that a person signs in with, recovery codes apart."""
    devices = [device for device in devices_for_user(user, confirmed=True) if device.stands_alone]
    return [DeviceRow(d.name, getattr(d, "created_at", None), getattr(d, "last_used_at", None)) for d in devices]


def codes_left(user: Any) -> int:
    return RecoveryCode.objects.filter(device__user=user).count()


BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def browser_name(agent: str) -> str:
    """ "Firefox on Windows", as far as the browser says so."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "Another browser")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return f"{browser} on {system}" if system else browser


@dataclass(frozen=True)
class SessionRow:
    session: UserSession
    browser: str
    here: bool


def sessions_of(user: Any, *, here: str | None) -> list[SessionRow]:
    """The person's live sessions, this one first, then the latest seen."""
    alive = Session.objects.filter(expire_date__gt=clock.now()).values("session_key")
    rows = UserSession.objects.filter(user=user, session_key__in=alive).order_by("-last_seen_at")
    found = [SessionRow(row, browser_name(row.user_agent), row.session_key == here) for row in rows]
    return sorted(found, key=lambda row: not row.here)


def session_of(user: Any, key: int) -> UserSession | None:
    return UserSession.objects.filter(user=user, pk=key).first()


def colleagues_of(user: Any) -> QuerySet[User]:
    """Active people of the same hospital: who may be named as assistant."""
    return User.objects.active().filter(centre=user.centre_id, centre__isnull=False).exclude(pk=user.pk)


def deputies_for(user: Any) -> QuerySet[User]:
    """The clinicians among the colleagues: a deputy is offered in the person's place where advice is asked for."""
    clinicians = User.objects.active().holding(Role.CLINICIAN)
    return colleagues_of(user).filter(pk__in=clinicians.values("pk"))


def delegation_of(user: Any, key: int) -> Delegation | None:
    """One of the person's own delegations, given or held."""
    return Delegation.objects.current().filter(Q(clinician=user) | Q(assistant=user), pk=key).first()


def thematic_groups_of(user: Any) -> QuerySet[ThematicGroup]:
    """The groups that the person follows or coordinates."""
    coordinated = [post.group for post in user.posts() if post.role == Role.GROUP_COORDINATOR]
    followed = user.groups_of_interest.order_by().values("pk")
    return ThematicGroup.objects.in_tree().filter(Q(pk__in=followed) | Q(pk__in=coordinated))
