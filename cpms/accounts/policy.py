"""Rules about people: who is signed in, who is staff, who may see figures."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from cpms.accounts.access.verdicts import Verdict, no, rule, yes
from cpms.accounts.models import Centre, Delegation
from cpms.accounts.roles import KPI_ROLES, REPRESENTING_ROLES, Permission, Role


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
