"""Figures as CSV, as a workbook and as pages, and the evidence of a centre. A spreadsheet must not read a name as a formula:
in CSV every cell is quoted and made harmless, in a workbook every text is a text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any

from cpms import archives, countries, sheets
from helpdesk import kpis, pdf
from helpdesk.kpis.evidence import Evidence, evidence_of
from helpdesk.kpis.figure import Over
from helpdesk.kpis.periods import Period, Sum, Value
from helpdesk.models import FigureFile
from helpdesk.states import FileKind, Kind

PLACE = ["Period", "Months", "Network", "Group", "Country", "Centre"]
LATE = "Corrected by rows that came late"
LACKING = "Not counted in every month"
HOLDS = {Over.LAST: "last month", Over.ROUND: "last round", Over.DAYS: "whole period"}
"""How a file of a quarter or a year says, behind a figure's name, what it holds of it."""
ABOUT = [
    ["Definitions", "The sheet of that name, as docs/kpis.md of CPMS: one name, formula and source for each figure."],
    ["Months", "How many months of the period are frozen."],
    ["A quarter or a year", "Counts are added up. Other figures say behind their name what they are of:"],
    [HOLDS[Over.LAST], "The last month that is frozen, as people and centres stand then and cannot be added up."],
    [HOLDS[Over.ROUND], "The last round of the survey that ended in the period."],
    [HOLDS[Over.DAYS], "Counted anew over all frozen months, from the rows as they were when the file was made."],
    [
        LATE,
        "Figures that rows changed after they were frozen. The column has them as they are now, and names what was frozen.",
    ],
    [
        LACKING,
        "Figures that are left out, as they are younger than a month of the period; and from when on they were counted.",
    ],
    ["Empty", "The figure has no meaning here, is not given for it, or was not counted in all of its months."],
    [kpis.SIGN, "Fewer than five people or panels, or a figure kept back because it would give such a one away."],
    ["Patients", "What is said of patients stands for a whole network and a whole year that is over only."],
]
DEFINITIONS = [
    ["Figure", "Name", "What it counts", "Source", "A quarter or a year", "Indicator of the ERN monitoring"],
    *([one.words, one.name, one.formula, one.source, str(one.over), one.indicator] for one in kpis.FIGURES),
]
TYPES: dict[str, str] = {
    Kind.CSV: "text/csv; charset=utf-8",
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Kind.PDF: "application/pdf",
    FileKind.EVIDENCE: "application/zip",
}
SIDE_BY_SIDE = (
    "registered",
    "active",
    "panels_opened",
    "panels_closed",
    "first_replies",
    "outcomes",
    "follow_answered",
)
"""What a page compares places by; every figure of each place is in the tables."""
TOLD_EACH = 100
Tell = Callable[[int], object]
"""Hears after how many lines it is."""


def name_of(figure: kpis.Figure, period: Period) -> str:
    """As a file calls it, with what a longer period holds of it."""
    of = HOLDS.get(figure.over) if period.longer else None
    return f"{figure.words}, {of}" if of else figure.words


def header_of(period: Period) -> list[str]:
    return [*PLACE, *(name_of(figure, period) for figure in kpis.FIGURES), LACKING, LATE]


