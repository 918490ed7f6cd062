"""What the clock does about panels that stand still."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from cpms import clock
from cpms.accounts import queries as accounts
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from cpms.notifications.states import Settled, Verb
from panels import queries
from panels.models import Panel

REVIVE_WITHIN = dt.timedelta(days=7)


@transaction.atomic
def look_after_idle(*, by: Any) -> int:
    """Idle for 21 days: the lead's task, and the group's coordinators are told; for 60 days: the helpdesk too. A network
    may set other days.

    Each once per spell of silence, however often the clock comes by. Gives how many panels stand still.
    """
    panels, long = queries.standing_still()
    for panel in panels:
        path, due = panel.get_absolute_url(), clock.now() + REVIVE_WITHIN
        notifications.open_work(
            panel.lead, Verb.REVIVE, on=panel, ref=panel.ref, path=path, due_at=due, urgent=panel.urgent
        )
        others = list(accounts.coordinators_of_group(panel.group))
        if panel.pk in long:
            others += accounts.helpdesk_of(panel.network)
        tell_still([panel.lead], panel, path=path, by=by)
        tell_still(others, panel, path="/", by=by)
    return len(panels)


def tell_still(people: list[Any], panel: Panel, *, path: str, by: Any) -> None:
    """One mail per spell of silence. Who does not see the panel gets its number and no address of it."""
    spell = panel.last_at.isoformat()  # type: ignore[attr-defined]  # annotated by the query
    notifications.notify(
        people, notice=Notice.PANEL_IDLE, by=by, about=panel, ref=panel.ref, path=path, again=spell, urgent=False
    )


def something_happened(panel: Panel) -> None:
    """The silence is over: nothing to look after."""
    notifications.settle_all(panel, Verb.REVIVE, how=Settled.DONE)
