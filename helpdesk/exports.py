"""Figures as CSV and as a workbook. A spreadsheet must not read a name as a formula: in CSV every cell is quoted and made
harmless, in a workbook every text is a text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from cpms import countries, sheets
from helpdesk import kpis
from helpdesk.kpis.periods import Period, Sum, Value
from helpdesk.states import Kind

PLACE = ["Period", "Months", "Network", "Group", "Country", "Centre"]
HEADER = [*PLACE, *(figure.words for figure in kpis.FIGURES)]
ABOUT = [
    ["Definitions", "docs/kpis.md of CPMS: one name, formula and source for each figure."],
    [
        "Months",
        "How many months of the period are frozen. Counts are added up; of other figures the last month stands.",
    ],
    ["Empty", "The figure has no meaning here, or is not given for it."],
    [kpis.SIGN, "Fewer than five people or panels, or a figure kept back because it would give such a one away."],
    ["Patients", "What is said of patients stands for a whole network and a whole year that is over only."],
]
TYPES = {
    Kind.CSV: "text/csv; charset=utf-8",
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def whole(value: Value) -> Value:
    """A count that is nought is nought; nothing where it is hidden or has no meaning."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def cells_of(row: Sum, period: Period) -> list[Any]:
    at = row.line
    place = [str(at.network), str(at.group or ""), countries.name(at.country), str(at.centre or "")]
    return [period.name, row.months, *place, *(whole(row.figures[figure.name]) for figure in kpis.FIGURES)]


def figures_as(kind: Kind, rows: Iterable[Sum], period: Period) -> Iterable[bytes]:
    return figures_as_csv(rows, period) if kind == Kind.CSV else figures_as_workbook(rows, period)


def figures_as_csv(rows: Iterable[Sum], period: Period) -> Iterator[bytes]:
    """UTF-8 with a byte-order mark, comma-separated, everything quoted; a line at a time."""
    yield sheets.BYTE_ORDER
    yield sheets.csv_line(HEADER)
    for row in rows:
        yield sheets.csv_line("" if cell is None else str(cell) for cell in cells_of(row, period))


def figures_as_workbook(rows: Iterable[Sum], period: Period) -> list[bytes]:
    """A sheet of figures, numbers as numbers, and one that says what they are."""
    about = [["Period", period.name], *ABOUT]
    return [sheets.as_workbook({"Figures": [HEADER, *(cells_of(row, period) for row in rows)], "About": about})]
