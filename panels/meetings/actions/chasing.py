"""A meeting whose end has passed and of which nobody says that it was held: asked for, and in the end noted by the clock."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from cpms import clock
from cpms.notifications import actions as notifications
from cpms.notifications.models import WorkItem
from cpms.notifications.notices import Notice
from cpms.notifications.states import Verb
from panels.meetings import queries
from panels.meetings.actions.holding import note_held
from panels.meetings.actions.single import runs
from panels.meetings.models import Meeting
from panels.meetings.policy import chairs
from panels.meetings.states import MeetingState
from panels.models import Panel

SAY_WITHIN = dt.timedelta(days=3)


def look_after_unheld(*, by: Any) -> int:
    """Run by the clock: it waits for who chairs each meeting that is over; after three days it counts as held. Safe to run
    twice; gives how many meetings are over and were not noted as held."""
    begun = Meeting.objects.filter(state=MeetingState.PLANNED, starts_at__lte=clock.now(), agenda__isnull=False)
    return sum(look_after(pk, by=by) for pk in set(begun.values_list("pk", flat=True)))


@transaction.atomic
def look_after(pk: Any, *, by: Any) -> int:
    """One meeting under its lock. Of a meeting whose panels have all ended or are frozen nothing is asked."""
    meeting, after = Meeting.objects.held_with_next(pk)
    if meeting.state != MeetingState.PLANNED or meeting.ends_at > clock.now():
        return 0
    agenda = meeting.agenda.select_related("panel__lead", "panel__case__patient").order_by("position", "pk")
    panels = [item.panel for item in agenda if runs(item.panel)]
    if not panels:
        notifications.settle_all(meeting, Verb.HOLD)
        return 0
    if meeting.ends_at + SAY_WITHIN <= clock.now():
        note_held(meeting, after, present=None, said=False, by=by)
        tell_held(meeting, by=by)
    else:
        ask(meeting, panels)
    return 1


def ask(meeting: Meeting, panels: list[Panel]) -> None:
    """Who chairs it now; who does not any more is asked no longer."""
    people = who_chairs(meeting, panels)
    gone = WorkItem.objects.open().about(meeting).filter(verb=Verb.HOLD).exclude(who__in=people)
    notifications.cancel_work(gone)
    ref = meeting.series.name[:30] if meeting.series else panels[0].ref
    about: dict[str, Any] = {"on": meeting, "ref": ref, "path": meeting.get_absolute_url()}
    notifications.open_for(people, Verb.HOLD, due_at=meeting.ends_at + SAY_WITHIN, **about)


def who_chairs(meeting: Meeting, panels: list[Panel]) -> list[Any]:
    """Whoever called it while it is theirs to chair; else the lead of its panel, or who keeps its series."""
    if meeting.series:
        return queries.keepers_of(meeting.series)
    if meeting.called_by.is_active and chairs(meeting.called_by, meeting):
        return [meeting.called_by]
    return [panel.lead for panel in panels if panel.lead.is_active][:1]


def tell_held(meeting: Meeting, *, by: Any) -> None:
    """The lead of each panel that counts as discussed."""
    for item in meeting.agenda.select_related("panel__lead"):
        panel = item.panel
        about: dict[str, Any] = {"about": meeting, "ref": panel.ref, "path": panel.get_absolute_url()}
        notifications.notify([panel.lead], notice=Notice.MEETING_HELD, by=by, again=panel.ref, **about)
