"""Advice, views on it, messages, marks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from consent.actions import hold_consent
from cpms import clock
from cpms.accounts.access import Refused
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from cpms.notifications.states import Settled, Verb
from panels import policy, queries
from panels.actions import chasing, escalating, inviting
from panels.actions.telling import tell
from panels.models import Contribution, Message, Panel, Stance, Thanks, Wording
from panels.models.talk import Said
from panels.states import Certainty, ContributionKind, StanceKind

DATA_WITHIN = dt.timedelta(days=7)


@dataclass(frozen=True)
class Beside:
    """What comes with somebody's words: whom they mention, which words they answer, what of the case they quote."""

    mentions: tuple[Any, ...] = ()
    answers: Said | None = None
    quote: str = ""


NOTHING_BESIDE = Beside()


def put_beside(said: Said, beside: Beside, *, by: Any) -> None:
    """Save the words with what comes along. Only people of the panel are mentioned, only its own words answered."""
    inside = {person.pk for person in queries.people_in(said.panel)}
    if any(person.pk not in inside for person in beside.mentions):
        raise Refused("Only people of this panel can be mentioned.")
    if beside.answers is not None and beside.answers.panel_id != said.panel_id:
        raise Refused("These words are from another panel.")
    said.quote = beside.quote
    said.answers_message = beside.answers if isinstance(beside.answers, Message) else None
    said.answers_statement = beside.answers if isinstance(beside.answers, Contribution) else None
    said.save(force_insert=True)
    said.mentions.set(beside.mentions)
    tell_mentioned(said, beside.mentions, by=by)


def tell_mentioned(said: Said, people: tuple[Any, ...], *, by: Any) -> None:
    """Each mention is told: somebody is asked something."""
    panel = said.panel
    notifications.notify(
        people,
        notice=Notice.MENTIONED,
        by=by,
        about=panel,
        ref=panel.ref,
        path=panel.get_absolute_url(),
        again=str(said.pk),
        urgent=panel.urgent,
    )


@transaction.atomic
def contribute(
    panel: Panel,
    *,
    kind: str,
    text: str,
    by: Any,
    certainty: str = "",
    beside: Beside = NOTHING_BESIDE,
) -> Contribution:
    """Give advice; ``certainty`` is empty where its author did not say how sure they are. "No experience" and "need more data"
    count as a reply too: the asking stops."""
    hold_consent(panel.audit_patient_id)
    panel = Panel.objects.held(panel.pk)
    if not (verdict := policy.may_contribute(by, panel)):
        raise Refused(verdict.reason)
    sure = Certainty(certainty) if certainty else ""
    contribution = Contribution(panel=panel, key=panel.key, author=by, kind=ContributionKind(kind), certainty=sure)
    contribution.centre_id = by.centre_id
    contribution.text = text
    put_beside(contribution, beside, by=by)
    escalating.has_said(panel, by=by)
    chasing.something_happened(panel)
    if kind == ContributionKind.NEED_DATA:
        ask_for_data(panel)
    tell([panel.lead], Notice.NEW_ADVICE, panel, by=by)
    escalating.enough_said(panel, by=by)
    audit.record(Event.CONTRIBUTED, on=contribution, by=by, kind=kind)
    return contribution


def ask_for_data(panel: Panel) -> None:
    """A request for data waits for the lead, however many there are."""
    due = clock.now() + DATA_WITHIN
    path = panel.get_absolute_url()
    notifications.open_work(
        panel.lead, Verb.ADD_DATA, on=panel, ref=panel.ref, path=path, due_at=due, urgent=panel.urgent
    )


@transaction.atomic
def supply(contribution: Contribution, *, by: Any) -> Contribution:
    """The data that the statement asks for is in the case now: whoever asked is told and, without advice so far, asked for it.
    Said twice, it counts once."""
    hold_consent(contribution.audit_patient_id)
    current = held(contribution)
    if not (verdict := policy.may_supply(by, current)):
        raise Refused(verdict.reason)
    if current.kind != ContributionKind.NEED_DATA or current.supplied_at is not None:
        return current
    current.supplied_at, current.supplied_by = clock.now(), by
    current.save(update_fields=["supplied_at", "supplied_by"])
    panel = current.panel
    if not Contribution.objects.awaiting_data().filter(panel=panel).exists():
        notifications.settle_all(panel, Verb.ADD_DATA, how=Settled.DONE)
    chasing.something_happened(panel)
    tell([contribution.author], Notice.DATA_ADDED, panel, by=by)
    inviting.wait_again(panel, current.author)
    audit.record(Event.DATA_SUPPLIED, on=current, by=by)
    return current


