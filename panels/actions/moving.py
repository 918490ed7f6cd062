"""The moves of the state table, each in one transaction: check, lock, write, history, audit, tell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from consent.actions import hold_consent
from consent.policy import may_be_discussed
from cpms import clock
from cpms.accounts import queries as accounts
from cpms.accounts.access import Refused
from cpms.accounts.actions import forget_unseen
from cpms.accounts.models import ThematicGroup
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.jobs import actions as jobs
from cpms.notifications import actions as notifications
from cpms.notifications import queries as notifications_of
from cpms.notifications.notices import Notice
from cpms.notifications.states import Settled, Verb
from panels import policy, queries
from panels.actions import (
    chasing,
    dispatching,
    escalating,
    guest_links,
    handing_over,
    holding,
    inviting,
    referring,
    registries,
    sight,
    talking,
)
from panels.actions.drafting import wanted_date
from panels.cases.models import Case, Rectification
from panels.models import Contribution, Invitation, Panel, PanelStep
from panels.states import BY_VERB, RUNNING, SHARED, DispatchState, InvitationState, Move, State

TOLD = frozenset({Move.OPEN, Move.START_OUTCOME, Move.REOPEN})
"""Steps that no mail of their own goes with; closing and withdrawing have theirs."""
ASKS_FOR_ADVICE = (Notice.ANSWER_LATE, Notice.NUDGED)  # who has not said yes yet may have got them, too


@transaction.atomic
def move(panel: Panel, verb: Move, *, by: Any) -> Panel:
    """Change the state as the table says. Raises ``Refused``; two people moving at once: one wins."""
    hold_consent(panel.audit_patient_id)
    current = Panel.objects.held(panel.pk)
    if not (verdict := policy.may_move(by, current, verb)):
        raise Refused(verdict.reason)
    source, target = State(current.state), BY_VERB[verb].target
    current.state = target
    current.closed_at = clock.now() if target == State.CLOSED else None
    if target == State.OPEN and current.opened_at is None:
        current.opened_at, current.started_by = clock.now(), current.lead
        current.centre_id = current.case.patient.centre_id
    current.save(update_fields=["state", "closed_at", "opened_at", "started_by", "centre"])
    sight.project(Case.objects.filter(pk=current.case_id), by=by)
    chasing.something_happened(current)
    end_what_waits(current, target, by=by)
    PanelStep.objects.create(panel=current, verb=verb, source=source, target=target, by=by)
    if verb in TOLD:
        tell_all(current, by=by)
    audit.record(Event.PANEL_MOVED, on=current, by=by, verb=str(verb))
    panel.state, panel.closed_at, panel.opened_at = current.state, current.closed_at, current.opened_at
    return current


def end_what_waits(panel: Panel, target: State, *, by: Any) -> None:
    """Advice is asked for while the panel is open, a yes or no while it runs: the outcome can still be signed by who comes."""
    if target != State.OPEN:
        notifications.settle_all(panel, Verb.SUBSTITUTE, Verb.MEET, Verb.REPLY)
        notifications.cancel_mails([panel.pk], *ASKS_FOR_ADVICE)
        dispatching.need_no_help(panel)
    if target not in RUNNING:
        end_asking(panel, by=by)
        dispatching.end(panel)
        jobs.enqueue("meetings.clear_agendas", panel_id=str(panel.pk))


def end_asking(panel: Panel, *, by: Any) -> None:
    """Nobody can answer an invitation any more; of a closed panel, whoever has heard of theirs hears that too. A reopening asks
    again who still may answer."""
    asked = list(Invitation.objects.pending().filter(panel=panel).select_related("invitee"))
    unheard = notifications_of.unsent_about((one.pk for one in asked), besides=panel.lead)
    for invitation in asked:
        notifications.settle_all(invitation)
    if panel.state == State.CLOSED:
        heard = [one.invitee for one in asked if one.pk not in unheard and one.expires_at > clock.now()]
        tell_ended(panel, heard, by=by, again=f"closed {panel.closed_at}")


@transaction.atomic
def note_unanswered(panel: Panel, *, count: int, by: Any) -> None:
    """The panel's log says that this person has just closed it before the day, and how many had not answered."""
    step = panel.steps.filter(verb=Move.CLOSE, by=by).order_by("-at", "-pk")[:1]
    PanelStep.objects.filter(pk__in=step.values("pk")).update(unanswered=count)


