"""What one centre did in each year: the figures of its evidence pack for the evaluation that comes every five years."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import ExtractYear

from cpms import clock
from cpms.accounts.models import Centre, CentreMembership, Membership
from cpms.accounts.roles import REPRESENTING_ROLES
from helpdesk.kpis.few import represents
from helpdesk.kpis.months import midnight
from helpdesk.kpis.series import exactly, fives
from outcomes.models import FollowUp, OutcomeVersion
from outcomes.queries.small_cells import LEAST
from panels.meetings.models import Attendance
from panels.models import Contribution, Invitation, Panel

YEARS = 5
"""So many years that are over, as the evaluation looks at, and the one that runs."""


class Fact(NamedTuple):
    """A line of the pack: what it is called, what it counts, and how it is asked of a centre, by year."""

    words: str
    formula: str
    rows: Callable[[Centre], QuerySet[Any]]
    moment: str
    what: str = "pk"


def panels(centre: Centre) -> QuerySet[Panel]:
    return Panel.objects.filter(centre=centre)


LED = "panels that the centre opened"
FACTS = (
    Fact("Panels opened", f"{LED}, by the day of the first opening", panels, "opened_at"),
    Fact("Panels closed", f"{LED}, closed and still closed, by the day of the close", panels, "closed_at"),
    Fact("Patients entered", f"different patients of {LED}, opened in the year", panels, "opened_at", "case__patient"),
    Fact(
        "Patients reviewed",
        f"different patients of {LED}, which had their first reply in the year",
        panels,
        "first_reply_at",
        "case__patient",
    ),
    Fact(
        "Invitations answered",
        "invitations that people who worked at the centre then answered in the year",
        lambda centre: Invitation.objects.filter(centre=centre),
        "answered_at",
    ),
    Fact(
        "Experts answering",
        "different people who wrote a statement in a panel in the year and worked at the centre then",
        lambda centre: Contribution.objects.filter(centre=centre),
        "at",
        "author",
    ),
    Fact(
        "Statements written",
        "statements of people who worked at the centre when they wrote them",
        lambda centre: Contribution.objects.filter(centre=centre),
        "at",
    ),
    Fact(
        "Meetings attended",
        "different meetings held in the year at which somebody was present who worked at the centre then",
        lambda centre: Attendance.objects.filter(centre=centre, present=True),
        "meeting__held_at",
        "meeting",
    ),
    Fact(
        "Outcomes",
        f"outcomes of {LED}, first sent for signature in the year",
        lambda centre: OutcomeVersion.objects.filter(outcome__panel__centre=centre, number=1),
        "sent_at",
    ),
    Fact(
        "Follow-ups asked",
        f"follow-ups of {LED}, asked in the year",
        lambda centre: FollowUp.objects.filter(panel__centre=centre),
        "asked_at",
    ),
    Fact(
        "Follow-ups done",
        f"follow-ups of {LED}, answered in the year",
        lambda centre: FollowUp.objects.filter(panel__centre=centre),
        "answered_at",
    ),
)


@dataclass(frozen=True)
class Evidence:
    """``lines`` are facts with a figure for each of ``years``; ``exact`` says that these are not rounded."""

    centre: Centre
    places: list[CentreMembership]
    people: list[Membership]
    years: list[int]
    lines: list[tuple[Fact, list[str | int]]]
    exact: bool
    computed_at: dt.datetime


def evidence_of(centre: Centre, user: Any) -> Evidence:
    """The pack as this reader may have it; one query for each fact. Who represents the centre gets exact figures, everybody
    else to the nearest five: a file that leaves the centre must not tell of a few patients."""
    last, exact = clock.today(dt.UTC).year, represents(user, centre)
    years = list(range(last - YEARS, last + 1))
    places = CentreMembership.objects.filter(centre=centre).select_related("network").order_by("network__code")
    held = Membership.objects.current().filter(role__in=REPRESENTING_ROLES, centre=centre, user__is_active=True)
    people = held.select_related("user").order_by("role", "user__display_name")
    lines = [(fact, [shown(count, exact=exact) for count in by_year(fact, centre, years)]) for fact in FACTS]
    return Evidence(centre, list(places), list(people), years, lines, exact, clock.now())


def by_year(fact: Fact, centre: Centre, years: Iterable[int]) -> list[int]:
    """Years begin and end at midnight UTC, as the months of the official figures do."""
    first, *_between, last = years = list(years)
    spans = Q(**{f"{fact.moment}__gte": midnight(dt.date(first, 1, 1))})
    spans &= Q(**{f"{fact.moment}__lt": midnight(dt.date(last + 1, 1, 1))})
    rows: Any = fact.rows(centre).filter(spans).order_by().annotate(year=ExtractYear(F(fact.moment), tzinfo=dt.UTC))
    counts = dict(rows.values_list("year").annotate(number=Count(fact.what, distinct=True)))
    return [counts.get(year, 0) for year in years]


def shown(count: int, *, exact: bool) -> str | int:
    if exact or not count:
        return exactly(count)
    return fives(count) if count >= LEAST else f"under {LEAST}"
