"""The answer-by clock: enough advice ends the asking; too little climbs the ladder, each rung once."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.urls import reverse

from consent.actions import hold_consent
from cpms import clock
from cpms.accounts import queries as accounts
from cpms.accounts.access import Refused
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.notifications import actions as notifications
from cpms.notifications import queries as notifications_of
from cpms.notifications.notices import Notice
from cpms.notifications.states import EXPIRY, LADDER, Settled, Verb
from panels import policy, queries
from panels.actions import chasing, dispatching, telling
from panels.models import Dispatch, Invitation, MeetingWish, Panel, PanelStep, Stance
from panels.states import Move, Rung, StanceKind, State, Urgency, due_on

WITHIN = dt.timedelta(days=3)


def work_for_lead(panel: Panel, verb: Verb, path: str) -> None:
    notifications.open_work(
        panel.lead, verb, on=panel, ref=panel.ref, path=path, due_at=clock.now() + WITHIN, urgent=panel.urgent
    )


def enough_said(panel: Panel, *, by: Any) -> None:
    """The quorum is there: the lead may conclude, with or without a meeting, and nothing climbs further."""
    if panel.state != State.OPEN or queries.replies(panel) < panel.quorum:
        return
    nobody_is_wanted(panel, how=Settled.DONE)
    notifications.notify(
        [panel.lead],
        notice=Notice.ENOUGH_ADVICE,
        by=by,
        about=panel,
        ref=panel.ref,
        path=panel.get_absolute_url(),
        again=occasion(panel),
        urgent=panel.urgent,
    )


def occasion(panel: Panel) -> str:
    """Tells apart when enough was said: each round, and each number that is enough."""
    return f"{panel.steps.filter(verb=Move.REOPEN).count()}:{panel.quorum}"


def not_enough(panel: Panel) -> None:
    """Something was recalled: that enough is there is not said while it is not so."""
    if queries.replies(panel) < panel.quorum:
        notifications.cancel_mails([panel.pk], Notice.ENOUGH_ADVICE)


def nobody_is_wanted(panel: Panel, *, how: Settled = Settled.CANCELLED) -> None:
    """Neither the lead needs substitutes nor coordinators to name people, and no mail that waits asks for them."""
    notifications.settle_all(panel, Verb.SUBSTITUTE, how=how)
    dispatching.need_no_help(panel)


def has_said(panel: Panel, *, by: Any) -> None:
    """Somebody answered, in words or by a view of others': nothing waits for them, and no unsent mail says that their answer is
    late. The first who was asked for advice stops the clock of the first reply."""
    Panel.objects.filter(pk=panel.pk, first_reply_at=None).update(first_reply_at=queries.first_reply_at(panel))
    notifications.settle_work(by, Verb.REPLY, on=panel)


@transaction.atomic
def set_terms(panel: Panel, *, quorum: int, wanted_by: dt.date, by: Any, urgency: str = "") -> Panel:
    """Move the answer-by day, say how many experts are enough or how urgent it is (empty: as before). Everybody in the panel or
    asked into it is told of a new day or another urgency, once.

    With a new day, or when more experts are wanted than before, the ladder is climbed anew.
    """
    hold_consent(panel.audit_patient_id)
    current = Panel.objects.held(panel.pk)
    if not (verdict := policy.may_set_terms(by, current)):
        raise Refused(verdict.reason)
    moved, raised = wanted_by != current.wanted_by, quorum > current.quorum
    hurried = Urgency(urgency or current.urgency) != current.urgency
    current.quorum, current.wanted_by, current.urgency = quorum, wanted_by, Urgency(urgency or current.urgency)
    current.escalated = 0 if moved or raised else current.escalated
    current.save(update_fields=["quorum", "wanted_by", "urgency", "escalated"])
    chasing.something_happened(current)
    audit.record(Event.TERMS_SET, on=current, by=by, count=quorum)
    if moved:
        nobody_is_wanted(current)
        notifications.move_due(current, Verb.REPLY, due_at=due_on(wanted_by))
    if hurried:
        hurry(current, by=by)
    if moved or hurried:
        tell_moved(current, Notice.TERMS_CHANGED if moved else Notice.URGENCY_CHANGED, by=by)
    enough_said(current, by=by)
    return current


def hurry(panel: Panel, *, by: Any) -> None:
    """The urgency is another: what waits is reminded in the times of the new one, and unanswered invitations end by them, those
    asked long ago not before tomorrow."""
    asked = Invitation.objects.pending().filter(panel=panel, expires_at__gt=clock.now())
    waits = dt.timedelta(days=notifications_of.days_of(panel.network_id, EXPIRY)[0])
    for invitation in asked:
        ends = invitation.sent_at + (waits / 2 if panel.urgent else waits)
        invitation.expires_at = max(ends, clock.now() + dt.timedelta(days=1))
        invitation.save(update_fields=["expires_at"])
    notifications.change_pace(panel.ref, urgent=panel.urgent)
    PanelStep.objects.create(panel=panel, verb=Move.URGENCY, source=panel.state, target=panel.state, by=by)


def tell_moved(panel: Panel, notice: Notice, *, by: Any) -> None:
    """A new day, or another urgency, each time: those in the panel go there; who has not answered yet goes to the invitation, and is asked
    for a yes or no by a day that fits."""
    again, asked = clock.now().isoformat(), Invitation.objects.pending().filter(panel=panel, expires_at__gt=clock.now())
    told = {panel.get_absolute_url(): queries.people_in(panel)}
    for invitation in asked.select_related("invitee"):
        invitation.panel = panel
        notifications.move_due(invitation, Verb.ANSWER, due_at=invitation.answer_by)
        told[invitation.get_absolute_url()] = [invitation.invitee]
    for path, people in told.items():
        send(people, notice, panel, path=path, again=again, by=by)


def send(
    people: list[Any], notice: Notice, panel: Panel, *, path: str, again: str, by: Any = None, about: Any = None
) -> None:
    """One mail to each, once for the occasion that ``again`` names; about the panel unless it is about less."""
    notifications.notify(
        people, notice=notice, by=by, about=about or panel, ref=panel.ref, path=path, again=again, urgent=panel.urgent
    )


@transaction.atomic
def wish_meeting(panel: Panel, *, by: Any) -> None:
    """Somebody would rather talk; said twice, it counts once."""
    hold_consent(panel.audit_patient_id)
    panel = Panel.objects.held(panel.pk)
    if not (verdict := policy.may_wish_meeting(by, panel)):
        raise Refused(verdict.reason)
    _wish, fresh = MeetingWish.objects.get_or_create(panel=panel, who=by)
    if fresh:
        chasing.something_happened(panel)
        audit.record(Event.MEETING_WISHED, on=panel, by=by)
        propose_meeting(panel, by=by)


def propose_meeting(panel: Panel, *, by: Any) -> None:
    """On dissent or wish, until one is called: the lead decides."""
    path = reverse("meetings:schedule", args=[panel.ref])
    work_for_lead(panel, Verb.MEET, path)
    telling.tell([panel.lead], Notice.MEETING_PROPOSED, panel, by=by, path=path)


def nobody_would_meet(panel: Panel) -> None:
    """A dissent of this round or a wish was taken back. Without another the lead need not call a meeting."""
    dissents = Stance.objects.filter(contribution__panel=panel, kind=StanceKind.DISSENT)
    dissents = dissents.filter(at__gte=queries.round_began("contribution__panel"))
    if not dissents.exists() and not MeetingWish.objects.filter(panel=panel).exists():
        notifications.settle_all(panel, Verb.MEET)


def propose_again(panel: Panel, *, by: Any) -> None:
    """A meeting was called off: who wished for one still does."""
    if panel.state == State.OPEN and MeetingWish.objects.filter(panel=panel).exists():
        propose_meeting(panel, by=by)


def wishes_are_met(panel: Panel, *, by: Any) -> None:
    """They met, or the panel begins anew: a wish may be said again."""
    met, _rows = MeetingWish.objects.filter(panel=panel).delete()
    if met:
        audit.record(Event.MEETING_WISHED, on=panel, by=by, verb="met")


def escalate(*, by: Any) -> int:
    """Run by the clock: climb one rung on every open panel whose day has passed without enough advice. Gives how many."""
    return sum(climb(pk, by=by) for pk in queries.late_panels().values_list("pk", flat=True))


@transaction.atomic
def climb(pk: Any, *, by: Any) -> int:
    """The next rung of one panel, under its lock: parallel runs climb once. 0 when it is not time yet."""
    rows = queries.late_panels().with_case().select_for_update(of=("self",), skip_locked=True)
    panel = rows.filter(pk=pk).first()
    if panel is None or panel.wanted_by is None or queries.replies(panel) >= panel.quorum:
        return 0
    rung = queries.next_rung(panel)
    when = queries.climbs_at(panel, rung, notifications_of.days_of(panel.network_id, LADDER))
    if when is None or clock.now() < when:
        return 0
    Panel.objects.filter(pk=panel.pk, state=State.OPEN).update(escalated=rung)
    climbing = {Rung.REMIND: remind, Rung.SUBSTITUTE: ask_for_substitutes, Rung.COORDINATOR: ask_coordinators}
    climbing[rung](panel, clock.now().isoformat())
    audit.record(Event.ESCALATED, on=panel, by=by, verb=rung.name.lower())
    return 1


def remind(panel: Panel, again: str) -> None:
    """Whoever was asked and has not answered goes to the invitation, whoever accepted to the panel. Who is away is left alone."""
    for invitation in queries.owing(panel):
        if invitation.shown.is_away:
            continue
        path = invitation.get_absolute_url() if invitation.answered_at is None else panel.get_absolute_url()
        send([invitation.invitee], Notice.ANSWER_LATE, panel, path=path, again=again)


def ask_for_substitutes(panel: Panel, again: str) -> None:
    path = reverse("panels:invite", args=[panel.ref])
    work_for_lead(panel, Verb.SUBSTITUTE, path)
    send([panel.lead], Notice.SUBSTITUTE_WANTED, panel, path=path, again=again)


def ask_coordinators(panel: Panel, again: str) -> None:
    """They see the question, and name people for the lead to invite."""
    for dispatch in panel.dispatches.live().select_related("network", "group__parent", "panel"):
        ask_coordinators_of(dispatch, again)


def ask_coordinators_of(dispatch: Dispatch, again: str) -> None:
    panel, people = dispatch.panel, accounts.coordinators_for(dispatch.network, dispatch.group)
    path, due = dispatch.get_absolute_url(), clock.now() + WITHIN
    notifications.open_for(people, Verb.HELP, on=dispatch, ref=panel.ref, path=path, due_at=due, urgent=panel.urgent)
    send(people, Notice.HELP_WANTED, panel, about=dispatch, path=path, again=again)
