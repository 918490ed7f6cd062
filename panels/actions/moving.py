"""The moves of the state table, each in one transaction: check, lock, write, history, audit, tell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from consent.actions import hold_consent
from consent.policy import may_be_discussed
from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.models import ThematicGroup
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from cpms.notifications.states import Settled, Verb
from panels import policy, queries
from panels.actions import chasing, dispatching, handing_over, inviting, referring, sight
from panels.actions.drafting import wanted_date
from panels.cases.models import Case, Rectification
from panels.models import Invitation, Panel, PanelStep
from panels.states import BY_VERB, RUNNING, Move, State

TOLD = frozenset({Move.OPEN, Move.START_OUTCOME, Move.REOPEN})
"""Steps that no mail of their own goes with; closing and withdrawing have theirs."""


def locked(panel: Panel) -> Panel:
    """The same panel, fresh and held until commit."""
    return Panel.objects.with_case().select_for_update(of=("self",)).get(pk=panel.pk)


@transaction.atomic
def move(panel: Panel, verb: Move, *, by: Any) -> Panel:
    """Change the state as the table says. Raises ``Refused``; two people moving at once: one wins."""
    hold_consent(panel.audit_patient_id)
    current = locked(panel)
    if not (verdict := policy.may_move(by, current, verb)):
        raise Refused(verdict.reason)
    source, target = State(current.state), BY_VERB[verb].target
    current.state = target
    current.closed_at = clock.now() if target == State.CLOSED else None
    if target == State.OPEN and current.opened_at is None:
        current.opened_at = clock.now()
    current.save(update_fields=["state", "closed_at", "opened_at"])
    sight.project(Case.objects.filter(pk=current.case_id), by=by)
    chasing.something_happened(current)
    if target != State.OPEN:
        notifications.settle_all(current, Verb.SUBSTITUTE, Verb.MEET)
        dispatching.need_no_help(current)
    if target not in RUNNING:
        dispatching.end(current)
    PanelStep.objects.create(panel=current, verb=verb, source=source, target=target, by=by)
    if verb in TOLD:
        tell_all(current, by=by)
    audit.record(Event.PANEL_MOVED, on=current, by=by, verb=str(verb))
    panel.state, panel.closed_at, panel.opened_at = current.state, current.closed_at, current.opened_at
    return current


def tell_all(panel: Panel, *, by: Any) -> None:
    """Whoever asked (the lead, a guest who referred the patient) and the members hear of each step."""
    step = str(panel.steps.count())
    notifications.notify(
        queries.people_in(panel),
        notice=Notice.PANEL_MOVED,
        by=by,
        about=panel,
        ref=panel.ref,
        path=panel.get_absolute_url(),
        again=step,
    )


@transaction.atomic
def tell_corrected(correction_id: str, *, by: Any) -> int:
    """A patient corrected a case: whoever received it in a running panel hears of it, once."""
    correction = Rectification.objects.select_related("case__patient", "recorded_by").filter(pk=correction_id).first()
    if correction is None or not may_be_discussed(correction.case.patient):
        return 0
    panels = list(Panel.objects.running().filter(case=correction.case).with_case())
    for panel in panels:
        people = [person for person in queries.people_in(panel) if person != correction.recorded_by]
        path = panel.get_absolute_url()
        notifications.notify(people, notice=Notice.CASE_CORRECTED, by=by, about=correction, ref=panel.ref, path=path)
    return len(panels)


@transaction.atomic
def open_panel(panel: Panel, *, by: Any, experts: Iterable[Any] = (), groups: Iterable[ThematicGroup] = ()) -> Panel:
    """Open a prepared draft, put it before its group and ``groups`` besides, invite the first experts: all or nothing."""
    if not panel.question.strip() or panel.group_id is None:
        raise Refused("A panel needs a question and one thematic group before it opens.")
    current = move(panel, Move.OPEN, by=by)
    notifications.settle_all(current, Verb.FINISH_DRAFT, how=Settled.DONE)
    for group in filter(None, dict.fromkeys([current.group, *groups])):
        dispatching.put_before(current, network=group.network, group=group, by=by)
    referring.seat_physician(current, by=by)
    inviting.invite_experts(current, people=experts, by=by)
    return current


@transaction.atomic
def withdraw(panel: Panel, *, by: Any) -> Panel:
    """End a panel without an outcome: nobody sees it any more but the treating side, and nothing chases it."""
    current = move(panel, Move.WITHDRAW, by=by)
    silence(current)
    people = [seat.invitee for seat in Invitation.objects.seated().filter(panel=current).select_related("invitee")]
    notifications.notify(people, notice=Notice.PANEL_ENDED, by=by, about=current, ref=current.ref)
    return current


@transaction.atomic
def reopen(panel: Panel, *, by: Any) -> Panel:
    """Take a closed panel up again, with its members and the guests whose date has not passed, by a new day."""
    current = move(panel, Move.REOPEN, by=by)
    handing_over.follow_lead(current, by=by)
    notifications.settle_all(current, Verb.FOLLOW_UP, Verb.SIGN)
    current.wanted_by, current.escalated = wanted_date(current.urgency), 0
    current.save(update_fields=["wanted_by", "escalated"])
    return current


def silence(panel: Panel) -> None:
    """Nothing waits for anybody, and no unsent mail about the panel goes out."""
    notifications.settle_all(panel)
    dispatching.silence(panel)
    for invitation in Invitation.objects.filter(panel=panel):
        notifications.settle_all(invitation)
    notifications.cancel_mails_of(panel.ref)


@transaction.atomic
def freeze(patient_id: str, *, by: Any) -> int:
    """After a withdrawal of consent: stop the chasing and the mails of the patient's panels, running or closed.

    That nobody sees or writes there any more needs no action: the rules look at the consent itself.
    """
    panels = list(Panel.objects.running().filter(case__patient__pk=patient_id).with_case())
    for panel in panels:
        silence(panel)
        sight.project(Case.objects.filter(pk=panel.case_id), by=by)
        seats = Invitation.objects.seated().filter(panel=panel).select_related("invitee")
        people = [seat.invitee for seat in seats]
        notifications.notify(people, notice=Notice.PANEL_ENDED, by=by, about=panel, ref=panel.ref, again="frozen")
    for panel in Panel.objects.filter(case__patient__pk=patient_id, state=State.CLOSED):
        silence(panel)
    return len(panels)
