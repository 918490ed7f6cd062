"""The official figures of a month, counted from ordinary rows. Definitions in ``docs/kpis.md``."""

from helpdesk.kpis.catalogue import ADDED, BY_NAME, FIGURES, LATE
from helpdesk.kpis.charts import charts_of
from helpdesk.kpis.counting import Line, counted
from helpdesk.kpis.few import SIGN, corrected, not_counted
from helpdesk.kpis.figure import ABOUT, Figure, Of, Part
from helpdesk.kpis.late import countries_changed, known_of, missing_in
from helpdesk.kpis.months import before, moments
from helpdesk.kpis.periods import (
    Period,
    Table,
    networks_in,
    parts_of,
    period_of,
    places_for,
    seen_by,
    sums_for,
    table_of,
)
from helpdesk.kpis.places import Place, networks_counted
from helpdesk.kpis.series import START
from helpdesk.kpis.sight import sight_of

__all__ = [
    "ABOUT",
    "ADDED",
    "BY_NAME",
    "FIGURES",
    "LATE",
    "SIGN",
    "START",
    "Figure",
    "Line",
    "Of",
    "Part",
    "Period",
    "Place",
    "Table",
    "before",
    "charts_of",
    "corrected",
    "counted",
    "countries_changed",
    "known_of",
    "missing_in",
    "moments",
    "networks_counted",
    "networks_in",
    "not_counted",
    "parts_of",
    "period_of",
    "places_for",
    "seen_by",
    "sight_of",
    "sums_for",
    "table_of",
]