def whole(value: Value) -> Value:
    """A count that is nought is nought; nothing where it is hidden or has no meaning."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def cells_of(row: Sum, period: Period) -> list[Any]:
    at = row.line
    place = [str(at.network), str(at.group or ""), countries.name(at.country), str(at.centre or "")]
    figures = [whole(row.figures[figure.name]) for figure in kpis.FIGURES]
    said = ["; ".join(map(str, each)) or None for each in (row.lacking, row.late)]
    return [period.name, row.months, *place, *figures, *said]


def figures_as(kind: Kind, rows: Iterable[Sum], period: Period) -> Iterable[bytes]:
    return figures_as_csv(rows, period) if kind == Kind.CSV else figures_as_workbook(rows, period)


def figures_as_csv(rows: Iterable[Sum], period: Period) -> Iterator[bytes]:
    """UTF-8 with a byte-order mark, comma-separated, everything quoted; a line at a time."""
    yield sheets.BYTE_ORDER
    yield sheets.csv_line(header_of(period))
    for row in rows:
        yield sheets.csv_line("" if cell is None else str(cell) for cell in cells_of(row, period))


def figures_as_workbook(rows: Iterable[Sum], period: Period) -> Iterator[bytes]:
    """A sheet of figures, numbers as numbers, one that says what each counts, and one about the file."""
    lines = (cells_of(row, period) for row in rows)
    about = [["Period", period.name], *ABOUT]
    yield sheets.as_workbook({"Figures": chained(header_of(period), lines), "Definitions": DEFINITIONS, "About": about})


def chained(header: list[str], lines: Iterable[list[Any]]) -> Iterator[list[Any]]:
    yield header
    yield from lines


def figures_as_pages(rows: Iterable[Sum], period: Period, *, reader: Any) -> bytes:
    """For each network its first place in full, and its places side by side. Raises ``CannotLayOut``."""
    networks = []
    for _key, lines in groupby(rows, key=lambda row: row.line.network_id):
        places = list(lines)
        sides = [(row.line.place, [whole(row.figures[name]) for name in SIDE_BY_SIDE]) for row in places]
        late = [(row.line.place, ", ".join(map(str, row.late))) for row in places if row.late]
        lacking = [str(one) for one in places[0].lacking]
        networks.append(
            {
                "first": places[0],
                "parts": in_full(places[0], period),
                "places": sides if sides[1:] else [],
                "lacking": lacking,
                "late": late,
            }
        )
    columns = [name_of(kpis.BY_NAME[name], period) for name in SIDE_BY_SIDE]
    content = {"period": period, "networks": networks, "columns": columns, "sign": kpis.SIGN, "reader": reader}
    return pdf.figures(content)


def in_full(row: Sum, period: Period) -> list[tuple[str, list[tuple[str, Value]]]]:
    """Every figure that is given for a place, by part."""
    given = [
        (f.part, name_of(f, period), whole(row.figures[f.name]))
        for f in kpis.FIGURES
        if row.figures[f.name] is not None
    ]
    return [(str(part), [row[1:] for row in rows]) for part, rows in groupby(given, key=lambda row: row[0])]


def told(rows: Iterable[Sum], tell: Tell) -> Iterator[Sum]:
    for number, row in enumerate(rows):
        if number % TOLD_EACH == 0:
            tell(number)
        yield row


def made(file: FigureFile, tell: Tell) -> bytes:
    """What a worker makes, by the rights that the person has now. Raises ``CannotLayOut``."""
    if file.centre is not None:
        return evidence_as_zip(evidence_of(file.centre, file.asked_by))
    period = kpis.period_of(file.period)
    if period is None:
        raise ValueError(file.period)
    rows = told(kpis.sums_for(file.asked_by, period), tell)
    if file.kind == FileKind.PDF:
        return figures_as_pages(rows, period, reader=file.asked_by)
    return b"".join(figures_as_workbook(rows, period))


def evidence_as_zip(found: Evidence) -> bytes:
    """The same as pages and as a workbook."""
    name = f"evidence-{found.computed_at:%Y-%m-%d}"
    files = [
        archives.Carried(f"{name}.pdf", [pdf.evidence({"evidence": found})]),
        archives.Carried(f"{name}.xlsx", [evidence_as_workbook(found)]),
    ]
    return b"".join(archives.zipped(files))


def evidence_as_workbook(found: Evidence) -> bytes:
    centre = found.centre
    about = [
        ["Centre", str(centre)],
        ["Country", countries.name(centre.country)],
        ["Data-protection clearance", day(centre.cleared_on) or "none"],
        *(
            ["Network", f"{one.network}, {one.get_kind_display()}, {span(one.since, one.until)}"]
            for one in found.places
        ),
        *([one.get_role_display(), f"{one.user}, {one.user.job_title}".strip(", ")] for one in found.people),
        ["Computed", f"{found.computed_at:%Y-%m-%d %H:%M} UTC"],
        ["Figures", "exact" if found.exact else "to the nearest five, as the reader does not represent the centre"],
    ]
    years: list[list[str | int]] = [["Figure", *map(str, found.years), "Definition"]]
    years += [[fact.words, *counts, fact.formula] for fact, counts in found.lines]
    return sheets.as_workbook({"Years": years, "Centre": [["What", "Value"], *about]})


def day(date: dt.date | None) -> str:
    return f"{date:%Y-%m-%d}" if date else ""


def span(since: dt.date, until: dt.date | None) -> str:
    return f"since {day(since)}" + (f", until {day(until)}" if until else "")
