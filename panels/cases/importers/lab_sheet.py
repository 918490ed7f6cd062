"""A CSV or XLSX file of results as lines with tabs between the cells."""

from __future__ import annotations

from itertools import islice

from cpms import sheets
from panels.cases.importers.read_case import ImportRefused

MAX_BYTES = sheets.MAX_BYTES
MAX_ROWS, MAX_COLUMNS = 5_000, 60


def as_text(data: bytes, *, name: str) -> str:
    """Raises ``ImportRefused`` with a sentence for the clinician. Formulas are not computed: their stored value counts.

    No row is dropped: whoever reads the lines says how many were too many.
    """
    try:
        rows = list(islice(sheets.rows_of(data, most_columns=MAX_COLUMNS), MAX_ROWS + 1))
    except sheets.Unreadable as error:
        raise ImportRefused(f"{error} Choose a CSV or XLSX file of results, or paste the table.") from None
    if len(rows) > MAX_ROWS:
        raise ImportRefused(f"The table has more than {MAX_ROWS:,} rows. Choose a file with fewer.")
    return "\n".join("\t".join(row) for row in rows if any(row))
