"""Put a panel before groups and networks; their coordinators take it up, forward it or return it with a question."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from consent.actions import hold_consent
from cpms import clock
from cpms.accounts import queries as accounts
from cpms.accounts.access import Refused
from cpms.accounts.models import Network, ThematicGroup
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from cpms.notifications.states import Settled, Verb
from panels import policy
from panels.actions import chasing
from panels.models import Dispatch, Panel
from panels.states import TAKE_UP_WITHIN, DispatchState


@transaction.atomic
def address(panel: Panel, *, network: Network, group: ThematicGroup | None = None, by: Any) -> Dispatch:
    """Put a running panel before a group, or a network as a whole. Inviting goes on meanwhile; nothing waits for it."""
    hold_consent(panel.audit_patient_id)
    current = Panel.objects.held(panel.pk)
    if not (verdict := policy.may_address(by, current)):
        raise Refused(verdict.reason)
    not_there_yet(current, network=network, group=group)
    return put_before(current, network=network, group=group, by=by)


def not_there_yet(panel: Panel, *, network: Network, group: ThematicGroup | None) -> None:
    """Of a panel that is held: of two who put it before the same people one is refused. Raises ``Refused``."""
    if panel.dispatches.live().filter(network=network, group=group).exists():
        raise Refused("The panel is before this group or network already.")


def put_before(
    panel: Panel,
    *,
    network: Network,
    group: ThematicGroup | None,
    by: Any,
    note: str = "",
    came_from: Dispatch | None = None,
) -> Dispatch:
    """One row with what belongs to it: each coordinator's work item and mail."""
    row = Dispatch(panel=panel, key=panel.key, network=network, group=group, asked_by=by, came_from=came_from)
    row.note = note
    row.save(force_insert=True)
    tell_coordinators(row, by=by)
    chasing.something_happened(panel)
    audit.record(Event.DISPATCHED, on=row, by=by)
    return row


def tell_coordinators(row: Dispatch, *, by: Any) -> None:
    """It waits for those it lies with, and they are told, each once."""
    people, panel, path = wait_for_coordinators(row), row.panel, row.get_absolute_url()
    notifications.notify(
        people, notice=Notice.DISPATCHED, by=by, about=row, ref=panel.ref, path=path, urgent=panel.urgent
    )


def wait_for_coordinators(row: Dispatch) -> list[Any]:
    """A decision waits for each of those it lies with, who are given."""
    people, panel = accounts.coordinators_for(row.network, row.group), row.panel
    path, due = row.get_absolute_url(), clock.now() + TAKE_UP_WITHIN
    notifications.open_for(people, Verb.DISPATCH, on=row, ref=panel.ref, path=path, due_at=due, urgent=panel.urgent)
    return people


def wait_for_clarification(panel: Panel) -> None:
    """A coordinator's question waits for the lead."""
    path, due = panel.get_absolute_url(), clock.now() + TAKE_UP_WITHIN
    notifications.open_work(
        panel.lead, Verb.CLARIFY, on=panel, ref=panel.ref, path=path, due_at=due, urgent=panel.urgent
    )


def locked(dispatch: Dispatch) -> Dispatch:
    """The same row, fresh and held until commit: of two decisions one wins. The consent is held with it, and the panel before it:
    who withdraws or closes the panel ends its rows."""
    hold_consent(dispatch.audit_patient_id)
    panel = Panel.objects.held(dispatch.panel_id)
    current = Dispatch.objects.with_surroundings().select_for_update(of=("self",)).get(pk=dispatch.pk)
    current.panel = panel
    return current


def decide(dispatch: Dispatch, state: DispatchState, *, by: Any, reason: str = "") -> Dispatch:
    """Check, lock and write the decision; nothing waits for the other coordinators any more. Raises ``Refused``."""
    current = locked(dispatch)
    if not (verdict := policy.may_decide_dispatch(by, current)):
        raise Refused(verdict.reason)
    current.state, current.decided_at, current.decided_by, current.reason = state, clock.now(), by, reason
    current.save(update_fields=["state", "decided_at", "decided_by", "reason"])
    notifications.settle_all(current, Verb.DISPATCH, Verb.HELP, how=Settled.DONE)
    notifications.cancel_mails([current.pk])
    chasing.something_happened(current.panel)
    audit.record(Event.DISPATCH_DECIDED, on=current, by=by, verb=str(state))
    return current


@transaction.atomic
def take_up(dispatch: Dispatch, *, by: Any, people: Iterable[Any] = ()) -> Dispatch:
    """The group looks after it, and names people the lead may invite. The coordinator sees no more than before."""
    current = decide(dispatch, DispatchState.ACCEPTED, by=by)
    current.proposed.set(people)
    tell_lead(current, Notice.DISPATCH_DECIDED, by=by)
    return current