@transaction.atomic
def thank(panel: Panel, *, useful: int, text: str, by: Any) -> Thanks:
    """Rate the advice, 0 to 10, and thank the members, who are told."""
    panel = Panel.objects.held(panel.pk)
    if not (verdict := policy.may_thank(by, panel)):
        raise Refused(verdict.reason)
    thanks = Thanks(panel=panel, key=panel.key, by=by, useful=useful)
    thanks.text = text
    thanks.save(force_insert=True)
    tell(queries.people_in(panel), Notice.THANKED, panel, by=by)
    audit.record(Event.THANKED, on=panel, by=by)
    return thanks


@transaction.atomic
def comment(panel: Panel, *, text: str, by: Any, beside: Beside = NOTHING_BESIDE) -> Message:
    """Write into the conversation; everybody else in the panel is told, until they look."""
    hold_consent(panel.audit_patient_id)
    panel = Panel.objects.held(panel.pk)
    if not (verdict := policy.may_comment(by, panel)):
        raise Refused(verdict.reason)
    message = Message(panel=panel, key=panel.key, author=by)
    message.text = text
    put_beside(message, beside, by=by)
    chasing.something_happened(panel)
    mentioned = {person.pk for person in beside.mentions}
    others = [person for person in queries.people_in(panel) if person.pk not in mentioned]
    tell(others, Notice.NEW_MESSAGE, panel, by=by)
    audit.record(Event.COMMENTED, on=message, by=by)
    return message


def held(contribution: Contribution) -> Contribution:
    """The same statement, fresh and held until commit, and its panel before it: who starts the outcome holds the panel and takes
    the statements in. Raises ``Refused`` when its author took it back meanwhile."""
    panel = Panel.objects.held(contribution.panel_id)
    rows = Contribution.objects.with_surroundings().select_for_update(of=("self",))
    current = rows.filter(pk=contribution.pk).first()
    if current is None:
        raise Refused("This statement was taken back.")
    current.panel = panel
    return current


@transaction.atomic
def take_stance(contribution: Contribution, *, kind: str, by: Any, text: str = "") -> Stance:
    """Agree, amend or dissent; a later view takes the place of the earlier one, which stays readable beside it. Dissent and
    amendment need words, and the statement's author and the lead hear of them."""
    hold_consent(contribution.audit_patient_id)
    current = held(contribution)
    if not (verdict := policy.may_take_stance(by, current)):
        raise Refused(verdict.reason)
    if kind != StanceKind.AGREE and not text.strip():
        raise Refused("Say in words what you would change or why you dissent.")
    stance = Stance.objects.filter(contribution=current, who=by).first()
    earlier = stance.kind if stance else ""
    if stance is None:
        stance = Stance(contribution=current, key=current.key, who=by)
    elif (stance.kind, stance.text) != (kind, text):
        keep_view(stance)
    stance.kind, stance.text, stance.at = StanceKind(kind), text, clock.now()
    stance.save()
    panel = current.panel
    escalating.has_said(panel, by=by)
    chasing.something_happened(panel)
    answer_view(current, kind=kind, earlier=earlier, by=by)
    escalating.enough_said(panel, by=by)
    audit.record(Event.STANCE_TAKEN, on=contribution, by=by, kind=kind)
    return stance


def answer_view(statement: Contribution, *, kind: str, earlier: str, by: Any) -> None:
    """Who hears of a view; a dissent proposes to meet, and the last one taken back proposes it no more."""
    panel = statement.panel
    if kind == StanceKind.AMEND:
        tell({statement.author, panel.lead}, Notice.VIEW_TAKEN, panel, by=by)
    if kind == StanceKind.DISSENT:  # the lead hears of it by the proposal to meet
        tell({statement.author} - {panel.lead}, Notice.VIEW_TAKEN, panel, by=by)
        escalating.propose_meeting(panel, by=by)
    elif earlier == StanceKind.DISSENT:
        escalating.nobody_would_meet(panel)


def keep_view(stance: Stance) -> None:
    """What somebody thought before they thought otherwise: kind and words."""
    earlier = Wording(key=stance.key, stance=stance, kind=stance.kind)
    earlier.text = stance.text
    earlier.save(force_insert=True)


@transaction.atomic
def mark(contribution: Contribution, *, marked: bool, by: Any) -> Contribution:
    """Mark a statement for the outcome, or take the mark back."""
    hold_consent(contribution.audit_patient_id)
    current = held(contribution)
    if not (verdict := policy.may_mark(by, current)):
        raise Refused(verdict.reason)
    current.marked_at, current.marked_by = (clock.now(), by) if marked else (None, None)
    current.save(update_fields=["marked_at", "marked_by"])
    audit.record(Event.MARKED, on=current, by=by, verb="mark" if marked else "unmark")
    return current
