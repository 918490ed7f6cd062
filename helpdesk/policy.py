"""Who takes out what a centre did, and asks again for a file that could not be made."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from cpms.accounts.access import Verdict, ask, no, rule, yes
from cpms.accounts.roles import REPRESENTING_ROLES, Permission, Role
from helpdesk.states import FileState


@rule(Permission.CENTRE_EVIDENCE)
def may_take_evidence(user: Any, centre: Any) -> Verdict:
    """Who represents the centre, a coordinator of a network it belongs to today, and the core helpdesk."""
    own = Q(role__in=REPRESENTING_ROLES, centre=centre)
    over = Q(role=Role.NETWORK_COORDINATOR, network__in=centre.networks_today())
    if Role.CORE_HELPDESK in user.held_roles() or user.memberships.current().filter(own | over).exists():
        return yes
    return no("What a hospital did is taken out by its representatives and the coordinators of its networks.")


@rule(Permission.KPI_FILE_AGAIN)
def may_ask_again(user: Any, file: Any) -> Verdict:
    """Who asked for it, and still reads figures."""
    if file.state != FileState.FAILED:
        return no("This file was not given up.")
    return ask(Permission.KPI_READ, user)
