"""One closed panel of the archive, carried from the patient to the close by the same actions as everybody's, each at its time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from consent.states import Answer, Giver, Stage
from cpms import clock
from cpms.accounts.models import Network, ThematicGroup, User
from cpms.patients.states import Route, Sex
from helpdesk.demo import after, around
from helpdesk.demo.chance import below, one_of, some_of
from helpdesk.demo.conditions import ADVICE, CONCLUSION, ONLY_IN, QUESTIONS, Topic
from outcomes import actions as outcomes
from outcomes import queries as outcomes_of
from outcomes.models import Outcome
from outcomes.states import Decision, EffectKind, Strength
from panels import actions as panels
from panels.cases import actions as cases
from panels.models import Invitation, Panel
from panels.states import Certainty, ContributionKind, DeclineReason, Urgency

DAY, HOUR, SOON = dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(minutes=3)
LAST_SENT, LAST_CLOSED = (dt.datetime(2020, 9, day, 15, tzinfo=dt.UTC) for day in (28, 30))
"""The archive is over when its last month is frozen."""
ROUTES = [Route.OWN] * 9 + [Route.NON_ERN] * 2 + [Route.NON_EU]
URGENCIES = [Urgency.ROUTINE] * 6 + [Urgency.SOON] * 3 + [Urgency.URGENT]


@dataclass(frozen=True)
class Plan:
    """What is decided about a panel before it is carried through."""

    number: int
    network: Network
    group: ThematicGroup
    topic: Topic
    lead: User
    invited: tuple[User, ...]
    guest: User
    coordinator: User
    opened: dt.datetime

    @property
    def condition(self) -> tuple[str, str]:
        return one_of(self.topic.conditions, "condition", self.number)

    @property
    def begun(self) -> dt.datetime:
        """The lead sat down to enter the case, and opened the panel when it was entered."""
        return self.opened - dt.timedelta(minutes=14 + below(40, "entered", self.number))

    @property
    def replied(self) -> dt.datetime:
        return self.opened + DAY * (1 + below(8, "reply", self.number)) + 3 * HOUR

    @property
    def sent(self) -> dt.datetime:
        return min(self.replied + DAY * (6 + below(12, "outcome", self.number)), LAST_SENT)

    @property
    def closed(self) -> dt.datetime:
        return min(self.sent + DAY * (2 + below(9, "closed", self.number)), LAST_CLOSED)

    @property
    def effect(self) -> EffectKind:
        """A third changed the treatment, a third confirmed it; the rest had no experience to draw on, or something else."""
        rest = EffectKind.NO_EXPERIENCE if below(2, "effect", self.number) else EffectKind.OTHER
        return (EffectKind.CHANGED, EffectKind.VALIDATED, rest)[self.number % 3]


def carry(plan: Plan) -> Panel:
    """Enter, open, answer, advise, meet, conclude, sign, close, and say what came of it."""
    panel = open_it(plan)
    members = answer(plan, panel)
    around.invite_guest(plan, panel)
    advise(plan, panel, members)
    around.meet(plan, panel, members)
    conclude(plan, panel)
    sign(plan, panel, members)
    around.say_minutes(plan, panel, members)
    with clock.at(plan.closed):
        outcome = Outcome.objects.get(panel=panel)
        outcomes.close_panel(panel, by=plan.lead, although=len(outcomes_of.awaited(outcome)))
    after.follow(plan, Panel.objects.with_case().get(pk=panel.pk))
    return panel


def open_it(plan: Plan) -> Panel:
    """The case as it is entered, and the panel opened with its first experts."""
    code, name = plan.condition
    with clock.at(plan.begun + SOON):
        draft = panels.start_panel(
            by=plan.lead,
            network=plan.network,
            described=described(plan),
            answers=list(answers(plan)),
            origin=panels.Origin(begun_at=plan.begun),
        )
        findings = some_of(plan.topic.findings, 3, "findings", plan.number)
        rows = [{"code": hp, "label": label, "present": place < 2} for place, (hp, label) in enumerate(findings)]
        cases.add_findings(draft.case, rows, by=plan.lead)
    with clock.at(plan.opened):
        return panels.open_prepared(
            draft,
            by=plan.lead,
            diagnosis={"code": code, "label": name, "status": ""},
            experts=plan.invited,
            groups=(),
            version=draft.version,
            question=one_of(QUESTIONS, "question", plan.number).format(name=name),
            title=name,
            group=plan.group,
            urgency=one_of(URGENCIES, "urgency", plan.number),
        )


def described(plan: Plan) -> dict[str, Any]:
    code, _name = plan.condition
    return {
        "sex": ONLY_IN.get(code) or one_of((Sex.FEMALE, Sex.MALE), "sex", plan.number),
        "country": plan.lead.country,
        "birth_year": born(plan),
        "route": one_of(ROUTES, "route", plan.number),
    }


def born(plan: Plan) -> int:
    return plan.opened.year - 6 - below(40, "birth", plan.number)


def answers(plan: Plan) -> Iterator[dict[str, Any]]:
    """Care always; seven of ten say yes to registries, and to research."""
    child = plan.opened.year - born(plan) < 16
    for stage in Stage:
        given = stage == Stage.CARE or below(10, "consent", plan.number, stage) < 7
        yield {
            "stage": stage,
            "answer": Answer.GIVEN if given else Answer.REFUSED,
            "given_by": Giver.PARENT if child else Giver.PATIENT,
            "given_on": (plan.opened - 3 * DAY).date(),
        }


def answer(plan: Plan, panel: Panel) -> list[User]:
    """The first accepts always; of the others one in four declines. Gives who accepted."""
    members = []
    asked = {one.invitee_id: one for one in Invitation.objects.filter(panel=panel)}
    for number, person in enumerate(plan.invited):
        with clock.at(plan.opened + HOUR * (4 + number * 7)):
            if number > 0 and below(4, "declines", plan.number, number) == 0:
                reason = one_of(DeclineReason.values, plan.number, number)
                panels.decline(asked[person.pk], reason=reason, by=person)
            else:
                panels.accept(asked[person.pk], by=person)
                members.append(person)
    return members


def advise(plan: Plan, panel: Panel, members: Sequence[User]) -> None:
    """One statement of each member, marked for the outcome a day later."""
    kinds = some_of(list(ADVICE), len(members), "kinds", plan.number)
    for number, (member, kind) in enumerate(zip(members, kinds, strict=False)):
        at = plan.replied + 9 * HOUR * number
        with clock.at(at):
            certainty = one_of((Certainty.VERY, Certainty.FAIRLY), plan.number, number)
            said = panels.contribute(
                panel, kind=ContributionKind(kind), text=ADVICE[kind], certainty=certainty, by=member
            )
        with clock.at(at + DAY):
            panels.mark(said, marked=True, by=plan.lead)


def conclude(plan: Plan, panel: Panel) -> None:
    """The marked statements, the first of them strongly, under a conclusion."""
    with clock.at(plan.sent - DAY):
        draft = outcomes.start_outcome(panel, by=plan.lead)
        first = draft.items.order_by("position")[:1]
        items = [{"id": str(one.pk), "text": one.text, "strength": Strength.STRONG} for one in first]
        conclusion = CONCLUSION.format(name=plan.condition[1])
        outcomes.write_outcome(panel, conclusion=conclusion, items=items, version=draft.version, by=plan.lead)
    with clock.at(plan.sent):
        outcomes.send_for_signature(panel, by=plan.lead)


def sign(plan: Plan, panel: Panel, members: Sequence[User]) -> None:
    """The first member signs always; of the others one in five is silent."""
    for number, member in enumerate(members, start=1):
        if number == 1 or below(5, "silent", plan.number, number):
            with clock.at(plan.sent + 5 * HOUR * number):
                outcomes.sign(panel, decision=Decision.SIGNED, number=1, by=member)
