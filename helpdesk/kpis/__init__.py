"""The official figures of a month, counted from ordinary rows. Definitions in ``docs/kpis.md``."""

from helpdesk.kpis.catalogue import ABOUT, BY_NAME, FIGURES, LATE, Figure, Part
from helpdesk.kpis.charts import charts_of
from helpdesk.kpis.counting import Line, counted
from helpdesk.kpis.months import before, moments
from helpdesk.kpis.periods import Period, corrected, parts_of, period_of, sums_for
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
    "before",
    "charts_of",
    "corrected",
    "counted",
    "moments",
    "networks_counted",
    "parts_of",
    "period_of",
    "sums_for",
]
