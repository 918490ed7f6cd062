"""What became of the advice: the effect at once, the rest asked after months by the clock, never twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db import transaction

from consent.actions import hold_consent
from consent.policy import may_be_discussed
from cpms import clock
from cpms.accounts.access import Refused
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from cpms.notifications.states import Settled, Verb
from outcomes import policy, queries
from outcomes.models import AdviceDone, Effect, FollowUp, Topic
from outcomes.states import ANSWER_WITHIN, FOLLOW_UP_MONTHS, Benefit, Done, EffectKind, TopicState
from panels import actions as panels
from panels.models import Panel
from panels.states import State


def address(panel: Panel) -> str:
    return f"/panels/{panel.ref}/after/"


def ask_follow_ups(*, by: Any) -> int:
    """Ask about every closed panel whose three or twelve months are over; gives how many were asked.

    Panels whose months were over long ago are left alone. Parallel runs ask once.
    """
    return sum(ask_after(months, by=by) for months in FOLLOW_UP_MONTHS)


def ask_after(months: int, *, by: Any) -> int:
    due = queries.to_follow_up(months, clock.now())
    return sum(ask(key, months, by=by) for key in due.order_by("closed_at").values_list("pk", flat=True))


def ask_missed(panel: Panel, *, by: Any) -> int:
    """What fell due while consent was withdrawn is asked when it is given again, however late: the latest of it, once."""
    for months in sorted(FOLLOW_UP_MONTHS, reverse=True):
        if panel.closed_at and panel.closed_at <= clock.now() - relativedelta(months=months):
            asked = FollowUp.objects.filter(panel=panel, months=months, asked_at__gt=panel.closed_at)
            return 0 if asked.exists() else ask(panel.pk, months, by=by)
    return 0


@transaction.atomic
def ask(key: Any, months: int, *, by: Any) -> int:
    """One follow-up, under the panel's lock; 0 when it was asked meanwhile, or the panel may not be asked about now."""
    panel = Panel.objects.held(key)
    if panel.state != State.CLOSED or panel.closed_at is None or not may_be_discussed(panel.case.patient):
        return 0
    new = {"panel": panel, "months": months, "closed_on": panel.closed_at.date()}
    follow_up, fresh = FollowUp.objects.get_or_create(**new, defaults={"key": panel.key})
    if not fresh:
        return 0
    notifications.settle_all(panel, Verb.FOLLOW_UP)
    panels.follow_lead(panel, by=by)
    wait_for_follow_up(panel)
    notifications.notify(
        [panel.lead],
        notice=Notice.FOLLOW_UP_WANTED,
        by=by,
        about=follow_up,
        ref=panel.ref,
        path=address(panel),
    )
    return 1


def wait_for_follow_up(panel: Panel) -> None:
    due = clock.now() + ANSWER_WITHIN
    notifications.open_work(panel.lead, Verb.FOLLOW_UP, on=panel, ref=panel.ref, path=address(panel), due_at=due)


def wait_for_effect(panel: Panel) -> None:
    """The panel is closed: what did the advice do to the treatment?"""
    due = clock.now() + ANSWER_WITHIN
    notifications.open_work(panel.lead, Verb.EFFECT, on=panel, ref=panel.ref, path=address(panel), due_at=due)


def admitted(panel: Panel, by: Any) -> Panel:
    """The panel as it is now, held until commit. Raises ``Refused`` when the person may not say what became of it."""
    hold_consent(panel.audit_patient_id)
    current = Panel.objects.held(panel.pk)
    if not (verdict := policy.may_follow_up(by, current)):
        raise Refused(verdict.reason)
    return current


@transaction.atomic
def say_effect(panel: Panel, *, kind: str, by: Any, text: str = "", topic: str = "") -> Effect:
    """Changed, confirmed, no experience, or something else. Said anew, it takes the place of what was said before.

    Where nobody had experience, the group's coordinators get a topic, in ``topic``'s words, which name no patient.
    """
    current = admitted(panel, by)
    effect = Effect.objects.filter(panel=current).first() or Effect(panel=current, key=current.key)
    effect.kind, effect.text, effect.by, effect.at = EffectKind(kind), text, by, clock.now()
    effect.save()
    notifications.settle_all(current, Verb.EFFECT, how=Settled.DONE)
    if effect.kind == EffectKind.NO_EXPERIENCE:
        note_topic(current, topic)
    else:
        Topic.objects.filter(panel=current, state=TopicState.OPEN).delete()
    audit.record(Event.EFFECT_SAID, on=current, by=by, kind=str(effect.kind))
    return effect


def note_topic(panel: Panel, words: str) -> None:
    """Once per panel; words given later take the place of earlier ones while nothing is decided."""
    topic = Topic.objects.filter(panel=panel).first()
    if topic is None:
        topic = Topic(panel=panel, key=panel.key, network=panel.network, group=panel.group)
    if topic.state == TopicState.OPEN:
        topic.text = words.strip() or topic.text
        topic.save()


@transaction.atomic
def answer_follow_up(
    follow_up: FollowUp,
    *,
    answers: Mapping[int, tuple[str, str]],
    benefit: str,
    version: int,
    by: Any,
    patient_view: str = "",
) -> FollowUp:
    """What became of each advice of the version in force: its number to done, partly or not, and because of what. Raises
    ``Refused`` when that is not the ``version`` that was read."""
    panel = admitted(follow_up.panel, by)
    current = FollowUp.objects.select_for_update(of=("self",)).get(pk=follow_up.pk)
    if current.answered_at is not None:
        raise Refused("This follow-up was answered already. Thank you.")
    text = queries.text_in_force(panel)
    advice = {one.number: one for one in text.advice}
    if version != text.version or set(answers) != set(advice):
        raise Refused("The advice was corrected meanwhile. Look at it again.")
    if any(done == Done.NOT and not because.strip() for done, because in answers.values()):
        raise Refused("Say in a few words why an advice was not followed.")
    current.benefit, current.patient_view = Benefit(benefit), patient_view
    current.answered_at, current.answered_by = clock.now(), by
    current.save()
    for number, (done, because) in sorted(answers.items()):
        row = AdviceDone(follow_up=current, key=current.key, number=number, done=Done(done))
        row.text, row.because = advice[number].text, because
        row.save(force_insert=True)
    notifications.cancel_mails([current.pk], Notice.FOLLOW_UP_WANTED)
    if not FollowUp.objects.filter(panel=panel, asked_at__gt=current.asked_at).exists():
        notifications.settle_all(panel, Verb.FOLLOW_UP, how=Settled.DONE)
    audit.record(Event.FOLLOWED_UP, on=panel, by=by, count=len(answers))
    return current


@transaction.atomic
def decide_topic(topic: Topic, *, state: str, by: Any) -> Topic:
    """A coordinator says what the group makes of it: a webinar, research, or nothing."""
    current = Topic.objects.select_for_update(of=("self",)).get(pk=topic.pk)
    if not (verdict := policy.may_decide_topic(by, current)):
        raise Refused(verdict.reason)
    current.state = TopicState(state)
    said = current.state != TopicState.OPEN
    current.decided_at, current.decided_by = (clock.now(), by) if said else (None, None)
    current.save(update_fields=["state", "decided_at", "decided_by"])
    audit.record(Event.TOPIC_DECIDED, on=current, by=by, kind=str(current.state))
    return current
