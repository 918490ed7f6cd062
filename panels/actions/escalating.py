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
from cpms.notifications.states import LADDER, Settled, Verb
from panels import policy, queries
from panels.actions import chasing, dispatching
from panels.models import Dispatch, MeetingWish, Panel
from panels.states import Move, Rung, State, due_on

WITHIN = dt.timedelta(days=3)


def work_for_lead(panel: Panel, verb: Verb, path: str) -> None:
    notifications.open_work(
        panel.lead, verb, on=panel, ref=panel.ref, path=path, due_at=clock.now() + WITHIN, urgent=panel.urgent
    )


def enough_said(panel: Panel, *, by: Any) -> None:
    """The quorum is there: the lead may conclude, with or without a meeting, and nothing climbs further."""
    if queries.replies(panel) < panel.quorum:
        return
    nobody_is_wanted(panel, how=Settled.DONE)
    rounds = panel.steps.filter(verb=Move.REOPEN).count()
    notifications.notify(
        [panel.lead],
        notice=Notice.ENOUGH_ADVICE,
        by=by,
        about=panel,
        ref=panel.ref,
        path=panel.get_absolute_url(),
        again=f"{rounds}:{panel.quorum}",
        urgent=panel.urgent,
    )


def nobody_is_wanted(panel: Panel, *, how: Settled = Settled.CANCELLED) -> None:
    """Neither the lead needs substitutes nor coordinators to name people."""
    notifications.settle_all(panel, Verb.SUBSTITUTE, how=how)
    dispatching.need_no_help(panel)


def has_said(panel: Panel, *, by: Any) -> None:
    """Somebody answered: nothing waits for them, and no unsent mail says that their answer is late."""
    notifications.settle_work(by, Verb.REPLY, on=panel)
    notifications.cancel_mails([panel.pk], Notice.ANSWER_LATE, to=by)


@transaction.atomic
def set_terms(panel: Panel, *, quorum: int, wanted_by: dt.date, by: Any) -> Panel:
    """Move the answer-by day, or say how many experts are enough; everybody in the panel is told of a new day."""
    hold_consent(panel.audit_patient_id)
    current = Panel.objects.with_case().select_for_update(of=("self",)).get(pk=panel.pk)
    if not (verdict := policy.may_set_terms(by, current)):
        raise Refused(verdict.reason)
    moved = wanted_by != current.wanted_by
    current.quorum, current.wanted_by = quorum, wanted_by
    current.escalated = 0 if moved else current.escalated
    current.save(update_fields=["quorum", "wanted_by", "escalated"])
    chasing.something_happened(current)
    audit.record(Event.TERMS_SET, on=current, by=by, count=quorum)
    if moved:
        nobody_is_wanted(current)
        notifications.move_due(current, Verb.REPLY, due_at=due_on(wanted_by))
        people, path = queries.people_in(current), current.get_absolute_url()
        notifications.notify(
            people,
            notice=Notice.TERMS_CHANGED,
            by=by,
            about=current,
            ref=current.ref,
            path=path,
            again=wanted_by.isoformat(),
            urgent=current.urgent,
        )
    enough_said(current, by=by)
    return current


@transaction.atomic
def wish_meeting(panel: Panel, *, by: Any) -> None:
    """Somebody would rather talk; said twice, it counts once."""
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
    notifications.notify(
        [panel.lead],
        notice=Notice.MEETING_PROPOSED,
        by=by,
        about=panel,
        ref=panel.ref,
        path=path,
        again=day(),
        urgent=panel.urgent,
    )


def propose_again(panel: Panel, *, by: Any) -> None:
    """A meeting was called off: who wished for one still does."""
    if panel.state == State.OPEN and MeetingWish.objects.filter(panel=panel).exists():
        propose_meeting(panel, by=by)


def wishes_are_met(panel: Panel, *, by: Any) -> None:
    """They met, or the panel begins anew: a wish may be said again."""
    met, _rows = MeetingWish.objects.filter(panel=panel).delete()
    if met:
        audit.record(Event.MEETING_WISHED, on=panel, by=by, verb="met")


def day() -> str:
    return clock.today().isoformat()


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
    rung = Rung(panel.escalated + 1)
    when = queries.climbs_at(panel, rung, notifications_of.days_of(panel.network_id, LADDER))
    if when is None or clock.now() < when:
        return 0
    Panel.objects.filter(pk=panel.pk, state=State.OPEN).update(escalated=rung)
    {Rung.REMIND: remind, Rung.SUBSTITUTE: ask_for_substitutes, Rung.COORDINATOR: ask_coordinators}[rung](panel)
    audit.record(Event.ESCALATED, on=panel, by=by, verb=rung.name.lower())
    return 1


def tell(people: list[Any], notice: Notice, panel: Panel, path: str) -> None:
    """Once for each answer-by day."""
    again = str(panel.wanted_by)
    notifications.notify(
        people, notice=notice, by=None, about=panel, ref=panel.ref, path=path, again=again, urgent=panel.urgent
    )


def remind(panel: Panel) -> None:
    """Whoever was asked and has not answered goes to the invitation, whoever accepted to the panel."""
    for invitation in queries.owing(panel):
        path = invitation.get_absolute_url() if invitation.answered_at is None else panel.get_absolute_url()
        tell([invitation.invitee], Notice.ANSWER_LATE, panel, path)


def ask_for_substitutes(panel: Panel) -> None:
    path = reverse("panels:invite", args=[panel.ref])
    work_for_lead(panel, Verb.SUBSTITUTE, path)
    tell([panel.lead], Notice.SUBSTITUTE_WANTED, panel, path)


def ask_coordinators(panel: Panel) -> None:
    """They see the question, and name people for the lead to invite."""
    for dispatch in panel.dispatches.live().select_related("network", "group__parent", "panel"):
        ask_coordinators_of(dispatch)


def ask_coordinators_of(dispatch: Dispatch) -> None:
    panel, people = dispatch.panel, accounts.coordinators_for(dispatch.network, dispatch.group)
    path, due = dispatch.get_absolute_url(), clock.now() + WITHIN
    for person in people:
        notifications.open_work(
            person, Verb.HELP, on=dispatch, ref=panel.ref, path=path, due_at=due, urgent=panel.urgent
        )
    tell(people, Notice.HELP_WANTED, panel, path)
