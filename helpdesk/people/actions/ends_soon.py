"""Word of roles and delegations that end soon: to whoever has one, and to whoever gave it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F
from django.urls import reverse

from cpms import clock
from cpms.accounts.models import Delegation, Membership
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from helpdesk.people.states import ENDS_SOON


@transaction.atomic
def tell_of_ends(*, by: Any) -> int:
    """Of each right that was given for longer than a week and ends within one; gives how many. Those of one kind that end for
    one person on one day are one mail. ``by`` is nobody."""
    today = clock.rights_day()
    soon = {"valid_to__gte": today, "valid_to__lte": today + ENDS_SOON, "valid_to__gt": F("valid_from") + ENDS_SOON}
    roles = Membership.objects.current().filter(**soon).select_related("user", "granted_by")
    helping = Delegation.objects.current().filter(**soon).select_related("assistant", "clinician")
    ends: list[tuple[Any, ...]] = [
        (row, row.user, row.granted_by, reverse("people:person", args=[row.user_id])) for row in roles
    ]
    ends += [(row, row.assistant, row.clinician, reverse("assistants")) for row in helping]
    for row, holder, giver, path in ends:
        given = {"by": by, "about": holder, "again": f"{row._meta.model_name} {row.valid_to}"}
        notifications.notify([holder], notice=Notice.ROLE_ENDS, path=reverse("profile"), **given)
        if giver is not None:
            notifications.notify([giver], notice=Notice.ROLE_GIVEN_ENDS, path=path, **given)
    return len(ends)
