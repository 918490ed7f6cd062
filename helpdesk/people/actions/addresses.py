"""What waits about a person whose e-mail address changes, in the transaction of the change; and an address that is freed."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from cpms.accounts import actions as accounts
from cpms.accounts.access import Refused
from cpms.accounts.models import User
from cpms.audit import actions as audit
from cpms.audit.states import Event
from helpdesk.people import policy
from helpdesk.people.actions import getting_in, two_people
from helpdesk.people.models import AccessRequest, LostPhone
from helpdesk.people.states import ProposalState, RequestState

WAITS_THERE = "Another request of yours waits with your new e-mail address."


@transaction.atomic
def follow_address(user_id: str, *, old: str, new: str, by: Any) -> None:
    """A lost phone that waits ends: its link would go to an address that nobody of the helpdesk spoke about. A waiting request
    for access goes to the new address, or, where one waits there, ends: approved at the old one it would make a second account.
    ``by`` is nobody: a lower floor asked by name."""
    person = User.objects.get(pk=user_id)
    lost = LostPhone.objects.filter(person=person, state=ProposalState.WAITING).select_related("asked_by")
    for wish in lost.select_for_update(of=("self",)):
        two_people.settle(wish, ProposalState.DROPPED, by=wish.asked_by)
        audit.record(Event.FACTOR_KEPT, on=person, by=by)
    asked = AccessRequest.objects.waiting().select_for_update(of=("self",)).filter(email=old).first()
    if asked is None:
        return
    if AccessRequest.objects.waiting().filter(email=new).exists():
        asked.state, asked.reason = RequestState.REFUSED, WAITS_THERE
        getting_in.settle(asked, by=person)
    else:
        AccessRequest.objects.filter(pk=asked.pk).update(email=new)


@transaction.atomic
def free_address(person: User, *, by: Any) -> None:
    """Somebody mistyped it, or never came: the address is free for another account. Raises ``Refused`` for an account that was in
    use, or that something is meant for. A role, an assistant or an invitation that comes meanwhile waits for the row, and
    is refused then."""
    held = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if not (verdict := policy.may_free_address(by, held)):
        raise Refused(verdict.reason)
    accounts.give_up_address(held, by=by)
