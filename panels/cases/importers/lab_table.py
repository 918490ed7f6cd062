"""Pasted or uploaded laboratory results to lines that a person confirms. What is not read stays visible, with the reason."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cpms.terminology.catalogue import Analyte, is_plausible, likelier_unit, read_unit
from panels.cases.importers.lab_lines import Known, Line, Reading, is_name, is_unit, known_name, readings, split_line
from panels.cases.importers.lab_materials import heading_of, in_material, material_of, says_blood
from panels.cases.importers.lab_words import (
    VALUE,
    Limits,
    Marks,
    clean,
    column_of,
    day_of,
    flag_of,
    limits_of,
    marks_in,
)
from panels.cases.importers.strict_json import HOSTILE, shorten

MOST_LINES, LONGEST_LINE, SHOWN = 400, 600, 80
TOO_LONG = f"longer than {LONGEST_LINE} characters, so it was not read"
TOO_MANY = f"not read: {MOST_LINES} lines at once are the most. Paste them once these are added"
NOT_A_RESULT, NO_VALUE, UNCERTAIN = "not a result", "no value", "not certain how to read it"
BIRTH = re.compile(r"(?i)\b(?:birth|born|dob|geb|né|née|nacimiento|nascita|naissance|urodz|gedruckt|printed|druck)")
DATED = re.compile(
    r"(?i)^(?P<words>[^\d]{0,40}?)[:\s]*(?P<day>\d[\d./-]{5,9}(?:[ T,]+\d{1,2}[:.h]\d{2}(?::\d{2})?(?: ?Uhr)?)?)$"
)
BRACKETED = re.compile(r"\[[^\]]*\]|\([^)]*\)")
Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a line. Parted by blanks alone, an empty cell cannot be seen: its columns count only when none is missing."""

    cells: Cells
    by_blanks: bool = False

    @property
    def raw(self) -> str:
        return " ".join(cell for cell in self.cells if cell)


def read_text(text: str, known: Known, *, day: str = "") -> list[Line]:
    """The lines of a pasted text. ``day`` (ISO) is when the samples were taken unless a line says otherwise.

    A line that is too long is not cut, and lines beyond the most are not dropped: each is left out with the reason.
    """
    lines = [line for line in (HOSTILE.sub("", line) for line in text.splitlines()) if line.strip()]
    taken, beyond = lines[:MOST_LINES], len(lines) - MOST_LINES
    whole = [line for line in taken if len(line) <= LONGEST_LINE]
    found = read_rows([row_of(line, whole) for line in whole], known, day=day)
    found += [Line(shorten(line, SHOWN), why=TOO_LONG) for line in taken if len(line) > LONGEST_LINE]
    if beyond > 0:
        found.append(Line(f"{beyond:,} more line{'' if beyond == 1 else 's'}", why=TOO_MANY))
    return found


def read_rows(rows: Sequence[Row], known: Known, *, day: str = "") -> list[Line]:
    """The rows of a table, or lines of one cell each."""
    marks = marks_in("\n".join(cell for row in rows for cell in row.cells))
    found: list[Line] = []
    columns: dict[int, str] = {}
    material = ""
    for row in rows:
        if header := columns_of(row.cells):
            columns = header
        elif new_material := heading_of(row.cells):
            material = new_material
            found.append(Line(row.raw, why=f"taken for the specimen of what follows: {material}"))
        elif new_day := day_of_line(row.raw):
            day = new_day
            found.append(Line(row.raw, why=f"taken for the day of what follows: {new_day}"))
        elif why := why_not(row.raw):
            found.append(Line(row.raw, why=why))
        else:
            found += in_materials(row_lines(row, columns, known, marks, day), row.cells, columns, material, known)
    return found


def why_not(raw: str) -> str:
    """Why a line is not looked at; empty for one that is."""
    if not any(sign.isdigit() for sign in raw):
        return NOT_A_RESULT
    return "not a result; it may identify the patient" if BIRTH.search(raw) else ""