def tell_all(panel: Panel, *, by: Any, again: str = "") -> None:
    """Whoever asked (the lead, a guest who referred the patient) and the members hear of each step."""
    notifications.notify(
        queries.people_in(panel),
        notice=Notice.PANEL_MOVED,
        by=by,
        about=panel,
        ref=panel.ref,
        path=panel.get_absolute_url(),
        again=again or str(panel.steps.count()),
        urgent=panel.urgent,
    )


@transaction.atomic
def tell_corrected(correction_id: str, *, by: Any) -> int:
    """A patient corrected a case: whoever received it in a panel, running or closed, or for a registry hears of it, once.

    Gives how many panels and takers there are. Who was let in and has left again is listed for the treating side.
    """
    correction = Rectification.objects.select_related("case__patient", "recorded_by").filter(pk=correction_id).first()
    if correction is None:
        return 0
    takers = registries.tell_registries(correction, by=by)
    if not may_be_discussed(correction.case.patient):
        return takers
    panels = list(Panel.objects.filter(case=correction.case, state__in=SHARED).with_case())
    for panel in panels:
        people = [person for person in queries.people_in(panel) if person != correction.recorded_by]
        path = panel.get_absolute_url()
        notifications.notify(people, notice=Notice.CASE_CORRECTED, by=by, about=correction, ref=panel.ref, path=path)
    return len(panels) + takers


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
    people = concerned(panel)
    current = move(panel, Move.WITHDRAW, by=by)
    silence(current, by=by)
    tell_ended(current, people, by=by)
    referring.tell_physician_of_end(current)
    return current


def concerned(panel: Panel) -> list[Any]:
    """The lead, whoever is in the panel, or heard that they are asked into it or coordinate a group that it is before."""
    seats = Invitation.objects.filter(panel=panel).select_related("invitee")
    asked = list(seats.pending().filter(expires_at__gt=clock.now()))
    rows = list(panel.dispatches.live().select_related("network", "group__parent"))
    unsent = notifications_of.unsent_about((one.pk for one in (*asked, *rows)), besides=panel.lead)
    heard = (*seats.seated(), *(one for one in asked if one.pk not in unsent))
    there = {panel.lead, *(seat.invitee for seat in heard)}
    for row in rows:
        if row.pk not in unsent:
            there.update(accounts.coordinators_for(row.network, row.group))
    return sorted(there, key=lambda person: str(person.pk))


def tell_ended(panel: Panel, people: list[Any], *, by: Any, again: str = "") -> None:
    """Neutrally, and with no address of it."""
    notifications.notify(people, notice=Notice.PANEL_ENDED, by=by, about=panel, ref=panel.ref, again=again)


@transaction.atomic
def reopen(panel: Panel, *, by: Any) -> Panel:
    """Take a closed panel up again, with its members and the guests whose date has not passed, by a new day."""
    current = move(panel, Move.REOPEN, by=by)
    handing_over.follow_lead(current, by=by)
    notifications.settle_all(current, Verb.FOLLOW_UP, Verb.EFFECT, Verb.SIGN)
    current.wanted_by, current.escalated = wanted_date(current.urgency), 0
    current.save(update_fields=["wanted_by", "escalated"])
    escalating.wishes_are_met(current, by=by)
    for invitation in ask_again(current, by=by):
        inviting.invite_again(invitation, by=by, again=f"reopened {current.steps.filter(verb=Move.REOPEN).count()}")
    return current


def ask_again(panel: Panel, *, by: Any) -> list[Invitation]:
    """Who was asked and has not answered in this round owes an answer again, while advice is taken. Gives the invitations of those
    who have not said yes or no, of who referred the patient too: they heard that it had ended, and are to be invited once more."""
    for invitation in queries.owing(panel):
        if invitation.state == InvitationState.ACCEPTED and panel.state == State.OPEN:
            inviting.wait_for_reply(panel, invitation.invitee)
    undecided = [invitation for invitation in queries.undecided(panel) if invitation.expires_at > clock.now()]
    for invitation in undecided:
        invitation.panel = panel
        inviting.wait_for_answer(invitation)
    return undecided


