"""What became of the archive's advice after three and twelve months, and what nobody had experience with. Invented rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db import models

from helpdesk.demo.chance import below, one_of
from outcomes.models import AdviceDone, Effect, FollowUp, Topic
from outcomes.states import FOLLOW_UP_MONTHS, Benefit, Done, EffectKind
from panels.models import Contribution, Panel

BENEFITS = [Benefit.YES] * 5 + [Benefit.PARTLY] * 2 + [Benefit.UNKNOWN] * 2 + [Benefit.NO]
BECAUSE = {
    Done.PARTLY: ("Half the dose was tolerated.", "Begun; the second step follows at the next visit."),
    Done.NOT: ("The family decided against it.", "The test is not available in the country."),
}
VIEWS = ("More energy than before.", "Fewer visits; that is worth a lot.", "No change that I notice.", "")
NEWEST_TOPICS = dt.date(2020, 1, 1)
TOPIC = "How are patients with {name} followed who do not respond to the first treatment?"


def what_became(panel: Panel, effect: Effect, advice: Sequence[Contribution], *, number: int) -> Iterator[models.Model]:
    """Rows of one closed panel: two of three physicians answered after three months, and one of two after twelve."""
    for months, of in zip(FOLLOW_UP_MONTHS, (3, 2), strict=True):
        if below(of, "answers", number, months):
            yield from answered(panel, advice, months, number)
    if effect.kind == EffectKind.NO_EXPERIENCE and effect.at.date() >= NEWEST_TOPICS:
        topic = Topic(key=panel.key, panel=panel, network=panel.network, group=panel.group, noted_at=effect.at)
        topic.text = TOPIC.format(name=panel.title)
        yield topic


def answered(panel: Panel, advice: Sequence[Contribution], months: int, number: int) -> Iterator[models.Model]:
    closed: Any = panel.closed_at
    asked = closed + relativedelta(months=months)
    follow_up = FollowUp(key=panel.key, panel=panel, months=months, closed_on=closed.date(), asked_at=asked)
    follow_up.benefit = str(one_of(BENEFITS, "benefit", number, months))
    follow_up.patient_view = one_of(VIEWS, "view", number, months)
    follow_up.answered_at, follow_up.answered_by = asked + dt.timedelta(days=1 + below(12, number, months)), panel.lead
    yield follow_up
    for place, said in enumerate(advice, start=1):
        done = one_of([Done.DONE] * 6 + [Done.PARTLY] * 2 + [Done.NOT], "done", number, months, place)
        row = AdviceDone(key=panel.key, follow_up=follow_up, number=place, done=done)
        row.text, row.because = said.text, one_of(BECAUSE.get(done, ("",)), "because", number, place)
        yield row
