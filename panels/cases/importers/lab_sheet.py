"""A CSV or XLSX file of results as lines with tabs between the cells. The only reader of spreadsheets."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook

from panels.cases.importers.read_case import ImportRefused

MAX_BYTES, MAX_UNPACKED = 5_000_000, 40_000_000
MAX_ROWS, MAX_COLUMNS = 400, 60
REFUSED = "The file could not be read as a table. Choose a CSV or XLSX file, or paste the table."


def as_text(data: bytes, *, name: str) -> str:
    """Raises ``ImportRefused`` with a sentence for the clinician."""
    if len(data) > MAX_BYTES:
        raise ImportRefused("The file is larger than 5 MB. A table of results is much smaller.")
    rows = _workbook(data) if data.startswith(b"PK\x03\x04") else _separated(data)
    return "\n".join("\t".join(row) for row in rows if any(row))


def _separated(data: bytes) -> list[list[str]]:
    text = _decoded(data)
    marks = {mark: text.count(mark) for mark in "\t;,|"}
    mark = "\t" if marks["\t"] else ";" if marks[";"] else "|" if marks["|"] else ","
    if not marks[mark]:
        raise ImportRefused(REFUSED)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=mark))
    except csv.Error:
        raise ImportRefused(REFUSED) from None
    return [[" ".join(cell.split()) for cell in row[:MAX_COLUMNS]] for row in rows[:MAX_ROWS]]


def _decoded(data: bytes) -> str:
    if b"\x00" in data[:4000]:
        raise ImportRefused(REFUSED)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _workbook(data: bytes) -> list[list[str]]:
    """The first sheet's values. Formulas are not computed; a packed file that swells is refused before it is opened."""
    try:
        _check_unpacked(data)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        rows = sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS, values_only=True)
        found = [[_cell(value) for value in row] for row in rows]
        book.close()
    except ImportRefused:
        raise
    except Exception:  # noqa: BLE001 a damaged workbook raises whatever its parts raise
        raise ImportRefused(REFUSED) from None
    return found


def _check_unpacked(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = sum(entry.file_size for entry in archive.infolist())
    if size > MAX_UNPACKED:
        raise ImportRefused("The file unpacks to far more than a table of results.")


def _cell(value: Any) -> str:
    """A cell as its digits were stored; a number of the sheet has a decimal point and nothing to confuse it with."""
    if isinstance(value, dt.datetime | dt.date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}"
    return " ".join(str(value).split())
