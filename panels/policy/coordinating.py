"""What coordinators decide: panels put before them, and referrals from outside."""

from __future__ import annotations

from typing import Any

from cpms.accounts.access import Verdict, no, rule, yes
from cpms.accounts.roles import COORDINATING_ROLES, Permission
from panels.models import Dispatch, Referral
from panels.models.dispatching import coordinated_by
from panels.policy.parts import may_lead
from panels.states import (
    DispatchState,
    ReferralState,
)


@rule(Permission.PANEL_ADDRESS)
def may_address(user: Any, panel: Any) -> Verdict:
    """Put it before a further group or network."""
    return may_lead(user, panel)


@rule(Permission.DISPATCH_LIST)
def may_list_dispatches(user: Any, _thing: Any = None) -> Verdict:
    if user.held_roles() & COORDINATING_ROLES:
        return yes
    return no("This list is for the coordinators of groups and networks.")


@rule(Permission.DISPATCH_READ)
def may_read_dispatch(_user: Any, _dispatch: Any) -> Verdict:
    """Whoever sees it at all was asked, or asks."""
    return yes


@rule(Permission.DISPATCH_DECIDE)
def may_decide_dispatch(user: Any, dispatch: Any) -> Verdict:
    """A coordinator of the group or network it was put before, once."""
    if not Dispatch.objects.for_coordinator(user).filter(pk=dispatch.pk).exists():
        return no("This is for the coordinators of the group or network.")
    return yes if dispatch.state == DispatchState.WAITING else no("This was decided already.")


@rule(Permission.DISPATCH_NAME)
def may_name_people(user: Any, dispatch: Any) -> Verdict:
    """A coordinator, while it waits or once it was taken up."""
    if not Dispatch.objects.for_coordinator(user).live().filter(pk=dispatch.pk).exists():
        return no("This is for the coordinators of the group or network.")
    return yes


@rule(Permission.DISPATCH_CLARIFY)
def may_clarify(user: Any, dispatch: Any) -> Verdict:
    if not (verdict := may_lead(user, dispatch.panel)):
        return verdict
    return yes if dispatch.state == DispatchState.RETURNED else no("No question is open here.")


@rule(Permission.REFERRAL_LIST)
def may_list_referrals(user: Any, _thing: Any = None) -> Verdict:
    return may_list_dispatches(user)


@rule(Permission.REFERRAL_READ)
def may_read_referral(_user: Any, _referral: Any) -> Verdict:
    """Whoever sees it at all was asked to decide it or to take it further."""
    return yes


@rule(Permission.REFERRAL_DECIDE)
def may_decide_referral(user: Any, referral: Any) -> Verdict:
    """A coordinator of the group or network it lies with; of an accepted one again, until its panel is begun."""
    if not Referral.objects.filter(coordinated_by(user), pk=referral.pk).exists():
        return no("This is for the coordinators of the group or network.")
    if referral.state == ReferralState.ACCEPTED and referral.panel_id is None and referral.key.destroyed_at is None:
        return yes
    return yes if referral.state == ReferralState.WAITING else no("This was decided already.")
