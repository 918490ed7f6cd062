"""All figures of a month, place by place. The number of queries does not grow with networks, groups or centres."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from helpdesk.kpis import panels, people, tickets
from helpdesk.kpis.catalogue import BY_NAME
from helpdesk.kpis.places import Found, Place, places_of
from helpdesk.models import MonthlyKpi


@dataclass(frozen=True)
class Line:
    """One place's figures of a month. What is nought stands in none but the first four."""

    place: Place
    registered: int
    active: int
    panels_opened: int
    panels_closed: int
    figures: Found

    def found(self) -> Found:
        """Every figure of it that is not nought, and the first four."""
        return {name: getattr(self, name) for name in MonthlyKpi.COLUMNS} | self.figures


def counted(month: dt.date) -> list[Line]:
    """Every line of the month: of each network, of its groups, of its countries, of its centres."""
    sources = [people.people(month), people.starters(month), people.without_panel(month), panels.panels(month)]
    sources += [panels.invitations(month), panels.advised(month), *panels.after(month), panels.outcomes(month)]
    sources += [panels.meetings(month), panels.minutes(month), panels.survey_rounds(month), tickets.tickets(month)]
    found = []
    for place in places_of(month):
        figures: Found = {}
        for source in sources:
            figures |= source.get(place, {})
        columns = {name: figures.pop(name, 0) or 0 for name in MonthlyKpi.COLUMNS}
        kept = {name: figures[name] for name in BY_NAME if figures.get(name)}
        found.append(Line(place, figures=kept, **columns))  # type: ignore[arg-type]  # counts are whole
    return found
