"""The reminders of meetings that stand in a network's preview of today."""

from __future__ import annotations

import datetime as dt

from cpms import clock
from cpms.accounts.models import Network
from cpms.notifications.queries import Coming, Rules, also_sent
from panels.meetings.models import Meeting
from panels.meetings.states import SOON, MeetingState


@also_sent
def near_until(network: Network, _rules: Rules, moment: dt.datetime) -> list[Coming]:
    """Two days and an hour before a meeting about a panel of the network, as far as that lies between now and then: one line for
    each meeting and reminder. These hours are the same in all networks, whose series may be joint."""
    found = []
    for early, _late, name in SOON:
        due = Meeting.objects.filter(state=MeetingState.PLANNED, agenda__panel__network=network)
        due = due.filter(starts_at__gt=clock.now() + early, starts_at__lte=moment + early).select_related("series")
        rows = due.order_by("starts_at", "pk").values_list("pk", "series__name", "agenda__panel__ref")
        refs = {key: series or ref for key, series, ref in rows}
        found += [Coming(ref, "Everybody asked to it", f"A meeting begins in {name}") for ref in refs.values()]
    return found
