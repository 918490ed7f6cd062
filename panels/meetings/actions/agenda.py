"""Bring a panel to a meeting of a series, take it off again, change the order."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from consent.actions import hold_consent
from cpms import clock
from cpms.accounts import queries as accounts
from cpms.accounts.access import Refused
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from panels import actions as panels
from panels import queries
from panels.meetings.actions.leaving import let_go
from panels.meetings.actions.presenting import ask_no_more, ask_to_present, relieve
from panels.meetings.actions.single import fill_slots, put_on
from panels.meetings.models import AgendaItem, Meeting, MeetingDecision
from panels.meetings.policy import may_bring, may_change
from panels.meetings.states import MeetingState
from panels.models import Invitation, Panel


def locked(meeting: Meeting) -> Meeting:
    """The meeting for as long as its agenda changes. Raises ``Refused`` unless it is still to come."""
    current = Meeting.objects.held(meeting.pk)
    if current.state != MeetingState.PLANNED:
        raise Refused("This meeting was held or called off already.")
    return current


@transaction.atomic
def bring(panel: Panel, *, to: Meeting, invite: bool, by: Any) -> AgendaItem:
    """Onto the agenda; beyond the slots the panel waits for one. ``invite`` asks those who come to every meeting of the series
    into the panel as well, as far as they are clinicians today: without an invitation accepted they do not see the case."""
    hold_consent(panel.audit_patient_id)
    meeting = locked(to)
    panel = Panel.objects.held(panel.pk)
    if not (verdict := may_bring(by, panel)):
        raise Refused(verdict.reason)
    if meeting.series is None or not Meeting.objects.visible_to(by).filter(pk=to.pk).exists():
        raise Refused("This is no meeting of your groups that panels are brought to.")
    item = put_on(meeting, panel, by=by)
    panels.something_happened(panel)
    if invite:
        there = Invitation.objects.filter(panel=panel).live().values("invitee")
        newcomers = meeting.series.people.exclude(pk__in=there).exclude(pk__in=[by.pk, panel.lead_id])
        asked = newcomers.filter(pk__in=accounts.experts(besides=by).order_by().values("pk"))
        panels.invite_experts(panel, people=list(asked), by=by)
    audit.record(Event.AGENDA_CHANGED, on=meeting, by=by, verb="brought", patient=panel.audit_patient_id)
    return item


@transaction.atomic
def take_off(panel: Panel, *, of: Meeting, by: Any) -> None:
    """Off the agenda; the first that waited gets the slot, and its members are asked to come. Who was to come for the panel
    alone hears that they need not."""
    if not (verdict := may_bring(by, panel)):
        raise Refused(verdict.reason)
    meeting = locked(of)
    there = meeting.agenda.select_related("panel", "presenter").filter(panel=panel).first()
    remove(meeting, panel, by=by)
    if there is not None:
        relieve(there, meeting, by=by)


@transaction.atomic
def drop(meeting: Meeting, *, ref: str, by: Any) -> bool:
    """The same by who keeps the series, who may not see the panel: its lead and who was to present it hear of it. Gives whether
    it was on the agenda."""
    current = locked(meeting)
    if not (verdict := may_change(by, current)):
        raise Refused(verdict.reason)
    item = (
        current.agenda.select_related("panel__lead", "panel__case__patient", "presenter").filter(panel__ref=ref).first()
    )
    if item is None:
        return False  # taken off a moment ago
    if current.series is None:
        raise Refused("A meeting that was called for its panel alone is called off instead.")
    people = {person.pk: person for person in (item.presenter, item.panel.lead) if person is not None}
    remove(current, item.panel, by=by)
    ask_no_more(item, current)
    about: dict[str, Any] = {"about": current, "ref": ref, "path": item.panel.get_absolute_url()}
    notifications.notify(people.values(), notice=Notice.TAKEN_OFF, by=by, again=clock.now().isoformat(), **about)
    panels.propose_again(item.panel, by=by)
    return True


def remove(meeting: Meeting, panel: Panel, *, by: Any) -> None:
    """For a caller that holds the meeting, as who decides does. Raises ``Refused`` for a panel that the meeting has begun to
    discuss or has decided on."""
    if MeetingDecision.objects.filter(item__meeting=meeting, item__panel=panel).exists():
        raise Refused("This meeting has decided on the panel already; it stays on the agenda.")
    items = meeting.agenda.filter(panel=panel)
    if any(item.begun for item in items):
        raise Refused("This meeting has begun to discuss the panel; it stays on the agenda.")
    before = {item.pk for item in meeting.with_slot()}
    items.delete()
    fill_slots(meeting, before=before)
    let_go(meeting, queries.people_in(panel), panel=panel, by=by)
    audit.record(Event.AGENDA_CHANGED, on=meeting, by=by, verb="taken off", patient=panel.audit_patient_id)


@transaction.atomic
def put_in_order(meeting: Meeting, *, ref: str, place: int, by: Any) -> None:
    """The panel to this place (1 is the first; beyond the end means last), by whoever may change the meeting."""
    current = locked(meeting)
    if not (verdict := may_change(by, current)):
        raise Refused(verdict.reason)
    items = list(current.agenda.select_related("panel__lead", "presenter").order_by("position", "pk"))
    was = list(items)
    moved = next((item for item in items if item.panel.ref == ref), None)
    if moved is None:
        return  # taken off a moment ago: there is nothing to move
    items.remove(moved)
    items.insert(max(place, 1) - 1, moved)
    if items == was:
        return
    before = {item.pk for item in current.with_slot()}
    for position, item in enumerate(items, start=1):
        item.position = position
    AgendaItem.objects.bulk_update(items, ["position"])
    tell(current, [item for item, other in zip(items, was, strict=True) if item != other], by=by)
    fill_slots(current, before=before)
    for item in items[len(before) :]:
        if item.pk in before:  # it waits now
            let_go(current, queries.people_in(item.panel), panel=item.panel, by=by)
    audit.record(Event.AGENDA_CHANGED, on=current, by=by, verb="put in order")


@transaction.atomic
def give_time(meeting: Meeting, *, ref: str, minutes: int | None, presenter: Any, by: Any) -> AgendaItem:
    """How long a panel's turn is (``None``: an equal share), and who presents it; who presents and who leads it are told."""
    current = locked(meeting)
    if not (verdict := may_change(by, current)):
        raise Refused(verdict.reason)
    item = current.agenda.select_related("panel__lead", "presenter").filter(panel__ref=ref).first()
    if item is None:
        raise Refused("The panel is not on this agenda any more.")
    if presenter is not None and presenter not in queries.people_in(item.panel):
        raise Refused("A panel is presented by somebody who takes part in it.")
    asked = presenter is not None and presenter.pk != item.presenter_id
    changed = item.minutes != minutes
    if asked or presenter is None:
        relieve(item, current, by=by)
    item.minutes, item.presenter = minutes, presenter
    item.save(update_fields=["minutes", "presenter"])
    if asked:
        ask_to_present(item, current, by=by)
    if changed:
        tell(current, [item], by=by)
    audit.record(Event.AGENDA_CHANGED, on=current, by=by, verb="time given", patient=item.panel.audit_patient_id)
    return item


def slots_changed(meeting: Meeting, *, before: set[Any], by: Any) -> None:
    """There are more or fewer of them: who has a slot now is asked to come, who has none any more need not; ``before`` holds
    keys of agenda items."""
    now = {item.pk for item in meeting.with_slot()}
    items = meeting.agenda.select_related("panel__lead", "presenter").filter(pk__in=before ^ now)
    fill_slots(meeting, before=before)
    for item in (changed := list(items)):
        if item.pk in before:
            let_go(meeting, queries.people_in(item.panel), panel=item.panel, by=by)
    tell(meeting, changed, by=by)


def tell(meeting: Meeting, items: list[AgendaItem], *, by: Any) -> None:
    """Who presents and who leads these panels: once a day for each of them, however often the agenda is turned over."""
    for item in items:
        people = {person.pk: person for person in (item.presenter, item.panel.lead) if person is not None}
        notifications.notify(
            people.values(),
            notice=Notice.AGENDA,
            by=by,
            about=meeting,
            ref=item.panel.ref,
            path=meeting.get_absolute_url(),
            again=f"{item.panel.ref}:{clock.today()}",
        )
