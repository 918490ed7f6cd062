"""Rounds of questions: opened to everybody of a network, answered once and without a name, closed, then shown."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.urls import reverse

from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.models import Network
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.jobs import actions as jobs
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from cpms.notifications.states import Verb
from outcomes import policy, queries
from outcomes.models import SurveyAnswer, SurveyAsked, SurveyRound
from outcomes.states import SURVEY_WITHIN, Asked, Reason


@transaction.atomic
def open_round(network: Network, *, by: Any) -> SurveyRound:
    """A new round; a task asks everybody of the network, who may be thousands."""
    Network.objects.select_for_update(no_key=True).get(pk=network.pk)
    if not (verdict := policy.may_open_round(by, network)):
        raise Refused(verdict.reason)
    last = SurveyRound.objects.filter(network=network).aggregate(last=Max("number"))["last"] or 0
    survey = SurveyRound.objects.create(network=network, number=last + 1, opened_by=by)
    jobs.enqueue("outcomes.ask_round", survey_id=str(survey.pk))
    audit.record(Event.SURVEY_CHANGED, on=survey, by=by, verb="open")
    return survey


@transaction.atomic
def ask_round(survey_id: str, *, by: Any) -> int:
    """Ask everybody who is of the network now, each as one who took part in panels of late or did not; gives how many.

    Safe to run twice: who is asked already is not asked again.
    """
    survey = SurveyRound.objects.select_for_update().get(pk=survey_id)
    if survey.closed_at is not None:
        return 0
    asked, users = SurveyAsked.objects.filter(round=survey).values("who"), queries.took_part(survey.network)
    people = list(queries.people_of_network(survey.network).exclude(pk__in=asked))
    SurveyAsked.objects.bulk_create(
        SurveyAsked(round=survey, who=person, kind=Asked.USER if person.pk in users else Asked.OTHER)
        for person in people
    )
    path = reverse("outcomes:survey", args=[survey.pk])
    due = clock.now() + SURVEY_WITHIN
    notifications.open_for(people, Verb.SURVEY, on=survey, ref=str(survey), path=path, due_at=due)
    notifications.notify(people, notice=Notice.SURVEY, by=by, about=survey, path=path)
    return len(people)


@transaction.atomic
def answer_round(
    survey: SurveyRound, *, useful: int | None, valued: int | None, again: int | None, reasons: Iterable[str], by: Any
) -> None:
    """Write the answer without its author, and note that they answered without the answer.

    No audit event names the person: its time beside the answer's place in the table would tell who said what.
    """
    current = SurveyRound.objects.select_for_update().get(pk=survey.pk)
    if not (verdict := policy.may_answer_round(by, current)):
        raise Refused(verdict.reason)
    asked = SurveyAsked.objects.select_for_update().get(round=current, who=by)
    scores = {"useful": useful, "valued": valued, "again": again} if asked.kind == Asked.USER else {"again": again}
    given = [str(Reason(reason)) for reason in reasons]
    if not given and all(score is None for score in scores.values()):
        raise Refused("Answer at least one question.")
    SurveyAnswer.objects.create(round=current, kind=asked.kind, reasons=given, **scores)
    shuffle(current)
    asked.answered = True
    asked.save(update_fields=["answered"])
    notifications.settle_work(by, Verb.SURVEY, on=current)


def shuffle(survey: SurveyRound) -> None:
    """Write all the round's answers anew, in random order. The database keeps for each row which transaction wrote it and where;
    beside the tick of whoever answered, and the time of their work item, either would tell who said what."""
    answers = list(SurveyAnswer.objects.filter(round=survey))
    random.SystemRandom().shuffle(answers)
    SurveyAnswer.objects.filter(round=survey).delete()
    SurveyAnswer.objects.bulk_create(answers)


@transaction.atomic
def close_round(survey: SurveyRound, *, by: Any) -> SurveyRound:
    """Nobody is asked any more, and the results are shown."""
    current = SurveyRound.objects.select_for_update().get(pk=survey.pk)
    if not (verdict := policy.may_close_round(by, current)):
        raise Refused(verdict.reason)
    current.closed_at, current.closed_by = clock.now(), by
    current.save(update_fields=["closed_at", "closed_by"])
    notifications.settle_all(current, Verb.SURVEY)
    audit.record(Event.SURVEY_CHANGED, on=current, by=by, verb="close")
    return current
