"""Quick questions."""

from __future__ import annotations

from typing import Any

from cpms.accounts.access import Verdict, no, rule, yes
from cpms.accounts.policy import acts_as_clinician, clinicians_enrolled_for, clinicians_served_by
from cpms.accounts.roles import Permission, Role


@rule(Permission.QUESTION_LIST)
def may_list_questions(_user: Any, _thing: Any = None) -> Verdict:
    return yes


@rule(Permission.QUESTION_ASK)
def may_ask_question(user: Any, _thing: Any = None) -> Verdict:
    return acts_as_clinician(user)


def may_ask_for(user: Any, clinician: Any) -> Verdict:
    """A clinician asks for oneself, an assistant for a clinician whom they assist today."""
    own = clinician.pk == user.pk and Role.CLINICIAN in user.held_roles()
    if not own and not clinicians_enrolled_for(user).filter(pk=clinician.pk).exists():
        return no("You ask for yourself as a clinician, or for a clinician whom you assist.")
    return yes


def may_grow_question(user: Any, question: Any) -> Verdict:
    """Who asked starts a panel from the question, also when it is closed; once."""
    if question.asker_id not in clinicians_served_by(user):
        return no("Only who asked starts a panel from it.")
    return yes if question.panel_id is None else no("A panel grew from it already.")


@rule(Permission.QUESTION_READ)
def may_read_question(_user: Any, _question: Any) -> Verdict:
    """Whoever sees it at all may read it."""
    return yes


@rule(Permission.QUESTION_ANSWER)
def may_answer_question(_user: Any, question: Any) -> Verdict:
    return yes if question.closed_at is None else no("This question is closed.")


@rule(Permission.QUESTION_CLOSE)
def may_close_question(user: Any, question: Any) -> Verdict:
    if question.asker_id not in clinicians_served_by(user):
        return no("Only who asked closes the question.")
    return may_answer_question(user, question)
