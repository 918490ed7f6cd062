"""Which default range holds at which age, beside a reading of the file of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpms.terminology import catalogue

FILE = Path(catalogue.__file__).with_name("reference") / "ranges.tsv"
HEAD, *LINES = (line.split("\t") for line in FILE.read_text(encoding="utf-8").splitlines())
ROWS = [row for row in (dict(zip(HEAD, line, strict=True)) for line in LINES) if row["source_quality"] in {"A", "B"}]
MONTH = 31  # days
STEPS = (-MONTH, -1, 0, 1, MONTH)


def expected(key: str, sex: str, youngest: int, oldest: int) -> list[tuple[str, ...]]:
    """Rows in which every age of the span lies; those under a condition only where none holds without."""
    ages = {youngest, oldest}
    fitting = [
        row
        for row in ROWS
        if row["analyte"] == key
        and row["sex"] in ("any", sex)
        and all(age in range(int(row["age_min_days"]), int(row["age_max_days"])) for age in ages)
    ]
    return sorted((row["condition"], row["low"], row["high"], row["unit"], row["source_url"]) for row in fitting)


def chosen(key: str, sex: str, youngest: int, oldest: int) -> list[tuple[str, ...]]:
    found = catalogue.intervals_for(catalogue.analytes()[key], sex, (youngest, oldest))
    bounds = [tuple("" if bound is None else str(bound) for bound in (one.low, one.high)) for one in found]
    return sorted((one.condition, *two, one.unit, one.address) for one, two in zip(found, bounds, strict=True))


def test_the_file_has_ranges_with_boundaries_for_both_sexes():
    assert len({row["analyte"] for row in ROWS}) > 30
    assert {row["sex"] for row in ROWS} == {"any", "female", "male"}


@pytest.mark.parametrize("sex", ["female", "male"])
@pytest.mark.parametrize("key", sorted(catalogue.analytes()))
def test_the_range_before_at_and_after_every_boundary_is_that_of_the_file(key, sex):
    own = [row for row in ROWS if row["analyte"] == key]
    edges = {int(row[name]) for row in own for name in ("age_min_days", "age_max_days")}
    for edge in edges:
        for age in {max(edge + step, 0) for step in STEPS}:
            assert chosen(key, sex, age, age) == expected(key, sex, age, age), age
        before = max(edge - 1, 0)
        assert chosen(key, sex, before, edge) == expected(key, sex, before, edge), f"across {edge}"
