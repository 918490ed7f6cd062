"""All figures of a month, place by place. The number of queries does not grow with networks, groups or centres."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from helpdesk.kpis import panels, people, tickets
from helpdesk.kpis.catalogue import BY_NAME
from helpdesk.kpis.places import Counts, Found, Place, in_order, nothing, places_of
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
    """Every line of the month: of each network, of its groups, of its countries, of its centres. A centre that left has one as
    long as anything of it counts, so that no figure of it stands in its country's line alone."""
    sources = [people.people(month), people.starters(month), people.without_panel(month), panels.panels(month)]
    sources += [panels.invitations(month), panels.advised(month), *panels.after(month), panels.outcomes(month)]
    sources += [panels.meetings(month), panels.minutes(month), panels.survey_rounds(month), tickets.tickets(month)]
    every = nothing()
    for source in sources:
        for place, figures in source.items():
            every[place] |= figures
    found = []
    for place in with_those_who_left(places_of(month), every):
        figures = every[place]
        columns = {name: figures.pop(name, 0) or 0 for name in MonthlyKpi.COLUMNS}
        kept = {name: figures[name] for name in BY_NAME if figures.get(name)}
        found.append(Line(place, figures=kept, **columns))  # type: ignore[arg-type]  # counts are whole
    return found


def with_those_who_left(places: list[Place], every: Counts) -> list[Place]:
    """These, and the centres and countries of the same networks of which there is a figure."""
    networks, known = {place.network for place in places}, set(places)
    more = [
        one for one, figures in every.items() if one not in known and one.network in networks and any(figures.values())
    ]
    return places + sorted((one for one in more if one.centre or one.country), key=in_order)
