"""Rules about people: who is signed in, who is staff, who may see figures."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from cpms import clock
from cpms.accounts.access.verdicts import Verdict, no, rule, yes
from cpms.accounts.models import Centre, Delegation, Network
from cpms.accounts.roles import (
    KPI_ROLES,
    MANAGING_ROLES,
    OVERSEEING_ROLES,
    REPRESENTING_ROLES,
    Permission,
    Role,
)


@rule(Permission.SIGNED_IN)
def may_sign_in(_user: Any, _thing: Any = None) -> Verdict:
    return yes


@rule(Permission.STAFF_SITE)
def may_use_staff_site(user: Any, _thing: Any = None) -> Verdict:
    return yes if user.is_staff else no("This page is for helpdesk staff.")


@rule(Permission.KPI_READ)
def may_read_kpis(user: Any, _thing: Any = None) -> Verdict:
    return yes if user.held_roles() & KPI_ROLES else no("Figures are for group and network coordinators.")


def clinicians_served_by(user: Any) -> list[Any]:
    """Keys of the person and of every clinician the person assists today."""
    if not hasattr(user, "_serves"):
        served = Delegation.objects.current().filter(assistant=user, clinician__is_active=True)
        user._serves = [user.pk, *served.values_list("clinician_id", flat=True)]
    return list(user._serves)


def acts_as_clinician(user: Any) -> Verdict:
    """Holds the clinician's role, or assists somebody who does."""
    if Role.CLINICIAN in user.held_roles() or len(clinicians_served_by(user)) > 1:
        return yes
    return no("Only clinicians of a member centre and their assistants enrol patients.")


def centres_run_by(user: Any) -> QuerySet[Centre]:
    """The centres a person represents today, and those of the networks a person coordinates."""
    held = user.memberships.current()
    own = held.filter(role__in=REPRESENTING_ROLES).values("centre")
    networks = held.filter(role=Role.NETWORK_COORDINATOR).values("network")
    return Centre.objects.filter(Q(pk__in=own) | Q(networks__in=networks)).distinct()


def networks_served_by(user: Any) -> QuerySet[Network]:
    """The networks a person coordinates or serves as helpdesk; all of them for the core helpdesk."""
    if Role.CORE_HELPDESK in user.held_roles():
        return Network.objects.all()
    held = user.memberships.current().filter(role__in=OVERSEEING_ROLES)
    return Network.objects.filter(pk__in=held.values("network"))


@rule(Permission.CENTRE_LIST)
def may_list_centres(user: Any, _thing: Any = None) -> Verdict:
    if user.held_roles() & MANAGING_ROLES:
        return yes
    return no("Centres are shown to their representatives, to coordinators and to the helpdesk.")


@rule(Permission.CENTRE_READ)
def may_read_centre(_user: Any, _centre: Any) -> Verdict:
    """Whoever can see the centre at all represents or oversees it."""
    return yes


@rule(Permission.CENTRE_CLEAR)
def may_clear_centre(user: Any, centre: Any) -> Verdict:
    """Not the centre itself: somebody of its network has seen the hospital's confirmation."""
    if networks_served_by(user).filter(centres=centre).exists():
        return yes
    return no("Clearance is recorded by a coordinator or the helpdesk of the network.")


def may_open_panels(centre: Any) -> Verdict:
    """The gate of every new panel: the hospital's data-protection clearance is in force."""
    if centre is not None and centre.cleared_on is not None and centre.cleared_on <= clock.today():
        return yes
    return no("Your centre's data-protection clearance is missing; your network's coordinator can help.")