@transaction.atomic
def name_people(dispatch: Dispatch, *, people: Iterable[Any], by: Any) -> Dispatch:
    """People the lead may invite, besides those named before; the lead hears of it each time."""
    current = locked(dispatch)
    if not (verdict := policy.may_name_people(by, current)):
        raise Refused(verdict.reason)
    current.proposed.add(*people)
    notifications.settle_all(current, Verb.HELP, how=Settled.DONE)
    audit.record(Event.PEOPLE_NAMED, on=current, by=by, count=current.proposed.count())
    tell_lead(current, Notice.PEOPLE_NAMED, by=by, again=clock.now().isoformat())
    return current


@transaction.atomic
def forward(dispatch: Dispatch, *, network: Network, group: ThematicGroup | None, reason: str, by: Any) -> Dispatch:
    """To those who know more, with the reason. A panel of the group itself belongs to the new group of the same network."""
    if not reason.strip():
        raise Refused("Say in a sentence why you forward it.")
    hold_consent(dispatch.audit_patient_id)
    not_there_yet(Panel.objects.held(dispatch.panel_id), network=network, group=group)
    current = decide(dispatch, DispatchState.FORWARDED, by=by, reason=reason)
    panel = current.panel
    same_network = group is not None and group.network_id == panel.network_id
    if same_network and current.group_id == panel.group_id:
        Panel.objects.filter(pk=panel.pk).update(group=group)
    put_before(panel, network=network, group=group, by=by, note=reason, came_from=current)
    tell_lead(current, Notice.DISPATCH_DECIDED, by=by)
    return current


@transaction.atomic
def return_with_question(dispatch: Dispatch, *, reason: str, by: Any) -> Dispatch:
    """Back to the lead, whose answer puts it before the same group again."""
    if not reason.strip():
        raise Refused("Write your question.")
    current = decide(dispatch, DispatchState.RETURNED, by=by, reason=reason)
    wait_for_clarification(current.panel)
    tell_lead(current, Notice.DISPATCH_RETURNED, by=by)
    return current


@transaction.atomic
def clarify(dispatch: Dispatch, *, text: str, by: Any) -> Dispatch:
    """The treating side answers; the panel is before the same group again."""
    current = locked(dispatch)
    if not (verdict := policy.may_clarify(by, current)):
        raise Refused(verdict.reason)
    if not text.strip():
        raise Refused("Write your answer.")
    Dispatch.objects.filter(pk=current.pk).update(state=DispatchState.ANSWERED)
    notifications.cancel_mails([current.pk], Notice.DISPATCH_RETURNED)
    panel = current.panel
    if not panel.dispatches.filter(state=DispatchState.RETURNED).exists():
        notifications.settle_all(panel, Verb.CLARIFY, how=Settled.DONE)
    audit.record(Event.DISPATCH_CLARIFIED, on=current, by=by)
    return put_before(panel, network=current.network, group=current.group, by=by, note=text, came_from=current)


def tell_lead(dispatch: Dispatch, notice: Notice, *, by: Any, again: str = "") -> None:
    panel = dispatch.panel
    path = panel.get_absolute_url()
    notifications.notify(
        [panel.lead], notice=notice, by=by, about=dispatch, ref=panel.ref, path=path, urgent=panel.urgent, again=again
    )


def goes_on(panel: Panel, *, again: str) -> None:
    """The panel rests no more: whom it lies with hear that, and go to what is put before them."""
    for row in panel.dispatches.live().select_related("network", "group__parent"):
        people, path = accounts.coordinators_for(row.network, row.group), row.get_absolute_url()
        about: dict[str, Any] = {"about": row, "ref": panel.ref, "path": path, "urgent": panel.urgent}
        notifications.notify(people, notice=Notice.PANEL_MOVED, by=None, again=again, **about)


def silence(panel: Panel) -> None:
    """The panel rests: nothing of it waits for a coordinator, and no unsent mail goes to one."""
    rows = list(Dispatch.objects.filter(panel=panel))
    for row in rows:
        notifications.settle_all(row)
    notifications.cancel_mails([row.pk for row in rows])


def need_no_help(panel: Panel) -> None:
    """The outcome is being written: nobody needs to name people any more."""
    for row in Dispatch.objects.filter(panel=panel):
        notifications.settle_all(row, Verb.HELP)


def end(panel: Panel) -> None:
    """The panel is over: what nobody decided needs no decision."""
    silence(panel)
    notifications.settle_all(panel, Verb.CLARIFY)
    Dispatch.objects.waiting().filter(panel=panel).update(state=DispatchState.ENDED)
