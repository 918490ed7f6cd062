"""Figures as CSV. Every cell is quoted and made harmless: a spreadsheet must not read a name as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from cpms.sheets import harmless
from helpdesk.models import MonthlyKpi

HEADER = ["Month", "Network", "Group", "Centre", "Registered", "Active", "Panels opened", "Panels closed"]


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
