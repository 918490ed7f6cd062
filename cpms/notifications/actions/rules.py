"""A network says after how many days it reminds."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.models import Network
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.notifications import policy, queries
from cpms.notifications.models import ChasingRule, WorkItem
from cpms.notifications.queries import Rules
from cpms.notifications.states import IDLE, usual_days


@transaction.atomic
def set_rules(network: Network, *, rules: Rules, by: Any) -> int:
    """Write the rules that differ from the product's, and set the next reminder of everything open by them.

    What was reminded stays reminded: the number of reminders already sent counts on. Gives how many items were moved.
    """
    if not (verdict := policy.may_set_rules(by, network)):
        raise Refused(verdict.reason)
    changed = {"changed_at": clock.now(), "changed_by": by}
    for about, days in rules.items():
        if list(days) == usual_days(about):
            ChasingRule.objects.filter(network=network, about=about).delete()
        else:
            ChasingRule.objects.update_or_create(network=network, about=about, defaults={"days": list(days), **changed})
    audit.record(Event.CHASING_SET, on=network, by=by, count=len(rules))
    moved = []
    items = WorkItem.objects.of_network(network).filter(verb__in=[about for about in rules if about != IDLE])
    for item in items.select_for_update(of=("self",)).order_by("pk"):
        when = queries.due_by(item, rules[item.verb])
        if when != item.remind_at:
            item.remind_at = when
            moved.append(item)
    WorkItem.objects.bulk_update(moved, ["remind_at"], batch_size=500)
    return len(moved)
