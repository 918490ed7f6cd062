"""A cumulative laboratory report: several days in columns, and what was measured today."""

from __future__ import annotations

from decimal import Decimal

from cpms.terminology import catalogue
from panels.cases.importers.lab_table import read_text


def test_the_newest_value_is_read_beside_columns_of_earlier_days():
    text = "Parameter\tWert\tEinheit\tReferenz\t01.09.2026\nCalcium\t2,40\tmmol/l\t2,20-2,65\t2,10\nNatrium\t\tmmol/l\t\t131"
    lines = read_text(text, catalogue.named, day="2026-10-06")
    found = [(line.name, line.reading.value, line.reading.taken) for line in lines]
    assert found == [
        ("Calcium", Decimal("2.40"), "2026-10-06"),
        ("Calcium", Decimal("2.10"), "2026-09-01"),
        ("Natrium", Decimal(131), "2026-09-01"),
    ]
