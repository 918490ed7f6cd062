"""Figures about few people are not shown, nor can they be worked out from those that are.

``kept_back`` decides it for every table of the house: the report on effects, the surveys, the monthly figures.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from fractions import Fraction
from typing import Generic, NamedTuple, TypeVar

LEAST = 5
"""A figure of one to four is hidden. Nought is shown, but not where the few of a row would all have said the same."""
ALL, TOTAL = "all", "total"
Part = TypeVar("Part", bound=Hashable)


class Adds(NamedTuple, Generic[Part]):
    """``whole`` is the sum of ``parts``, and every reader knows that."""

    whole: Part
    parts: Sequence[Part]


def kept_back(
    cells: Mapping[Part, int],
    sums: Sequence[Adds[Part]],
    *,
    also: Collection[Part] = (),
    broad: Collection[Part] = (),
    first: Collection[Part] = (),
) -> set[Part]:
    """Which cells of a table are not shown: the one place where this is decided.

    Hidden is what is small (one to four) and what is in ``also``. Then more is hidden, the smallest that is left, until in
    every sum none or at least two of its cells are hidden, and the hidden parts of a whole that is shown come to five or
    more. Where a cell is part of two sums, all sums are solved together besides, until none gives a hidden cell. What is
    ``broad`` says nothing of a few even where it is small, and is hidden only where its one part would follow from it; what is
    in ``first`` is hidden before the rest, and a nought after it.
    """
    hidden = {cell for cell, count in cells.items() if 0 < count < LEAST or cell in also}.difference(broad)

    def rank(cell: Part) -> tuple[bool, bool, int]:
        return cells[cell] == 0, cell not in first, cells[cell]

    def hide_one_of(one: Adds[Part]) -> bool:
        shown = sorted((cell for cell in one.parts if cell not in hidden), key=rank)
        alone = len(one.parts) < 2
        if one.whole not in hidden and not (shown and cells[shown[0]]) and (alone or one.whole not in broad):
            shown.insert(len(shown) if one.whole in broad else 0, one.whole)
        hidden.update(shown[:1])
        return bool(shown)

    parts = [cell for one in sums for cell in one.parts]
    crossing = len(parts) > len(set(parts))
    while True:
        more = [hide_one_of(one) for one in sums if gives_away(one, cells, hidden)]
        if not any(more) and crossing:
            solved = worked_out(sums, hidden)
            more = [hide_one_of(one) for one in sums if solved.intersection((one.whole, *one.parts))]
        if not any(more):
            return hidden


def gives_away(one: Adds[Part], cells: Mapping[Part, int], hidden: Collection[Part]) -> bool:
    """Whether a sum alone gives a hidden cell of it, or says of its hidden parts that they are fewer than five."""
    dark = [cell for cell in one.parts if cell in hidden]
    if one.whole in hidden:
        return not dark
    return bool(dark) and (len(dark) < 2 or sum(cells[cell] for cell in dark) < LEAST)


def worked_out(sums: Sequence[Adds[Part]], hidden: Collection[Part]) -> set[Part]:
    """The hidden cells that the sums together give: those that stand alone when the equations are solved."""
    rows: dict[Part, dict[Part, Fraction]] = {}
    for one in sums:
        row = {cell: Fraction(1) for cell in one.parts if cell in hidden}
        row |= {one.whole: Fraction(-1)} if one.whole in hidden else {}
        for pivot in [cell for cell in row if cell in rows]:
            take(row, rows[pivot], pivot)
        if row:
            pivot, by = next(iter(row.items()))
            row = {cell: value / by for cell, value in row.items()}
            for other in rows.values():
                take(other, row, pivot)
            rows[pivot] = row
    return {pivot for pivot, row in rows.items() if len(row) == 1}


def take(row: dict[Part, Fraction], other: Mapping[Part, Fraction], pivot: Part) -> None:
    """Take so much of the other row away that the pivot is gone."""
    times = row.get(pivot, Fraction(0))
    for cell, value in other.items() if times else ():
        row[cell] = row.get(cell, Fraction(0)) - times * value
        if not row[cell]:
            del row[cell]


def protect(counts: Mapping[str, int]) -> dict[str, int | None]:
    """One row of counts with its total, which the reader sees: hidden ones are ``None``."""
    table = protect_table({"row": counts})
    return {name: table["row"][name] for name in (*counts, TOTAL)}


def protect_table(rows: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int | None]]:
    """The rows with a column ``total`` and a row ``all``; hidden counts are ``None``. A row of few is hidden as a whole."""
    columns = list(next(iter(rows.values()), {}))
    cells = {(row, name): counts[name] for row, counts in rows.items() for name in columns}
    cells |= {(row, TOTAL): sum(counts.values()) for row, counts in rows.items()}
    cells |= {(ALL, name): sum(cells[row, name] for row in rows) for name in (*columns, TOTAL)}
    sums = [Adds((row, TOTAL), [(row, name) for name in columns]) for row in (*rows, ALL)]
    sums += [Adds((ALL, name), [(row, name) for row in rows]) for name in (*columns, TOTAL)]
    few = {row for row in (*rows, ALL) if 0 < cells[row, TOTAL] < LEAST}
    hidden = kept_back(cells, sums, also={cell for cell in cells if cell[0] in few})
    return {
        row: {name: None if (row, name) in hidden else cells[row, name] for name in (*columns, TOTAL)}
        for row in (*rows, ALL)
    }
