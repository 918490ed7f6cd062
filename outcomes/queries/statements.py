"""A person's year in panels, in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from cpms import clock
from outcomes.models import SignOff
from panels.models import Contribution, Panel, Stance, TimeSpent


@dataclass(frozen=True)
class Line:
    """What somebody did in one panel in one year: numbers only."""

    ref: str
    group: str
    role: str
    statements: int
    views: int
    signed: bool
    minutes: int


@dataclass(frozen=True)
class Statement:
    """A year of contributions to panels. Holds no patient's data."""

    year: int
    lines: list[Line]

    @property
    def totals(self) -> dict[str, int]:
        names = ("statements", "views", "minutes", "signed")
        return {"panels": len(self.lines), **{name: sum(getattr(line, name) for line in self.lines) for name in names}}


def statement_of(user: Any, year: int) -> Statement:
    """Every panel in which the person advised, took a view, signed or spent time in the year. Constant queries."""
    said = counted(Contribution.objects.filter(author=user, at__year=year), "panel")
    views = counted(Stance.objects.filter(who=user, at__year=year), "contribution__panel")
    signed = counted(SignOff.objects.filter(who=user, at__year=year), "outcome__panel")
    spent = {row.panel_id: row.minutes for row in TimeSpent.objects.filter(who=user, year=year)}
    keys = {*said, *views, *signed, *(key for key, minutes in spent.items() if minutes)}
    panels = Panel.objects.filter(pk__in=keys).select_related("group").order_by("ref")
    lines = [
        Line(
            panel.ref,
            str(panel.group or ""),
            "lead" if panel.lead_id == user.pk else "member",
            said.get(panel.pk, 0),
            views.get(panel.pk, 0),
            panel.pk in signed,
            spent.get(panel.pk, 0),
        )
        for panel in panels
    ]
    return Statement(year, lines)


def counted(rows: Any, path: str) -> dict[Any, int]:
    return dict(rows.order_by().values(path).annotate(number=Count("pk")).values_list(path, "number"))


def years_of(user: Any) -> list[int]:
    """The years a statement can be asked for: this one, and those before that have a line."""
    done = (
        Contribution.objects.filter(author=user),
        Stance.objects.filter(who=user),
        SignOff.objects.filter(who=user, at__isnull=False),
    )
    years = [rows.order_by().values_list("at__year", flat=True).distinct() for rows in done]
    minutes = Q(said_minutes__gt=0) | Q(said_minutes=None, seconds__gt=0)
    spent = TimeSpent.objects.filter(minutes, who=user).order_by().values_list("year", flat=True)
    return sorted({clock.today().year, *years[0].union(*years[1:], spent)}, reverse=True)
