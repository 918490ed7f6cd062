"""CSV and XLSX files as rows of text, and back. The one reader of spreadsheets: what it cannot read it refuses."""

from __future__ import annotations

import csv
import datetime as dt
import io
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell

MAX_BYTES, MAX_UNPACKED = 5_000_000, 40_000_000
LONGEST_CELL = 2_000
RISKY = ("=", "+", "-", "@")
ZIPPED = b"PK\x03\x04"


class Unreadable(ValueError):
    """Not a table, or one that swells; with a sentence for whoever chose the file."""


def rows_of(data: bytes, *, most_columns: int, headed: bool = False) -> Iterator[list[str]]:
    """The rows of a CSV file or of a workbook's first sheet, one after the other, empty ones included.

    Of a ``headed`` table the first row decides what parts the columns, and a cell that calculates comes as its formula
    ("=A1"); else the value counts that the program stored. Raises ``Unreadable``, also in the middle of a file.
    """
    if len(data) > MAX_BYTES:
        raise Unreadable("The file is larger than 5 MB.")
    rows = (
        _workbook(data, most_columns, formulas=headed) if data.startswith(ZIPPED) else _separated(data, headed=headed)
    )
    for row in rows:
        yield row[:most_columns]


def _separated(data: bytes, *, headed: bool) -> Iterator[list[str]]:
    text = _decoded(data)
    decides = text.strip().partition("\n")[0] if headed else text
    marks = {mark: decides.count(mark) for mark in "\t;,|"}
    mark = "\t" if marks["\t"] else ";" if marks[";"] else "|" if marks["|"] else ","
    if not marks[mark]:
        raise Unreadable("The file could not be read as a table.")
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark):
            yield [_tidy(cell) for cell in row]
    except csv.Error:
        raise Unreadable("The file could not be read as a table.") from None


def _decoded(data: bytes) -> str:
    if b"\x00" in data:
        raise Unreadable("The file could not be read as a table.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _workbook(data: bytes, most_columns: int, *, formulas: bool) -> Iterator[list[str]]:
    """The first sheet, read as a stream. A packed file that swells is refused before it is opened."""
    try:
        _check_unpacked(data)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=not formulas)
        for row in book.worksheets[0].iter_rows(max_col=most_columns, values_only=True):
            yield [_cell(value) for value in row]
        book.close()
    except Unreadable:
        raise
    except Exception:  # noqa: BLE001 a damaged workbook raises whatever its parts raise
        raise Unreadable("The file could not be read as a table.") from None


def _check_unpacked(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = sum(entry.file_size for entry in archive.infolist())
    if size > MAX_UNPACKED:
        raise Unreadable("The file unpacks to far more than a table.")


def _cell(value: Any) -> str:
    """A cell as its digits were stored; a number of the sheet has a decimal point and nothing to confuse it with."""
    if isinstance(value, dt.datetime | dt.date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}"
    return _tidy(str(getattr(value, "text", value)))


def _tidy(text: str) -> str:
    return " ".join(text.split())[:LONGEST_CELL]


def harmless(text: str) -> str:
    """The text without control characters, and with an apostrophe before anything a spreadsheet would calculate.

    Full-width twins and leading invisible signs count too (OWASP ASVS 5.0, 1.2.10).
    """
    if not text or (text.isascii() and text.isprintable() and text[0].isalnum()):
        return text  # as nearly every cell is
    visible = "".join(sign for sign in text if unicodedata.category(sign)[0] != "C")
    start = unicodedata.normalize("NFKC", visible).lstrip()
    return f"'{visible}" if start.startswith(RISKY) else visible


BYTE_ORDER = "\ufeff".encode()


def csv_line(cells: Iterable[str]) -> bytes:
    """One row, comma-separated, everything quoted and harmless."""
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerow([harmless(cell) for cell in cells])
    return out.getvalue().encode()


def as_csv(rows: Iterable[Iterable[str]]) -> bytes:
    """UTF-8 with a byte-order mark, comma-separated, everything quoted and harmless."""
    return BYTE_ORDER + b"".join(csv_line(row) for row in rows)


def as_workbook(pages: Mapping[str, Iterable[Iterable[Any]]]) -> bytes:
    """One sheet for each name, its first row kept in view. Numbers are numbers; a text is typed as a text and harmless
    besides, so that none becomes a formula, here or after saving as CSV."""
    book, out = Workbook(write_only=True), io.BytesIO()
    for name, rows in pages.items():
        page = book.create_sheet(name)
        page.freeze_panes = "A2"
        for row in rows:
            page.append([_typed(page, value) for value in row])
    book.save(out)
    return out.getvalue()


def _typed(page: Any, value: Any) -> Any:
    if not isinstance(value, str) or not value:
        return None if value == "" else value
    cell = WriteOnlyCell(page, value="")
    cell.value = harmless(value)
    cell.data_type = "s"
    return cell
