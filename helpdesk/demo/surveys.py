"""Three rounds of the survey, with as many respondents and about the scores that Endo-ERN reported. Invented people answer, by the
same actions as everybody's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cpms import clock
from cpms.accounts.models import Network, User
from helpdesk.demo.chance import below, some_of
from outcomes import actions as outcomes
from outcomes.models import SurveyAsked, SurveyRound
from outcomes.states import Asked, Reason

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Wave:
    """A round: when, how many answered as users and as others, and the means of its three scores."""

    opened: dt.datetime
    users: int
    others: int
    useful: float
    valued: float
    again: float


WAVES = (
    Wave(dt.datetime(2018, 6, 4, 8, tzinfo=dt.UTC), 38, 87, 7.2, 6.8, 7.5),
    Wave(dt.datetime(2019, 6, 3, 8, tzinfo=dt.UTC), 31, 24, 7.6, 7.0, 7.9),
    Wave(dt.datetime(2020, 6, 1, 8, tzinfo=dt.UTC), 26, 8, 8.0, 7.3, 8.3),
)


def load_due(made: Network, *, until: dt.datetime, by: User) -> int:
    """The rounds that were opened before ``until`` and are not there yet; gives how many."""
    there = SurveyRound.objects.filter(network=made, opened_at__lt=WAVES[-1].opened + DAY).count()
    due = [wave for wave in WAVES[there:] if wave.opened < until]
    for wave in due:
        hold(made, wave, by=by)
    return len(due)


def hold(made: Network, wave: Wave, *, by: User) -> None:
    """Everybody of the network is asked, some answer in the second week, and the coordinator closes after three."""
    with clock.at(wave.opened):
        survey = outcomes.open_round(made, by=by)
        outcomes.ask_round(str(survey.pk), by=None)
    with clock.at(wave.opened + 9 * DAY):
        for kind, scores in ((Asked.USER, of_users(wave)), (Asked.OTHER, of_others(wave, survey.number))):
            asked = SurveyAsked.objects.filter(round=survey, kind=kind).exclude(who=by).select_related("who")
            people = asked.order_by("who__date_joined", "who__email")
            for number, (one, said) in enumerate(zip(people, scores, strict=False)):
                reasons = why(survey, number if kind == Asked.USER else -number - 1)
                outcomes.answer_round(survey, reasons=reasons, by=one.who, **said)
    with clock.at(wave.opened + 21 * DAY):
        outcomes.close_round(survey, by=by)


def of_users(wave: Wave) -> Iterator[dict[str, Any]]:
    means = (wave.useful, wave.valued, wave.again)
    for useful, valued, again in zip(*(spread(mean, wave.users) for mean in means), strict=True):
        yield {"useful": useful, "valued": valued, "again": again}


def of_others(wave: Wave, number: int) -> Iterator[dict[str, Any]]:
    """Who did not take part is asked one question."""
    for place in range(wave.others):
        yield {"useful": None, "valued": None, "again": 4 + below(5, number, place)}


def spread(mean: float, count: int) -> list[int]:
    """So many scores of 0 to 10 whose mean is ``mean`` to one decimal, some above it and as many below."""
    low, above = divmod(round(mean * count), count)
    scores = [low + (number < above) for number in range(count)]
    for number in range(0, count // 2, 2):
        scores[number] = min(scores[number] + 1, 10)
        scores[-number - 1] -= 1
    return scores


def why(survey: SurveyRound, number: int) -> list[str]:
    """Lack of time most often, then no need so far, then technical difficulty."""
    often = [Reason.TIME] * 4 + [Reason.NEED] * 3 + [Reason.TECHNICAL] * 2 + [Reason.UNSURE]
    picked = some_of(often, below(3, "how many", survey.number, number), "why", survey.number, number)
    return sorted({str(reason) for reason in picked})