def in_materials(lines: list[Line], cells: Cells, columns: dict[int, str], heading: str, known: Known) -> list[Line]:
    """Each line in the specimen that its own column says, else its name, else the heading above it."""
    own = " ".join(cell for place, cell in enumerate(cells) if columns.get(place) == "material" and cell)
    found = []
    for line in lines:
        material = material_of(own) if own else "" if says_blood(line.name) else heading
        found.append(judged(in_material(line, material, known)))
    return found


def row_of(line: str, lines: list[str]) -> Row:
    """The columns of a line: tabs, bars, semicolons, or two and more blanks; a comma only where every line has as many."""
    for mark in "\t|;":
        if mark in BRACKETED.sub("", line):
            return Row(tuple(clean(cell.strip().strip('"')) for cell in line.strip("|").split(mark)))
    if is_parted_by(lines, ",") and columns_of(tuple(next(csv.reader([lines[0]]), []))):
        return Row(tuple(clean(cell) for cell in next(csv.reader([line]))))
    return Row(tuple(clean(cell) for cell in re.split(r" {2,}", line.strip())), by_blanks=True)


def is_parted_by(lines: list[str], mark: str) -> bool:
    counts = {len(next(csv.reader([line], delimiter=mark))) for line in lines if line.strip()}
    return len(counts) == 1 and counts != {1}


def columns_of(row: Cells) -> dict[int, str]:
    """What each column holds, when the row is a header: a test's column, and a value's, or days as columns of values."""
    columns = {place: column_of(cell) or (day_of(cell) or "") for place, cell in enumerate(row) if cell}
    kinds = list(columns.values())
    days = [kind for kind in kinds if kind[:1].isdigit()]
    if (
        "name" not in kinds
        or ("value" not in kinds and not days)
        or kinds.count("name") > 1
        or kinds.count("value") > 1
    ):
        return {}
    return columns


def day_of_line(raw: str) -> str:
    """``Entnahme: 06.10.2026 08:15``; empty for a day of birth or of printing, and for any other line."""
    match = DATED.match(raw)
    if not match or BIRTH.search(raw):
        return ""
    words = match["words"].strip(" :")
    return (day_of(match["day"]) or "") if not words or column_of(words) == "date" else ""


def row_lines(row: Row, columns: dict[int, str], known: Known, marks: Marks, day: str) -> list[Line]:
    cells = row.cells
    if columns and len(cells) > 1 and not (row.by_blanks and len(cells) != max(columns) + 1):
        return by_columns(cells, row.raw, columns, known, marks, day)
    order = list(columns.values())
    if any(kind[:1].isdigit() for kind in order) or (
        {"range", "value"} <= {*order}
        and order.index("range") < order.index("value")
        and sum(map(is_beyond, cells)) > 1
    ):  # which of "< 9" and "< 12" is the value?
        return [Line(row.raw, why=UNCERTAIN)]
    found = by_kind(cells, known, marks) if len(cells) > 1 else split_line(cells[0], known, marks)
    if found is None:
        return [Line(row.raw, why=UNCERTAIN)]
    name, analyte, reading = found
    return [Line(row.raw, name, analyte, replace(reading, taken=reading.taken or day))]


def by_kind(row: Cells, known: Known, marks: Marks) -> tuple[str, Analyte | None, Reading] | None:
    """Columns without a header: the name first, then every cell by what it is."""
    cells = [cell for cell in row if cell]
    if not cells or not is_name(cells[0]):
        return None
    analyte = known_name(cells[0].rstrip(":"), known)
    rest = cells[1:]
    value_first = sorted(rest, key=lambda cell: not is_value(cell, analyte, marks))
    if sum(is_value(cell, analyte, marks) for cell in rest) != 1:
        return split_line(" ".join(cells), known, marks)
    reading = readings(" ".join(value_first).split(), analyte, marks)
    return (cells[0].rstrip(":"), analyte, reading) if reading and (analyte or reading.unit) else None


def is_beyond(cell: str) -> bool:
    """``< 9``: a value that was not measured further, or a limit."""
    match = VALUE.fullmatch(cell)
    return match is not None and bool(match["sign"])


