"""Say that a meeting was held: who was there, what it leaves to the next one, and whose outcome waits to be written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Q

from cpms import clock
from cpms.accounts.access import Refused
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from cpms.notifications.states import Settled, Verb
from panels import actions as panels
from panels.meetings import queries
from panels.meetings.actions.presenting import ask_elsewhere
from panels.meetings.actions.single import call_off_reminders, put_on, runs, stop
from panels.meetings.models import AgendaItem, Attendance, Meeting
from panels.meetings.policy import may_hold
from panels.meetings.states import MeetingState
from panels.states import State

WRITE_WITHIN = dt.timedelta(days=7)


@transaction.atomic
def hold(
    meeting: Meeting,
    *,
    present: list[Any] | None,
    by: Any,
    seen: dt.datetime | None = None,
    ticked: Collection[Any] = (),
) -> Meeting:
    """The meeting took place, with these people (``None``: with those ticked so far): now an outcome can be written.

    ``seen`` is when the list was shown that ``present`` was ticked in, and ``ticked`` who was ticked in it by then: who joined
    by video or was ticked by somebody else after that was there too; without ``seen`` everybody who joined."""
    current, after = Meeting.objects.held_with_next(meeting.pk)
    if not (verdict := may_hold(by, current)):
        raise Refused(verdict.reason)
    there = Attendance.objects.filter(meeting=current, present=True)
    if present is None:
        return note_held(current, after, present=None, said=there.filter(joined_at=None).exists(), by=by)
    later = Q(joined_at__gt=seen) | ~Q(who__in=ticked) if seen else Q(joined_at__isnull=False)
    kept = there.filter(later).values_list("who", flat=True)
    return note_held(current, after, present=[*present, *kept], said=bool(present), by=by)


def note_held(current: Meeting, after: Meeting | None, *, present: list[Any] | None, said: bool, by: Any) -> Meeting:
    """The caller holds the meeting and the one ``after`` it, and has asked who says so.

    "Not there" is ``said`` by a person, who ticked others: of a list without a tick but those of who joined, and by the clock,
    nothing is said of anybody.

    What was not discussed goes on to the next meeting of the series, or off the agenda: the agenda of a held meeting names
    what it discussed.
    """
    current.state, current.held_at = MeetingState.HELD, clock.now()
    current.save(update_fields=["state", "held_at"])
    notifications.settle_all(current, Verb.HOLD, how=Settled.DONE)
    call_off_reminders(current)
    asked = Attendance.objects.filter(meeting=current)
    there = set(asked.filter(present=True).values_list("who", flat=True) if present is None else present)
    if said:
        asked.exclude(who__in=there).update(present=False)
    asked.filter(who__in=there).exclude(present=True).update(present=True, centre=queries.works_at())
    stop(current, over=True)
    pass_on(current, after, by=by)
    ask_for_outcomes(current)
    for item in current.agenda.select_related("panel"):
        panels.wishes_are_met(item.panel, by=by)
        panels.something_happened(item.panel)
    notifications.cancel_mails([current.pk], Notice.PRESENTER)
    audit.record(Event.MEETING_HELD, on=current, by=by, count=len(there))
    return current


def pass_on(meeting: Meeting, after: Meeting | None, *, by: Any) -> None:
    """Panels that were not discussed; who presents and who leads them are told where they are now."""
    for item in left_over(meeting):
        people = {person.pk: person for person in (item.presenter, item.panel.lead) if person is not None}
        item.delete()
        goes_on = after if runs(item.panel) else None
        if goes_on:
            put_on(goes_on, item.panel, by=by, minutes=item.minutes, presenter=item.presenter)
        ask_elsewhere(item, meeting, goes_on, by=by)
        about: dict[str, Any] = {"about": meeting, "ref": item.panel.ref, "again": f"{item.panel.ref}:held"}
        path = (goes_on or item.panel).get_absolute_url()
        notifications.notify(people.values(), notice=Notice.AGENDA, by=by, path=path, **about)


def left_over(meeting: Meeting) -> list[AgendaItem]:
    """What got no turn and no decision: beyond the slots; in a series also with a slot, where the clock was used for others."""
    rest = meeting.agenda.select_related("panel__lead", "panel__case__patient", "presenter")
    timed = meeting.agenda.filter(Q(seconds__gt=0) | Q(done_at__isnull=False)).exists()
    if not (meeting.series and timed):
        rest = rest.exclude(pk__in=[item.pk for item in meeting.with_slot()])
    return list(rest.filter(begun_at=None, seconds=0, done_at=None, decisions=None).order_by("position", "pk"))


def ask_for_outcomes(meeting: Meeting) -> None:
    """The outcome of each open panel that was discussed waits for its lead from now on."""
    asked = meeting.agenda.filter(panel__state=State.OPEN, panel__lead__isnull=False)
    for item in asked.select_related("panel__lead", "panel__case__patient"):
        if not runs(panel := item.panel):
            continue
        due, path = clock.now() + WRITE_WITHIN, panel.get_absolute_url()
        notifications.open_work(
            panel.lead, Verb.WRITE_OUTCOME, on=panel, ref=panel.ref, path=path, due_at=due, urgent=panel.urgent
        )
