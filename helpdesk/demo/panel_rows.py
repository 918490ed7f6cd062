"""The rows of one closed panel of the archive, from the patient's key to the signatures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Permission
from django.db import models

from consent.models import Consent
from consent.states import Answer, Giver, Stage
from cpms.accounts.models import Network, ThematicGroup, User
from cpms.notifications.states import EXPIRY, OF_PANELS
from cpms.patients.actions import new_pseudonym
from cpms.patients.models import Patient
from cpms.patients.states import Route, Sex
from cpms.vault import actions as vault
from helpdesk.demo import around
from helpdesk.demo.chance import below, one_of, some_of
from helpdesk.demo.conditions import ADVICE, CONCLUSION, ONLY_IN, QUESTIONS, Topic
from helpdesk.demo.follow_ups import what_became
from outcomes.models import AdviceItem, Effect, Outcome, SignOff
from outcomes.states import Decision, EffectKind, OutcomeState, Strength
from panels.cases.models import Case, CaseGrant, Diagnosis, Finding
from panels.models import Contribution, Invitation, Panel, PanelStep
from panels.states import (
    Certainty,
    ContributionKind,
    DeclineReason,
    InvitationState,
    Move,
    State,
    Urgency,
)

DAY, SOON = dt.timedelta(days=1), dt.timedelta(minutes=3)
LAST_SENT, LAST_CLOSED = (dt.datetime(2020, 9, day, 15, tzinfo=dt.UTC) for day in (28, 30))
"""The archive is over when its last month is frozen."""
ROUTES = [Route.OWN] * 9 + [Route.NON_ERN] * 2 + [Route.NON_EU]
URGENCIES = [Urgency.ROUTINE] * 6 + [Urgency.SOON] * 3 + [Urgency.URGENT]
WANTED_IN = {Urgency.ROUTINE: 21 * DAY, Urgency.SOON: 7 * DAY, Urgency.URGENT: 2 * DAY}
GOOD_FOR = OF_PANELS[EXPIRY].usual[0] * DAY


@dataclass(frozen=True)
class Plan:
    """What is decided about a panel before its rows are written."""

    number: int
    ref: str
    network: Network
    group: ThematicGroup
    topic: Topic
    lead: User
    invited: tuple[User, ...]
    guest: User
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
        return self.opened + DAY * (1 + below(8, "reply", self.number)) + dt.timedelta(hours=3)

    @property
    def sent(self) -> dt.datetime:
        return min(self.replied + DAY * (6 + below(12, "outcome", self.number)), LAST_SENT)

    @property
    def closed(self) -> dt.datetime:
        return min(self.sent + DAY * (2 + below(9, "closed", self.number)), LAST_CLOSED)


def build(plan: Plan, view_case: Permission) -> list[models.Model]:
    """All rows but the key, which is saved at once so that texts can be sealed under it."""
    patient = _patient(plan)
    case = Case(patient=patient, key=patient.key, made_by=plan.lead, made_at=plan.begun + SOON, begun_at=plan.begun)
    panel = _panel(plan, case)
    invitations = list(_invitations(plan, panel))
    members = [row.invitee for row in invitations if row.state == InvitationState.ACCEPTED]
    advice = list(_advice(plan, panel, members))
    return [
        patient,
        *_consents(plan, patient),
        case,
        *_record(plan, case),
        panel,
        *_steps(plan, panel),
        *invitations,
        *(CaseGrant(permission=view_case, user=member, content_object=case) for member in members),
        *advice,
        *_outcome(plan, panel, advice, members),
        *around.guest_of(panel, plan.guest, plan.lead, number=plan.number),
        *around.time_spent(panel, plan.lead, members, number=plan.number),
        *around.meeting_of(panel, plan.lead, members, at=plan.replied + 2 * DAY, number=plan.number),
    ]


def _patient(plan: Plan) -> Patient:
    return Patient(
        key=vault.new_key(),
        pseudonym=new_pseudonym(),
        birth_year=plan.opened.year - 6 - below(40, "birth", plan.number),
        sex=ONLY_IN.get(plan.condition[0]) or one_of((Sex.FEMALE, Sex.MALE), "sex", plan.number),
        country=plan.lead.country,
        route=one_of(ROUTES, "route", plan.number),
        centre=plan.lead.centre,
        enrolled_by=plan.lead,
        enrolled_at=plan.opened - DAY,
    )


def _consents(plan: Plan, patient: Patient) -> Iterator[Consent]:
    child = plan.opened.year - (patient.birth_year or 0) < 16
    for stage in Stage:
        given = stage == Stage.CARE or below(10, "consent", plan.number, stage) < 7
        yield Consent(
            patient=patient,
            stage=stage,
            answer=Answer.GIVEN if given else Answer.REFUSED,
            given_by=Giver.PARENT if child else Giver.PATIENT,
            given_on=(plan.opened - 3 * DAY).date(),
            recorded_by=plan.lead,
            recorded_at=plan.opened - DAY,
        )


def _record(plan: Plan, case: Case) -> Iterator[models.Model]:
    code, name = plan.condition
    yield Diagnosis(case=case, key=case.key, system="ORPHA", code=code, label=name)
    for position, (finding, label) in enumerate(some_of(plan.topic.findings, 3, "findings", plan.number)):
        yield Finding(case=case, key=case.key, position=position, code=finding, label=label, present=position < 2)


def _panel(plan: Plan, case: Case) -> Panel:
    _code, name = plan.condition
    urgency = one_of(URGENCIES, "urgency", plan.number)
    panel = Panel(
        key=case.key,
        ref=plan.ref,
        case=case,
        network=plan.network,
        group=plan.group,
        lead=plan.lead,
        urgency=urgency,
        wanted_by=(plan.opened + WANTED_IN[urgency]).date(),
        state=State.CLOSED,
        drafted_at=plan.begun + SOON,
        centre=plan.lead.centre,
        started_by=plan.lead,
        opened_at=plan.opened,
        first_reply_at=plan.replied,
        closed_at=plan.closed,
    )
    panel.title = name
    panel.question = one_of(QUESTIONS, "question", plan.number).format(name=name)
    return panel


def _steps(plan: Plan, panel: Panel) -> Iterator[PanelStep]:
    moves = (
        (Move.OPEN, State.DRAFT, State.OPEN, plan.opened),
        (Move.START_OUTCOME, State.OPEN, State.OUTCOME, plan.sent - DAY),
        (Move.CLOSE, State.OUTCOME, State.CLOSED, plan.closed),
    )
    for verb, source, target, at in moves:
        yield PanelStep(panel=panel, verb=verb, source=source, target=target, by=plan.lead, at=at)


def _invitations(plan: Plan, panel: Panel) -> Iterator[Invitation]:
    """The first accepts always; of the others one in four declines."""
    for number, person in enumerate(plan.invited):
        declines = number > 0 and below(4, "declines", plan.number, number) == 0
        yield Invitation(
            key=panel.key,
            panel=panel,
            invitee=person,
            invited_by=plan.lead,
            state=InvitationState.DECLINED if declines else InvitationState.ACCEPTED,
            reason=one_of(DeclineReason.values, plan.number, number) if declines else "",
            sent_at=plan.opened,
            expires_at=plan.opened + GOOD_FOR,
            answered_at=plan.opened + dt.timedelta(hours=4 + number * 7),
            centre=person.centre,
        )


def _advice(plan: Plan, panel: Panel, members: list[Any]) -> Iterator[Contribution]:
    kinds = some_of(list(ADVICE), len(members), "kinds", plan.number)
    for number, (member, kind) in enumerate(zip(members, kinds, strict=False)):
        at = plan.replied + dt.timedelta(hours=9 * number)
        row = Contribution(key=panel.key, panel=panel, author=member, kind=ContributionKind(kind), at=at)
        row.certainty = one_of((Certainty.VERY, Certainty.FAIRLY), plan.number, number)
        row.marked_at, row.marked_by = at + DAY, plan.lead
        row.text, row.centre = ADVICE[kind], member.centre
        yield row


def _outcome(plan: Plan, panel: Panel, advice: list[Contribution], members: list[Any]) -> Iterator[models.Model]:
    outcome = Outcome(key=panel.key, panel=panel, state=OutcomeState.FINAL, number=1)
    outcome.started_at, outcome.sent_at = plan.sent - DAY, plan.sent
    outcome.conclusion = CONCLUSION.format(name=plan.condition[1])
    yield outcome
    items = []
    for position, contribution in enumerate(advice, start=1):
        item = AdviceItem(key=panel.key, outcome=outcome, contribution=contribution, position=position)
        item.strength, item.text = Strength.STRONG if position == 1 else Strength.CONDITIONAL, contribution.text
        item.kind, item.owner = contribution.kind, str(plan.lead)
        items.append(item)
    yield from items
    yield around.version_of(panel, outcome, items, plan.lead)
    for number, signer in enumerate((plan.lead, *members)):
        silent = number > 1 and below(5, "silent", plan.number, number) == 0
        yield SignOff(
            key=panel.key,
            outcome=outcome,
            who=signer,
            number=1,
            decision=Decision.SILENT if silent else Decision.SIGNED,
            at=None if silent else plan.sent + dt.timedelta(hours=5 * number),
        )
    effect = Effect(key=panel.key, panel=panel, kind=_effect(plan), by=plan.lead, at=plan.closed)
    yield effect
    yield from what_became(panel, effect, advice, number=plan.number)


def _effect(plan: Plan) -> EffectKind:
    """A third changed the treatment, a third confirmed it; the rest had no experience to draw on, or something else."""
    rest = EffectKind.NO_EXPERIENCE if below(2, "effect", plan.number) else EffectKind.OTHER
    return (EffectKind.CHANGED, EffectKind.VALIDATED, rest)[plan.number % 3]