def is_value(cell: str, analyte: Analyte | None, marks: Marks) -> bool:
    return limits_of(cell, marks) is None and readings(cell.split(), analyte, marks) is not None


def by_columns(row: Cells, raw: str, columns: dict[int, str], known: Known, marks: Marks, day: str) -> list[Line]:
    """A row below a header; one line for its own value, and for each day that has one."""
    by_name: dict[str, str] = {}
    for place, cell in enumerate(row):
        kind = columns.get(place, "")
        if kind and cell:
            by_name[kind] = f"{by_name[kind]} {cell}" if kind in by_name else cell
    name = by_name.get("name", "")
    if not name or not is_name(name):
        return [Line(raw, why=NOT_A_RESULT)]
    analyte = known_name(name.rstrip(":"), known)
    own_day = day_of(by_name.get("date", "")) or ("" if by_name.get("date") else day)
    values = [(kind, cell) for kind, cell in by_name.items() if kind[:1].isdigit()]
    if not values or by_name.get("value"):
        values.insert(0, (own_day, by_name.get("value", "")))
    lines = []
    for taken, cell in values:
        reading = cell_reading(cell, by_name, analyte, marks)
        if reading is None:
            lines.append(Line(raw, name, analyte, why=UNCERTAIN if cell else NO_VALUE))
        else:
            lines.append(Line(raw, name, analyte, replace(reading, taken=reading.taken or taken)))
    return lines


def cell_reading(cell: str, by_name: dict[str, str], analyte: Analyte | None, marks: Marks) -> Reading | None:
    """A value's cell with what the other columns say about it; ``None`` when any of them cannot be read with certainty."""
    reading = readings(cell.split(), analyte, marks) if cell else None
    unit, written = by_name.get("unit", "").strip("[]"), by_name.get("range", "")
    limits = limits_of(written, marks) if written else bounds_of(by_name, marks)
    if reading is None or (unit and reading.unit and unit != reading.unit) or limits is None:
        return None
    if unit and not is_unit(unit, analyte):
        return None
    printed = reading.printed_flag or flag_of(by_name.get("flag", "")) or ""
    reading = replace(reading, unit=reading.unit or unit, printed_flag=printed)
    if limits != Limits() and (reading.low, reading.high) == (None, None):
        reading = replace(reading, low=limits.low, high=limits.high)
    return reading


def bounds_of(by_name: dict[str, str], marks: Marks) -> Limits | None:
    low, high = by_name.get("low", ""), by_name.get("high", "")
    if not low and not high:
        return Limits()
    return limits_of(f"{low} - {high}" if low and high else f"> {low}" if low else f"< {high}", marks)


def contradicts_its_flag(reading: Reading) -> bool:
    """The laboratory's own mark is a check on how the line was read."""
    high = reading.high is not None and reading.value > reading.high
    low = reading.low is not None and reading.value < reading.low
    ranged = reading.low is not None or reading.high is not None
    return ranged and not reading.comparator and {"high": not high, "low": not low}.get(reading.printed_flag, False)


def judged(line: Line) -> Line:
    """The line with what must be asked before it is taken: an unknown test, a missing unit, a unit that cannot be right."""
    reading, analyte = line.reading, line.analyte
    if reading is None or line.doubt:
        return line
    if analyte is None:
        return replace(line, doubt="Which test is this?")
    if contradicts_its_flag(reading):
        return replace(line, doubt=f"The laboratory marks it {reading.printed_flag}; by the range as read it is not.")
    if not reading.unit:
        fitting = [unit for unit in analyte.units if is_plausible(analyte, reading.value, unit)]
        return replace(line, doubt="No unit is given.", ask=fitting[0] if fitting else "")
    unit = read_unit(analyte, reading.unit)
    plausible = is_plausible(analyte, reading.value, unit)
    if plausible is None:
        return replace(line, doubt=f"{analyte.name} is not measured in {reading.unit}.")
    if not plausible:
        return replace(
            line,
            doubt=f"In {reading.unit} this is outside what is possible.",
            ask=likelier_unit(analyte, reading.value, unit),
        )
    return line
