"""Who is asked in a round, and what a closed round says without saying who said it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from cpms import clock
from cpms.accounts.models import CentreMembership, Network, User
from outcomes.models import SurveyAnswer, SurveyAsked, SurveyRound
from outcomes.queries.small_cells import LEAST, protect
from outcomes.states import USED_WITHIN, Asked, Reason
from panels.models import Contribution, Panel

SCORES = {"useful": "Advice useful", "valued": "Felt valued", "again": "Would use it again"}


def people_of_network(network: Network) -> QuerySet[User]:
    """Everybody with an account in use whose centre belongs to the network today."""
    centres = CentreMembership.objects.current().filter(network=network).values("centre")
    return User.objects.active().filter(centre__in=centres, activated_at__lte=clock.now()).order_by("pk")


def took_part(network: Network) -> set[Any]:
    """The keys of people who led a panel of the network or spoke in one in the last twelve months."""
    since = clock.now() - USED_WITHIN
    led = Panel.objects.filter(network=network, opened_at__gte=since).order_by()
    spoke = Contribution.objects.filter(panel__network=network, at__gte=since).order_by()
    return {*led.values_list("lead", flat=True), *spoke.values_list("author", flat=True)}


@dataclass(frozen=True)
class Score:
    """A mean of 0 to 10 and of how many answers; ``None`` for both where they are few."""

    label: str
    mean: float | None
    number: int | None


@dataclass(frozen=True)
class Round:
    """What one closed round says. Hidden figures are ``None``."""

    survey: SurveyRound
    asked: int
    answered: dict[str, int | None]
    scores: list[Score]
    reasons: list[tuple[str, int | None]]


def rounds_of(user: Any) -> QuerySet[SurveyRound]:
    """The rounds of the networks one coordinates, newest first, with how many were asked and have answered."""
    numbers = {"number_asked": Count("asked"), "number_answered": Count("asked", filter=Q(asked__answered=True))}
    own = SurveyRound.objects.visible_to(user).of_coordinator(user).select_related("network")
    return own.annotate(**numbers).order_by("-opened_at")


def result_of(survey: SurveyRound) -> Round:
    """One closed round; constant queries."""
    return results_of([survey])[0]


def results_of(surveys: Collection[SurveyRound]) -> list[Round]:
    """Closed rounds, in the order given; two queries, however many."""
    answers: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for row in SurveyAnswer.objects.filter(round__in=surveys).order_by().values("round", "kind", "reasons", *SCORES):
        answers[row["round"]].append(row)
    rows = SurveyAsked.objects.filter(round__in=surveys).order_by().values_list("round")
    asked = dict(rows.annotate(number=Count("pk")))
    return [round_from(survey, asked.get(survey.pk, 0), answers[survey.pk]) for survey in surveys]


def round_from(survey: SurveyRound, asked: int, answers: Sequence[dict[str, Any]]) -> Round:
    kinds = Counter(row["kind"] for row in answers)
    answered = protect({str(kind): kinds[kind] for kind in Asked})
    users = [row for row in answers if row["kind"] == Asked.USER and answered[Asked.USER] is not None]
    scores = [score(label, [row[name] for row in users if row[name] is not None]) for name, label in SCORES.items()]
    return Round(survey, asked, answered, scores, reasons_in(answers))


def score(label: str, given: Sequence[int]) -> Score:
    few = len(given) < LEAST
    return Score(label, None, None) if few else Score(label, round(sum(given) / len(given), 1), len(given))


def reasons_in(answers: Iterable[dict[str, Any]]) -> list[tuple[str, int | None]]:
    """How often each reason was named, the most frequent first; an answer may name several."""
    named = Counter(reason for row in answers for reason in row["reasons"])
    shown = protect({str(reason): named[reason] for reason in Reason})
    order = sorted(Reason, key=lambda reason: -(shown[reason] or 0))
    return [(str(reason.label), shown[reason]) for reason in order]


def networks_without_open_round(user: Any) -> list[Network]:
    """Where the person may open a round."""
    held = user.memberships.current().filter(role="network_coordinator")
    busy = SurveyRound.objects.open().values("network")
    return list(Network.objects.filter(pk__in=held.values("network")).exclude(pk__in=busy))