def silence(panel: Panel, *, by: Any) -> None:
    """Nothing waits for anybody, and no unsent mail about the panel goes out; no guest comes in by a link to it."""
    notifications.settle_all(panel)
    dispatching.silence(panel)
    invitations = list(Invitation.objects.filter(panel=panel).select_related("invitee"))
    for invitation in invitations:
        notifications.settle_all(invitation)
    notifications.cancel_mails_of(panel.ref)
    for invitation in invitations:
        guest_links.mind_link(invitation.invitee, by=by)


def note(panel: Panel, verb: Move, *, by: Any) -> None:
    """A row in the panel's log of what leaves its state as it is."""
    PanelStep.objects.create(panel=panel, verb=verb, source=panel.state, target=panel.state, by=by)


@transaction.atomic
def freeze(patient_id: str, *, by: Any) -> int:
    """After a withdrawal of consent: stop the chasing and the mails of the patient's panels, running or closed. Gives how many
    were stopped: run twice, the word that a panel has ended is not called off with the others.

    That nobody sees or writes there any more needs no action: the rules look at the consent itself.
    """
    panels = [panel for panel in holding.running_of(patient_id) if not was_last(panel, Move.FREEZE)]
    sight.project(Case.objects.filter(pk__in={panel.case_id for panel in panels}), by=by)
    for panel in panels:
        people = concerned(panel)
        silence(panel, by=by)
        forget_unseen([panel.ref, str(panel.case_id)])
        jobs.enqueue("meetings.clear_agendas", panel_id=str(panel.pk))
        note(panel, Move.FREEZE, by=by)
        tell_ended(panel, people, by=by, again=f"frozen {clock.today().isoformat()}")
    for panel in Panel.objects.filter(case__patient__pk=patient_id, state=State.CLOSED):
        silence(panel, by=by)
    return len(panels)


def is_frozen(panel: Panel) -> bool:
    """Whether a freezing stands in the panel's log that no thaw has followed, whatever else was done since."""
    turns = PanelStep.objects.filter(panel=panel, verb__in=[Move.FREEZE, Move.THAW])
    last = turns.order_by("-at", "-pk").first()
    return last is not None and last.verb == Move.FREEZE


def was_last(panel: Panel, verb: Move) -> bool:
    """Whether this stands last in the panel's log."""
    last = PanelStep.objects.filter(panel=panel).order_by("-at", "-pk").first()
    return last is not None and last.verb == verb


def tell_thawed(panel: Panel, undecided: list[Invitation], *, by: Any) -> None:
    """Who heard that it had ended hears that it goes on: by a step of the panel, or by their invitation once more; coordinators by
    what lies with them."""
    note(panel, Move.THAW, by=by)
    again = f"thawed {panel.steps.filter(verb=Move.THAW).count()}"
    for invitation in undecided:
        inviting.invite_again(invitation, by=by, again=again)
    tell_all(panel, by=by, again=again)
    dispatching.goes_on(panel, again=again)


@transaction.atomic
def thaw(patient_id: str, *, by: Any) -> int:
    """Consent was given again: what the withdrawal stopped waits again for those it waited for, and everybody hears of it once,
    however often this is run."""
    panels = holding.running_of(patient_id)
    sight.mend_sight(by=by, patient_id=patient_id)
    for panel in panels:
        if not may_be_discussed(panel.case.patient):
            continue
        undecided = ask_again(panel, by=by)
        for row in panel.dispatches.waiting().select_related("network", "group__parent", "panel"):
            dispatching.wait_for_coordinators(row)
        if panel.dispatches.filter(state=DispatchState.RETURNED).exists():
            dispatching.wait_for_clarification(panel)
        if Contribution.objects.awaiting_data().filter(panel=panel).exists():
            talking.ask_for_data(panel)
        jobs.enqueue("outcomes.thaw", panel_id=str(panel.pk))
        if is_frozen(panel):
            tell_thawed(panel, undecided, by=by)
    for panel in Panel.objects.filter(case__patient__pk=patient_id, state=State.CLOSED):
        jobs.enqueue("outcomes.thaw", panel_id=str(panel.pk))
    return len(panels)
