"""Three rounds of the survey, with as many respondents and about the scores that Endo-ERN reported. Invented rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from cpms.accounts.models import Network, User
from helpdesk.demo.chance import below, some_of
from outcomes.models import SurveyAnswer, SurveyRound
from outcomes.states import Asked, Reason


@dataclass(frozen=True)
class Wave:
    """A round: when, how many answered as users and as others, and the means of its three scores."""

    opened: dt.date
    users: int
    others: int
    useful: float
    valued: float
    again: float


WAVES = (
    Wave(dt.date(2018, 6, 4), 45, 80, 7.2, 6.8, 7.5),
    Wave(dt.date(2019, 6, 3), 31, 24, 7.6, 7.0, 7.9),
    Wave(dt.date(2020, 6, 1), 26, 8, 8.0, 7.3, 8.3),
)


def load_surveys(made: Network, *, by: User) -> int:
    """Closed rounds with their answers; gives how many answers."""
    count = 0
    for number, wave in enumerate(WAVES, start=1):
        opened = dt.datetime.combine(wave.opened, dt.time(8), dt.UTC)
        when = {"opened_at": opened, "closed_at": opened + dt.timedelta(days=21)}
        survey = SurveyRound.objects.create(network=made, number=number, opened_by=by, closed_by=by, **when)
        count += len(SurveyAnswer.objects.bulk_create(answers_of(survey, wave)))
    return count


def answers_of(survey: SurveyRound, wave: Wave) -> list[SurveyAnswer]:
    scores = zip(*(spread(mean, wave.users) for mean in (wave.useful, wave.valued, wave.again)), strict=True)
    users = [
        SurveyAnswer(round=survey, kind=Asked.USER, useful=useful, valued=valued, again=again, reasons=why(survey, n))
        for n, (useful, valued, again) in enumerate(scores)
    ]
    return users + [
        SurveyAnswer(round=survey, kind=Asked.OTHER, again=4 + below(5, survey.number, n), reasons=why(survey, -n - 1))
        for n in range(wave.others)
    ]


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
