"""A network says after how many days it reminds."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from cpms import clock, locking
from cpms.accounts.access import Refused
from cpms.accounts.models import Network
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.notifications import policy, queries
from cpms.notifications.models import ChasingRule, WorkItem
from cpms.notifications.queries import Rules
from cpms.notifications.states import OF_PANELS, rule_choices, usual_days


def claim(network: Network, version: int | None, rules: Rules) -> None:
    """Days are rows of their own, so the clash names them one by one."""
    try:
        locking.claim(network, version)
    except locking.Clash as clash:
        theirs, words = queries.rules_of(network), dict(rule_choices())
        fields = [
            locking.ClashField(about, words[about], ", ".join(map(str, days)), ", ".join(map(str, theirs[about])))
            for about, days in rules.items()
            if list(days) != theirs[about]
        ]
        raise locking.Clash(network, fields, version=clash.version) from None


@transaction.atomic
def set_rules(network: Network, *, rules: Rules, version: int | None, by: Any) -> int:
    """Write the rules that differ from the product's, and set the next reminder of everything open by them.

    What was reminded stays reminded: the number of reminders already sent counts on. Gives how many items were moved.
    Raises ``Clash`` with both sets of days when another coordinator was faster.
    """
    if not (verdict := policy.may_set_rules(by, network)):
        raise Refused(verdict.reason)
    claim(network, version, rules)
    changed = {"changed_at": clock.now(), "changed_by": by}
    for about, days in rules.items():
        if list(days) == usual_days(about):
            ChasingRule.objects.filter(network=network, about=about).delete()
        else:
            ChasingRule.objects.update_or_create(network=network, about=about, defaults={"days": list(days), **changed})
    audit.record(Event.CHASING_SET, on=network, by=by, count=len(rules), saved=network.version)
    moved = []
    items = WorkItem.objects.of_network(network).filter(verb__in=[about for about in rules if about not in OF_PANELS])
    for item in items.select_for_update(of=("self",)).order_by("pk"):
        when = queries.due_by(item, rules[item.verb])
        if when != item.remind_at:
            item.remind_at = when
            moved.append(item)
    WorkItem.objects.bulk_update(moved, ["remind_at"], batch_size=500)
    return len(moved)
