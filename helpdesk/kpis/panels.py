"""Figures about panels and what belongs to them: by the panel's network and group, and the centre that opened it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from consent.models import Consent
from consent.states import Answer, Stage
from cpms.patients.states import Route
from helpdesk.kpis.months import in_any, moments, within
from helpdesk.kpis.places import Counts, Paths, Place, by_place, nothing, summed
from helpdesk.kpis.stood import by_line
from helpdesk.kpis.waits import PANEL, PANEL_WAITS, asked, in_units
from outcomes import queries as surveys
from outcomes.models import Effect, FollowUp, OutcomeVersion, SurveyRound
from outcomes.states import Benefit, EffectKind, Reason
from panels.meetings.models import AgendaItem
from panels.models import Contribution, Invitation, Panel, TimeSpent
from panels.states import InvitationKind, InvitationState, Urgency

OF_PANEL = Paths().through("panel")
PATIENTS = {"patients_entered": "opened_at", "patients_reviewed": "first_reply_at"}
"""Different patients, and the moment of a panel that counts them."""
STAYED = [InvitationState.ACCEPTED, InvitationState.ENDED]


def had_consent(stage: Stage, end: dt.datetime) -> Exists:
    """Given and, at the end of the month, not withdrawn."""
    standing = Q(withdrawn_at=None) | Q(withdrawn_at__gte=end)
    rows = Consent.objects.filter(standing, stage=stage, answer=Answer.GIVEN, recorded_at__lt=end)
    return Exists(rows.filter(patient=OuterRef("case__patient")))


def panels(month: dt.date) -> Counts:
    start, end = moments(month)
    opened, closed = within("opened_at", start, end), within("closed_at", start, end)
    conditions = {
        "panels_opened": opened,
        "panels_closed": closed,
        "first_replies": within("first_reply_at", start, end),
        "entered": opened & Q(case__begun_at__isnull=False),
        "consent_registry": opened & Q(stage_2=True),
        "consent_research": opened & Q(stage_3=True),
    }
    conditions |= {f"opened_{kind}": opened & Q(urgency=kind) for kind in Urgency.values}
    conditions |= {f"opened_{route}": opened & Q(case__patient__route=route) for route in Route.values}
    conditions |= {f"closed_{kind}": closed & Q(urgency=kind) for kind in Urgency.values}
    conditions |= {f"closed_{route}": closed & Q(case__patient__route=route) for route in Route.values}
    touched = opened | closed | within("first_reply_at", start, end)
    stages = {"stage_2": had_consent(Stage.REGISTRY, end), "stage_3": had_consent(Stage.RESEARCH, end)}
    rows = Panel.objects.filter(touched)
    counts: dict[str, Any] = {name: Count("pk", filter=condition) for name, condition in conditions.items()}
    added = summed(rows.alias(**stages).order_by().values(*PANEL.keys()).annotate(**counts), PANEL, conditions)
    found = by_place(rows, PANEL, asked(PANEL_WAITS, [month]) | different_patients([month]))
    for place, line in found.items():
        found[place] = in_units(line) | added[place]
    return found


def different_patients(months: Collection[dt.date]) -> dict[str, Any]:
    """Each once, whose panel was opened, or had its first reply, in one of the months."""
    return {
        name: Count("case__patient", distinct=True, filter=in_any(field, months)) for name, field in PATIENTS.items()
    }


def patients_over(spans: Sequence[tuple[dt.date, ...]]) -> dict[tuple[dt.date, ...], Counts]:
    """Different patients of each of these stretches of months, place by place; six queries, however many there are."""
    wanted: dict[str, dict[str, Any]] = {field: {} for field in PATIENTS.values()}
    for number, span in enumerate(spans):
        for name, count in different_patients(span).items():
            wanted[PATIENTS[name]][f"{name}_{number}"] = count
    rows = by_line(wanted, {day for span in spans for day in span})
    found = {span: nothing() for span in spans}
    for number, span in enumerate(spans):
        for place, line in rows.items():
            found[span][place] = {name: line.get(f"{name}_{number}") for name in PATIENTS}
    return found


def plain(rows: QuerySet[Any], conditions: dict[str, Q]) -> Counts:
    """Rows that belong to one panel each."""
    counts: dict[str, Any] = {name: Count("pk", filter=condition) for name, condition in conditions.items()}
    return summed(rows.order_by().values(*OF_PANEL.keys()).annotate(**counts), OF_PANEL, conditions)


def invitations(month: dt.date) -> Counts:
    sent, answered = within("sent_at", *moments(month)), within("answered_at", *moments(month))
    conditions = {
        "invited": sent,
        "guests": sent & Q(kind=InvitationKind.GUEST),
        "answered": answered,
        "accepted": answered & Q(state__in=STAYED),
    }
    return plain(Invitation.objects.filter(sent | answered), conditions)


def advised(month: dt.date) -> Counts:
    """Invitations whose person spoke for the first time in the month."""
    start, end = moments(month)
    said = Contribution.objects.filter(panel=OuterRef("panel"), author=OuterRef("invitee"))
    earlier, now = said.filter(at__lt=start), said.filter(within("at", start, end))
    return plain(Invitation.objects.filter(Exists(now), ~Exists(earlier)), {"advised": Q()})


def after(month: dt.date) -> list[Counts]:
    """Effect as said in the month; follow-ups asked and answered in it, and what they say of the benefit."""
    start, end = moments(month)
    effects = {f"effect_{kind}": Q(kind=kind) for kind in EffectKind.values}
    answered = within("answered_at", start, end)
    follow = {"follow_asked": within("asked_at", start, end), "follow_answered": answered}
    follow |= {f"benefit_{kind}": answered & Q(benefit=kind) for kind in Benefit.values}
    asked = FollowUp.objects.filter(within("asked_at", start, end) | answered)
    return [plain(Effect.objects.filter(within("at", start, end)), effects), plain(asked, follow)]


def outcomes(month: dt.date) -> Counts:
    """Sent for signature for the first time."""
    rows = OutcomeVersion.objects.filter(within("sent_at", *moments(month)), number=1)
    paths = OF_PANEL.through("outcome")
    return summed(rows.order_by().values(*paths.keys()).annotate(outcomes=Count("pk")), paths, ["outcomes"])


def meetings(month: dt.date) -> Counts:
    """Held in the month, counted once for each place that had a panel on the agenda; and who was present."""
    rows = AgendaItem.objects.filter(within("meeting__held_at", *moments(month)))
    present = Count("meeting__attendance", distinct=True, filter=Q(meeting__attendance__present=True))
    return by_place(rows, OF_PANEL, {"meetings": Count("meeting", distinct=True), "attended": present})


def minutes(month: dt.date) -> Counts:
    """What people spent on panels in the calendar year so far, as they say or as measured."""
    measured = (F("seconds") + 59) / 60
    rows = TimeSpent.objects.filter(year=month.year).order_by()
    spent = Sum(Coalesce(F("said_minutes"), measured))
    return summed(rows.values(*OF_PANEL.keys()).annotate(minutes_spent=spent), OF_PANEL, ["minutes_spent"])


def survey_rounds(month: dt.date) -> Counts:
    """The rounds that ended in the month, hidden where few answered."""
    found = nothing()
    rounds = SurveyRound.objects.filter(within("closed_at", *moments(month))).order_by("closed_at", "number")
    for result in surveys.results_of(list(rounds)):
        line = found[Place(result.survey.network_id)]
        line |= {"survey_answers": result.answered["total"]}
        names = ("survey_useful", "survey_valued", "survey_again")
        line |= {name: score.mean for name, score in zip(names, result.scores, strict=True)}
        named = {str(reason.label): f"reason_{reason}" for reason in Reason}
        line |= {named[label]: number for label, number in result.reasons}
    return found
