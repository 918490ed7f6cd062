"""Into the archive and out of it: a panel that is over leaves the lists and can only be read."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from cpms import clock
from cpms.accounts.access import Refused
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.notifications.notices import Notice
from panels import policy
from panels.actions import escalating
from panels.models import Panel, PanelStep
from panels.states import Move


@transaction.atomic
def archive(panel: Panel, *, by: Any) -> Panel:
    current = Panel.objects.held(panel.pk)
    if not (verdict := policy.may_archive(by, current)):
        raise Refused(verdict.reason)
    return put(current, archived=True, by=by)


@transaction.atomic
def unarchive(panel: Panel, *, by: Any) -> Panel:
    current = Panel.objects.held(panel.pk)
    if not (verdict := policy.may_unarchive(by, current)):
        raise Refused(verdict.reason)
    return put(current, archived=False, by=by)


def put(panel: Panel, *, archived: bool, by: Any) -> Panel:
    """Noted in the panel's log; the lead hears of what somebody else does."""
    panel.archived_at, panel.archived_by = (clock.now(), by) if archived else (None, None)
    panel.save(update_fields=["archived_at", "archived_by"])
    verb, again = Move.ARCHIVE if archived else Move.UNARCHIVE, clock.now().isoformat()
    PanelStep.objects.create(panel=panel, verb=verb, source=panel.state, target=panel.state, by=by)
    escalating.send([panel.lead], Notice.PANEL_SHELVED, panel, path=panel.get_absolute_url(), again=again, by=by)
    audit.record(Event.PANEL_SHELVED, on=panel, by=by, verb=str(verb))
    return panel
