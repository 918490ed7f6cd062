"""No hidden cell follows from the shown ones and their totals; asked of random tables by a solver of its own."""

from __future__ import annotations

import os
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.queries.small_cells import ALL, LEAST, TOTAL, Adds, kept_back, protect_table

ROUNDS = int(os.environ.get("CPMS_TABLES", "200"))
COUNT = st.sampled_from([0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 9, 30])


def rank(rows):
    """The rank of a matrix, by plain elimination."""
    rows, found = [list(row) for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((n for n in range(found, len(rows)) if rows[n][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for n in range(found + 1, len(rows)):
            times = Fraction(rows[n][column], 1) / rows[found][column]
            rows[n] = [a - times * b for a, b in zip(rows[n], rows[found], strict=True)]
        found += 1
    return found


def given_away(sums, hidden):
    """The hidden cells whose value all sums and all shown cells leave no choice: their unit vector adds nothing to the rank."""
    cells = sorted(hidden)
    matrix = [[Fraction((c in one.parts) - (c == one.whole)) for c in cells] for one in sums] or [[Fraction(0)]]
    before = rank(matrix)
    return {c for c in cells if rank([*matrix, [Fraction(c == other) for other in cells]]) == before}


@st.composite
def places(draw):
    """A network with countries and their hospitals, and with groups; some panels have no group."""
    cells, sums, whole = {}, [], ("network", 0, 0)
    countries = []
    for n in range(draw(st.integers(1, 4))):
        homes = [("centre", n, m) for m in range(draw(st.integers(1, 4)))]
        cells |= {home: draw(COUNT) for home in homes}
        country = ("country", n, 0)
        cells[country] = sum(cells[home] for home in homes)
        countries.append(country)
        sums.append(Adds(country, homes))
    cells[whole] = sum(cells[country] for country in countries)
    sums.append(Adds(whole, countries))
    groups, left = [("group", n, 0) for n in range(draw(st.integers(0, 4)))], cells[whole]
    for group in groups:
        cells[group] = draw(st.integers(0, left))
        left -= cells[group]
    if groups:
        cells[groups[-1]] += left
        sums.append(Adds(whole, groups))
    return cells, sums, whole


@given(places())
@settings(max_examples=ROUNDS, deadline=None)
def test_no_place_follows_from_the_others(table):
    cells, sums, whole = table
    hidden = kept_back(cells, sums, broad=[whole])
    assert {cell for cell, count in cells.items() if 0 < count < LEAST} - {whole} <= hidden
    assert given_away(sums, hidden) == set(), (cells, hidden)
    if whole not in hidden:
        for one in sums:
            dark = [cells[cell] for cell in one.parts if cell in hidden]
            assert one.whole in hidden or not dark or sum(dark) >= LEAST or len(dark) == len(one.parts)


@given(st.integers(1, 5).flatmap(lambda n: st.lists(st.lists(COUNT, min_size=n, max_size=n), min_size=1, max_size=6)))
@settings(max_examples=ROUNDS, deadline=None)
def test_no_cell_of_a_table_follows_from_its_rows_and_columns(counts):
    columns = [f"c{n}" for n in range(len(counts[0]))]
    rows = {f"r{n}": dict(zip(columns, row, strict=True)) for n, row in enumerate(counts)}
    shown = protect_table(rows)
    sums = [Adds((r, TOTAL), [(r, c) for c in columns]) for r in (*rows, ALL)]
    sums += [Adds((ALL, c), [(r, c) for r in rows]) for c in (*columns, TOTAL)]
    hidden = {(r, c) for r, row in shown.items() for c, value in row.items() if value is None}
    assert not any(0 < value < LEAST for row in shown.values() for value in row.values() if value is not None)
    assert given_away(sums, hidden) == set(), (rows, shown)


def test_two_pairs_that_only_a_bridge_joins_do_not_give_the_bridge():
    rows = {
        "a": {"x": 1, "y": 4, "z": 20, "w": 20},
        "b": {"x": 4, "y": 1, "z": 3, "w": 20},
        "c": {"x": 20, "y": 20, "z": 1, "w": 4},
        "d": {"x": 20, "y": 20, "z": 4, "w": 1},
    }
    shown = protect_table(rows)
    hidden = {(r, c) for r, row in shown.items() for c, value in row.items() if value is None}
    assert ("b", "z") in hidden
    sums = [Adds((r, TOTAL), [(r, c) for c in "xyzw"]) for r in (*rows, ALL)]
    sums += [Adds((ALL, c), [(r, c) for r in rows]) for c in (*"xyzw", TOTAL)]
    assert given_away(sums, hidden) == set()


def test_a_small_network_is_told_and_all_its_parts_are_hidden():
    cells = {"all": 3, "FI": 2, "SE": 1, "NL": 0}
    hidden = kept_back(cells, [Adds("all", ["FI", "SE", "NL"])], broad=["all"])
    assert hidden == {"FI", "SE", "NL"}
    assert kept_back({"all": 3, "FI": 3}, [Adds("all", ["FI"])], broad=["all"]) == {"all", "FI"}
