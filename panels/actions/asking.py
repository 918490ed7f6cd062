"""Quick questions: ask a group, answer, close, let one grow into a panel."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from cpms import clock
from cpms.accounts import queries as accounts
from cpms.accounts.access import Refused, on_behalf
from cpms.accounts.models import ThematicGroup, User
from cpms.accounts.policy import clinicians_served_by, only_clinician_of
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.drafts import actions as drafts
from cpms.notifications import actions as notifications
from cpms.notifications import queries as notifications_of
from cpms.notifications.notices import Notice
from cpms.notifications.states import Settled, Verb
from cpms.vault import actions as vault
from panels import policy, queries
from panels.actions.drafting import main_group_in
from panels.models import Answer, Panel, Question
from panels.states import TAKE_UP_WITHIN


@transaction.atomic
def ask_group(group: ThematicGroup, *, text: str, by: Any, clinician: Any = None) -> Question:
    """Put a question about no patient to a thematic group; its clinicians and coordinators are told. An assistant asks for
    a ``clinician``, or for the only one assisted: the question is the clinician's, and says who typed it."""
    if not (verdict := policy.may_ask_question(by)):
        raise Refused(verdict.reason)
    if clinician is None:
        clinician = User.objects.filter(pk=only_clinician_of(by)).first() or by
    if not (verdict := policy.may_ask_for(by, clinician)):
        raise Refused(verdict.reason)
    typed_by = None if clinician.pk == by.pk else by
    question = Question(key=vault.new_key(), group=group, asker=clinician, typed_by=typed_by)
    question.text = text
    question.save(force_insert=True)
    tell(list(accounts.people_of(group)), Notice.QUESTION_ASKED, question, by=by)
    with on_behalf(clinician.pk if typed_by else None):
        audit.record(Event.QUESTION_ASKED, on=question, by=by)
    return question


@transaction.atomic
def answer(question: Question, *, text: str, by: Any) -> Answer:
    """Answer; the asker is told, with the assistant who typed the question, and everybody else who answered."""
    current = locked(question)
    if not (verdict := policy.may_answer_question(by, current)):
        raise Refused(verdict.reason)
    said = Answer(question=current, key=current.key, author=by)
    said.text = text
    said.save(force_insert=True)
    if current.first_answer_at is None and current.asker_id not in clinicians_served_by(by):
        current.first_answer_at = clock.now()
        current.save(update_fields=["first_answer_at"])
        left_to_nobody(current)
    others = {row.author for row in current.answers.select_related("author")} | {current.asker}
    if current.typed_by is not None and current.asker_id in clinicians_served_by(current.typed_by):
        others.add(current.typed_by)
    tell(list(others), Notice.QUESTION_ANSWERED, current, by=by, again=str(said.pk))
    audit.record(Event.QUESTION_ANSWERED, on=current, by=by)
    return said


@transaction.atomic
def close_question(question: Question, *, by: Any) -> Question:
    """The asker has what they need: no more answers, and unsent mails about it stay unsent."""
    current = locked(question)
    if not (verdict := policy.may_close_question(by, current)):
        raise Refused(verdict.reason)
    close(current, by=by)
    return current


def left_to_nobody(question: Question) -> None:
    """Somebody answered: the group is reminded no more, and its coordinators need not see to it. That it was asked is told all
    the same, also to whoever reads one mail a day or has quiet hours: more may answer."""
    notifications.settle_all(question, Verb.QUESTION, how=Settled.DONE)
    notifications.cancel_mails([question.pk], Notice.QUESTION_OPEN)


def chase_questions(*, by: Any) -> int:
    """Run by the clock: by its network's days the group of an unanswered question is reminded, then its coordinators are asked
    to see to it, one of both in a run. Gives how many steps were taken."""
    return sum(chase(question.pk, step, by=by) for question, step in queries.unanswered_until(clock.now()))


@transaction.atomic
def chase(key: Any, step: Notice, *, by: Any) -> int:
    """One step under the question's lock: parallel runs take it once. 0 when it was answered, closed or chased meanwhile, or
    there is nobody to tell. Who is away is left alone, and so is who asked."""
    rows = Question.objects.unanswered().with_surroundings().select_for_update(of=("self",), skip_locked=True)
    question = rows.filter(pk=key).first()
    if question is None or notifications_of.written_about([question.pk], step, Notice.QUESTION_LEFT):
        return 0
    if step == Notice.QUESTION_LEFT:
        group = question.group
        people = accounts.coordinators_for(group.network, group, besides=question.asker_id)
        for person in people:
            ask_coordinator(person, question)
    else:
        others = accounts.people_of(question.group).exclude(pk__in=[question.asker_id, question.typed_by_id])
        people = [person for person in others if not person.is_away]
    tell(people, step, question, by=by)
    return int(bool(people))


def ask_coordinator(person: Any, question: Question) -> None:
    """What is asked here opens the question to them, as ``visible_to`` says: before the mail, which goes only where it opens."""
    path, due = question.get_absolute_url(), clock.now() + TAKE_UP_WITHIN
    notifications.open_work(person, Verb.QUESTION, on=question, ref=question.ref, path=path, due_at=due)


def close(question: Question, *, by: Any) -> None:
    question.closed_at, question.closed_by = clock.now(), by
    question.save(update_fields=["closed_at", "closed_by"])
    notifications.settle_all(question)
    notifications.cancel_mails([question.pk])
    audit.record(Event.QUESTION_CLOSED, on=question, by=by)


@transaction.atomic
def grow_into_panel(question: Question, panel: Panel, *, by: Any) -> Panel:
    """Carry the question's text into a fresh draft of who asked it, and close it: the patient's panel goes on from here. Its group
    comes along where it is of the panel's network."""
    current = locked(question)
    if not (verdict := policy.may_grow_question(by, current)):
        raise Refused(verdict.reason)
    if panel.lead_id != current.asker_id:
        raise Refused("Another clinician asked this question; it grows into a panel of theirs.")
    if current.closed_at is None:
        close(current, by=by)
    current.panel = panel
    current.save(update_fields=["panel"])
    panel.question, panel.group = current.text, main_group_in(panel, current.group)
    panel.save(update_fields=["question", "group"])
    return panel


@transaction.atomic
def forget_questions(patient_id: str, *, by: Any) -> int:
    """What an erased patient's panels grew from goes dark with them, answers included; gives the number of questions."""
    rows = Question.objects.filter(panel__case__patient__pk=patient_id, key__destroyed_at=None).order_by("pk")
    grown = list(rows.select_related("key").select_for_update(of=("self", "key")))
    drafts.forget_about(str(question.pk) for question in grown)
    for question in grown:
        vault.destroy_key(question.key)
        audit.record(Event.QUESTION_FORGOTTEN, on=question, by=by)
    return len(grown)


def locked(question: Question) -> Question:
    """The same question, fresh and held until commit."""
    return Question.objects.with_surroundings().select_for_update(of=("self",)).get(pk=question.pk)


def tell(people: list[Any], notice: Notice, question: Question, *, by: Any, again: str = "") -> None:
    notifications.notify(
        people,
        notice=notice,
        by=by,
        about=question,
        ref=question.ref,
        path=question.get_absolute_url(),
        again=again,
    )
