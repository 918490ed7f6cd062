"""The official figures of a month, counted from ordinary rows. Definitions in ``docs/kpis.md``."""

from helpdesk.kpis.catalogue import ABOUT, BY_NAME, FIGURES, LATE, Figure, Part
from helpdesk.kpis.charts import charts_of
from helpdesk.kpis.counting import Line, counted, lines
from helpdesk.kpis.months import before, first_of_next, moments
from helpdesk.kpis.people import active_people
from helpdesk.kpis.periods import Period, parts_of, period_of, sums_for
from helpdesk.kpis.places import Place, networks_counted

__all__ = [
    "ABOUT",
    "BY_NAME",
    "FIGURES",
    "LATE",
    "Figure",
    "Line",
    "Part",
    "Period",
    "Place",
    "active_people",
    "before",
    "charts_of",
    "counted",
    "first_of_next",
    "lines",
    "moments",
    "networks_counted",
    "parts_of",
    "period_of",
    "sums_for",
]
