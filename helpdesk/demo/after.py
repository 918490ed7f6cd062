"""What became of the archive's advice: its effect, what was said after three and twelve months, and what nobody had experience with."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from dateutil.relativedelta import relativedelta

from cpms import clock
from helpdesk.demo.chance import below, one_of
from outcomes import actions as outcomes
from outcomes import queries as outcomes_of
from outcomes.actions import following
from outcomes.models import FollowUp, Topic
from outcomes.states import FOLLOW_UP_MONTHS, Benefit, Done, EffectKind, TopicState
from panels.models import Panel

if TYPE_CHECKING:
    from helpdesk.demo.past import Plan

DAY = dt.timedelta(days=1)
BENEFITS = [Benefit.YES] * 5 + [Benefit.PARTLY] * 2 + [Benefit.UNKNOWN] * 2 + [Benefit.NO]
BECAUSE = {
    Done.PARTLY: ("Half the dose was tolerated.", "Begun; the second step follows at the next visit."),
    Done.NOT: ("The family decided against it.", "The test is not available in the country."),
}
VIEWS = ("More energy than before.", "Fewer visits; that is worth a lot.", "No change that I notice.", "")
NEWEST_TOPICS = dt.date(2020, 1, 1)
TOPIC = "How are patients with {name} followed who do not respond to the first treatment?"


def follow(plan: Plan, panel: Panel) -> None:
    """The lead says the effect at the close; two of three are asked after three months and answer, one of two after twelve."""
    topic = TOPIC.format(name=plan.condition[1]) if plan.effect == EffectKind.NO_EXPERIENCE else ""
    with clock.at(plan.closed):
        outcomes.say_effect(panel, kind=plan.effect, by=plan.lead, topic=topic)
    if topic and plan.closed.date() < NEWEST_TOPICS:
        with clock.at(plan.closed + 30 * DAY):
            decided = one_of((TopicState.WEBINAR, TopicState.RESEARCH, TopicState.DROPPED), "topic", plan.number)
            outcomes.decide_topic(Topic.objects.get(panel=panel), state=decided, by=plan.coordinator)
    for months, of in zip(FOLLOW_UP_MONTHS, (3, 2), strict=True):
        if below(of, "answers", plan.number, months):
            ask_and_answer(plan, panel, months)


def ask_and_answer(plan: Plan, panel: Panel, months: int) -> None:
    """Asked by the clock when the months are over, answered by the lead within two weeks."""
    asked = plan.closed + relativedelta(months=months)
    with clock.at(asked):
        following.ask(panel.pk, months, by=None)
    with clock.at(asked + DAY * (1 + below(12, plan.number, months))):
        text = outcomes_of.text_in_force(panel)
        outcomes.answer_follow_up(
            FollowUp.objects.get(panel=panel, months=months),
            answers={one.number: done(plan, months, one.number) for one in text.advice},
            benefit=one_of(BENEFITS, "benefit", plan.number, months),
            version=text.version,
            by=plan.lead,
            patient_view=one_of(VIEWS, "view", plan.number, months),
        )


def done(plan: Plan, months: int, number: int) -> Any:
    """Whether an advice was followed, and because of what."""
    said = one_of([Done.DONE] * 6 + [Done.PARTLY] * 2 + [Done.NOT], "done", plan.number, months, number)
    return said, one_of(BECAUSE.get(said, ("",)), "because", plan.number, number)
