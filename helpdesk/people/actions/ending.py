"""A role has ended: what waited for its holder by it waits no longer."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction

from cpms.accounts.access import still_open
from cpms.accounts.models import User
from cpms.jobs import actions as jobs
from cpms.notifications import actions as notifications
from cpms.notifications.models import WorkItem
from cpms.notifications.states import Verb
from helpdesk.people.actions.getting_in import tell_deciders
from helpdesk.people.models import AccessRequest

OF_COORDINATORS = frozenset({Verb.DISPATCH, Verb.HELP, Verb.REFERRAL})


@transaction.atomic
def put_down_work(user_id: str, *, by: Any) -> int:
    """End what waits for somebody who may not open it any more; gives how much. ``by`` is nobody.

    A request for access that then waits for nobody is put before those who decide it now; what lies with a group or network
    is looked after by a job of its own. Of somebody who is switched off the requests alone are put down: the rest goes to
    whoever takes the patients over, or waits for the account to be on again.
    """
    person = User.objects.get(pk=uuid.UUID(user_id))
    waiting = list(WorkItem.objects.visible_to(person).open())
    opens = still_open((item.path for item in waiting), person)
    decides = set(AccessRequest.objects.visible_to(person).waiting().values_list("pk", flat=True))
    over = [
        item
        for item in waiting
        if (
            item.subject_id not in decides
            if item.verb == Verb.DECIDE
            else person.is_active and item.path != "/" and item.path not in opens
        )
    ]
    notifications.cancel_work(over)
    orphans = AccessRequest.objects.waiting().filter(pk__in=[i.subject_id for i in over if i.verb == Verb.DECIDE])
    for request in orphans.select_related("centre"):
        if not WorkItem.objects.open().about(request).filter(verb=Verb.DECIDE).exists():
            tell_deciders(request)
    if any(item.verb in OF_COORDINATORS for item in waiting):
        jobs.enqueue("panels.look_after_unattended")
    return len(over)


def look_after_requests(*, by: Any) -> int:
    """Every request that waits is put before those who decide it today; gives how many wait. ``by`` is nobody.

    Roles lapse by their dates, accounts are switched off, somebody is named where nobody decided before.
    """
    waiting = list(AccessRequest.objects.waiting().values_list("pk", flat=True))
    for key in waiting:
        put_before_deciders(key)
    return len(waiting)


@transaction.atomic
def put_before_deciders(key: uuid.UUID) -> None:
    rows = AccessRequest.objects.waiting().select_related("centre").filter(pk=key)
    request = rows.select_for_update(of=("self",)).first()
    if request is None:
        return
    items = WorkItem.objects.open().about(request).filter(verb=Verb.DECIDE).select_related("who")
    notifications.cancel_work(
        item for item in items if not AccessRequest.objects.visible_to(item.who).filter(pk=key).exists()
    )
    tell_deciders(request)
