"""A role has ended: what waited for its holder by it waits no longer."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction

from cpms.accounts.access import still_open
from cpms.accounts.models import User
from cpms.notifications import actions as notifications
from cpms.notifications.models import WorkItem
from cpms.notifications.states import Verb
from helpdesk.people.actions.getting_in import tell_deciders
from helpdesk.people.models import AccessRequest


@transaction.atomic
def put_down_work(user_id: str, *, by: Any) -> int:
    """End what waits for somebody who may not open it any more; gives how much. ``by`` is nobody.

    A request for access that then waits for nobody is put before those who decide it now.
    """
    person = User.objects.get(pk=uuid.UUID(user_id))
    waiting = list(WorkItem.objects.visible_to(person).open())
    opens = still_open((item.path for item in waiting), person)
    decides = set(AccessRequest.objects.visible_to(person).waiting().values_list("pk", flat=True))
    over = [
        item
        for item in waiting
        if (item.subject_id not in decides if item.verb == Verb.DECIDE else item.path != "/" and item.path not in opens)
    ]
    notifications.cancel_work(over)
    orphans = AccessRequest.objects.waiting().filter(pk__in=[i.subject_id for i in over if i.verb == Verb.DECIDE])
    for request in orphans.select_related("centre"):
        if not WorkItem.objects.open().about(request).filter(verb=Verb.DECIDE).exists():
            tell_deciders(request)
    return len(over)
