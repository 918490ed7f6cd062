"""Figures as CSV. Every cell is quoted and made harmless: a spreadsheet must not read a name as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from cpms.countries import NAMES
from cpms.sheets import harmless
from helpdesk import kpis
from helpdesk.kpis.periods import Period, Sum, Value

PLACE = ["Period", "Months", "Network", "Group", "Country", "Centre"]


def cell(figure: kpis.Figure, value: Value) -> str:
    """Nothing where it is hidden or has no meaning; a count that is nought is nought."""
    if value is None:
        return ""
    return str(int(value)) if float(value).is_integer() else str(value)


def figures_as_csv(rows: Iterable[Sum], period: Period) -> Iterator[bytes]:
    """UTF-8 with a byte-order mark, comma-separated, everything quoted; a line at a time."""
    yield "\ufeff".encode()
    yield line_of([*PLACE, *(figure.words for figure in kpis.FIGURES)])
    for row in rows:
        at = row.line
        place = [str(at.network), str(at.group or ""), NAMES.get(at.country, at.country), str(at.centre or "")]
        yield line_of([period.name, str(row.months), *place, *(cell(f, row.figures[f.name]) for f in kpis.FIGURES)])


def line_of(cells: list[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerow([harmless(text) for text in cells])
    return out.getvalue().encode()
