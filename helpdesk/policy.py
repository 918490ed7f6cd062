"""Who takes out what a centre did."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from cpms.accounts.access import Verdict, no, rule, yes
from cpms.accounts.roles import REPRESENTING_ROLES, Permission, Role


@rule(Permission.CENTRE_EVIDENCE)
def may_take_evidence(user: Any, centre: Any) -> Verdict:
    """Who represents the centre, a coordinator of a network it belongs to today, and the core helpdesk."""
    own = Q(role__in=REPRESENTING_ROLES, centre=centre)
    over = Q(role=Role.NETWORK_COORDINATOR, network__in=centre.networks_today())
    if Role.CORE_HELPDESK in user.held_roles() or user.memberships.current().filter(own | over).exists():
        return yes
    return no("What a hospital did is taken out by its representatives and the coordinators of its networks.")
