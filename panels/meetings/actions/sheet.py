"""While a meeting runs: whose turn it is, what is decided, who is there."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from cpms import clock, locking
from cpms.accounts.access import Refused
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.drafts import actions as drafts
from cpms.jobs import actions as jobs
from panels import actions as panels
from panels.meetings import queries
from panels.meetings.actions.agenda import locked
from panels.meetings.actions.single import stop
from panels.meetings.models import AgendaItem, Attendance, Meeting, MeetingDecision
from panels.meetings.policy import may_change, may_decide
from panels.meetings.states import Turn
from panels.models import Panel
from panels.states import State

MORE = 5


@transaction.atomic
def turn(meeting: Meeting, *, ref: str, do: Turn, by: Any) -> AgendaItem | None:
    """Begin a panel's turn, pause it, give it five minutes more, or go on to the next panel that has a slot; gives whose turn it
    is then. The chair may take up a panel that waits, when there is time for it."""
    current = locked(meeting)
    if not (verdict := may_change(by, current)):
        raise Refused(verdict.reason)
    items = list(current.agenda.select_related("panel").order_by("position", "pk"))
    slots = {item.pk for item in current.with_slot()}
    place = next((n for n, item in enumerate(items) if item.panel.ref == ref), None)
    if place is None:
        return None  # taken off a moment ago
    item = items[place]
    if do == Turn.MORE:
        item.minutes = current.minutes_for(item) + MORE
        item.save(update_fields=["minutes"])
        return item
    stop(current, over=do != Turn.PAUSE)
    if do == Turn.PAUSE:
        return item
    if do == Turn.NEXT:
        AgendaItem.objects.filter(pk=item.pk, done_at=None).update(done_at=clock.now())
        rest = [one for one in items[place + 1 :] if one.done_at is None and one.pk in slots]
        if not rest:
            return None
        item = rest[0]
    AgendaItem.objects.filter(pk=item.pk).update(begun_at=clock.now(), done_at=None)
    return item


@transaction.atomic
def tick(meeting: Meeting, *, who: Any, here: bool, by: Any) -> None:
    """Somebody is there, or is not after all: noted by hand."""
    current = locked(meeting)
    if not (verdict := may_change(by, current)):
        raise Refused(verdict.reason)
    Attendance.objects.filter(meeting=current, who=who).update(present=here, centre=queries.works_at())


@transaction.atomic
def decide(
    item: AgendaItem, *, text: str, dissent: str, owner: Any, due_on: dt.date | None, by: Any
) -> MeetingDecision:
    """Write down what was decided on the panel. Whoever drafts its outcome finds it there. The meeting is held, and the panel:
    who takes it off the agenda or closes it meanwhile waits for the decision, or comes first."""
    hold_surroundings(item)
    if not AgendaItem.objects.filter(pk=item.pk).exists():
        raise Refused("The panel was taken off the agenda of this meeting. Copy what you wrote.")
    if not (verdict := may_decide(by, item)):
        raise Refused(verdict.reason)
    made = MeetingDecision(item=item, key=item.panel.key, owner=owner, due_on=due_on, noted_by=by)
    made.text, made.dissent = text, dissent
    made.save(force_insert=True)
    panels.something_happened(item.panel)
    jobs.enqueue("outcomes.take_decision", decision_id=str(made.pk))
    drafts.discard(queries.draft_of(item), by=by)
    audit.record(Event.MEETING_DECIDED, on=item, by=by)
    return made


def hold_surroundings(item: AgendaItem) -> None:
    """Its meeting and its panel, held until commit, as the rules are to see them."""
    item.meeting = Meeting.objects.held(item.meeting_id)
    item.panel = Panel.objects.held(item.panel_id)


def note_taken(decision: MeetingDecision, *, words: str) -> None:
    """The outcome has taken in this version of it, in these words."""
    decision.taken, decision.taken_version = words, decision.version
    decision.save(update_fields=["taken", "taken_version"])


@transaction.atomic
def redecide(decision: MeetingDecision, *, values: dict[str, Any], version: int, by: Any) -> MeetingDecision:
    """Correct it. ``values`` are text, dissent, owner and due_on. Raises ``Clash`` when somebody else was faster."""
    hold_surroundings(item := decision.item)
    if not (verdict := may_decide(by, item)):
        raise Refused(verdict.reason)
    if item.panel.state != State.OPEN:
        raise Refused("The outcome is being written. Correct the decision there.")
    locking.claim(decision, version, values)
    for name, value in values.items():
        setattr(decision, name, value)
    decision.save(update_fields=[*values])
    drafts.discard(queries.draft_of(item, decision), by=by)
    jobs.enqueue("outcomes.take_decision", decision_id=str(decision.pk))
    said: dict[str, Any] = {"verb": "corrected", "version": decision.version, "saved": decision.version}
    audit.record(Event.MEETING_DECIDED, on=decision, by=by, patient=item.audit_patient_id, **said)
    return decision
