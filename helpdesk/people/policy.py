"""Who lets people in."""

from __future__ import annotations

from typing import Any

from cpms.accounts.access import Verdict, no, rule, yes
from cpms.accounts.roles import DECIDING_ROLES, Permission
from helpdesk.people.states import RequestState


@rule(Permission.ACCESS_LIST)
def may_list_requests(user: Any, _thing: Any = None) -> Verdict:
    if user.held_roles() & DECIDING_ROLES:
        return yes
    return no("Requests for access are decided by centre representatives and network coordinators.")


@rule(Permission.ACCESS_DECIDE)
def may_decide(user: Any, request: Any) -> Verdict:
    """Whoever can see the request may decide it, once."""
    if not (verdict := may_list_requests(user)):
        return verdict
    if request.state != RequestState.WAITING:
        return no("This request is decided already.")
    return yes
