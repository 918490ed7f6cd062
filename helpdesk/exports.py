"""Figures as CSV. Every cell is quoted and made harmless: a spreadsheet must not read a name as a formula."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable

from helpdesk.models import MonthlyKpi

HEADER = ["Month", "Network", "Group", "Centre", "Registered", "Active", "Panels opened", "Panels closed"]
RISKY = ("=", "+", "-", "@")


def harmless(text: str) -> str:
    """The text without control characters, and with an apostrophe before anything a spreadsheet would calculate.

    Full-width twins and leading invisible signs count too (OWASP ASVS 5.0, 1.2.10).
    """
    visible = "".join(sign for sign in text if unicodedata.category(sign)[0] != "C")
    start = unicodedata.normalize("NFKC", visible).lstrip()
    return f"'{visible}" if start.startswith(RISKY) else visible


def month_as_csv(rows: Iterable[MonthlyKpi]) -> bytes:
    """UTF-8 with a byte-order mark, comma-separated, everything quoted."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(HEADER)
    for row in rows:
        names = [row.network.name, str(row.group or ""), str(row.centre or "")]
        figures = [row.registered, row.active, row.panels_opened, row.panels_closed]
        writer.writerow([f"{row.month:%Y-%m}", *map(harmless, names), *figures])
    return out.getvalue().encode("utf-8-sig")
