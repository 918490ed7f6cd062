"""Figures about few people are not shown, nor can they be worked out from those that are.

``kept_back`` decides it for every table of the house: the report on effects, the surveys, the monthly figures.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

LEAST = 5
"""A figure of one to four is hidden. Nought is shown, but not where the few of a row would all have said the same."""
ALL, TOTAL = "all", "total"
Part = TypeVar("Part", bound=Hashable)
PRIME = 2**61 - 1
"""Equations are solved in whole numbers modulo this, which is quick, and for sums of cells says the same as in fractions."""


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
    fixed: Collection[Part] = (),
    follows: Sequence[Adds[Part]] = (),
) -> set[Part]:
    """Which cells of a table are not shown: the one place where this is decided.

    Hidden is what is small (one to four) and what is in ``also``. Then more is hidden, the smallest that is left, until in
    every sum none or at least two of its cells are hidden, and the hidden parts of a whole that is shown come to five or
    more. Where a cell is part of two sums, all sums are solved together besides, until none gives a hidden cell. What is
    ``broad`` says nothing of a few even where it is small, and is hidden only where its one part would follow from it. About
    what is ``fixed`` nothing is decided any more: every reader has it, or knows that it is hidden where it is in ``also``.
    ``follows`` are sums that the others imply, so that they are looked at one by one only.
    """
    few = {cell for cell, count in cells.items() if 0 < count < LEAST}.difference(fixed)
    hidden = few.union(cell for cell in also if cell in cells).difference(broad)

    def hide_one_of(one: Adds[Part]) -> bool:
        cell = next_of(one, cells, [hidden, fixed], broad)
        hidden.update(cell)
        return bool(cell)

    parts = [cell for one in sums for cell in one.parts]
    crossing = len(parts) > len(set(parts))
    while True:
        more = [hide_one_of(one) for one in (*sums, *follows) if gives_away(one, cells, hidden)]
        if not any(more) and crossing and (known := worked_out(sums, hidden)):
            more = [hide_one_of(one) for one in sums if known.intersection((one.whole, *one.parts))]
            more.append(not any(more) and any(hide_one_of(one) for one in sums if hidden.intersection(one.parts)))
        if not any(more):
            return hidden


def next_of(
    one: Adds[Part], cells: Mapping[Part, int], settled: Sequence[Collection[Part]], broad: Collection[Part]
) -> list[Part]:
    """The cell of a sum that is hidden next, or none where all are ``settled``: the smallest part, a nought last."""

    def is_open(cell: Part) -> bool:
        return not any(cell in one for one in settled)

    shown = sorted(filter(is_open, one.parts), key=lambda cell: (cells[cell] == 0, cells[cell]))
    alone = len(one.parts) < 2
    if is_open(one.whole) and not (shown and cells[shown[0]]) and (alone or one.whole not in broad):
        shown.insert(len(shown) if one.whole in broad else 0, one.whole)
    return shown[:1]


def gives_away(one: Adds[Part], cells: Mapping[Part, int], hidden: Collection[Part]) -> bool:
    """Whether a sum alone gives a hidden cell of it, or says of its hidden parts that they are fewer than five."""
    dark = [cell for cell in one.parts if cell in hidden]
    if one.whole in hidden:
        return not dark
    return bool(dark) and (len(dark) < 2 or sum(cells[cell] for cell in dark) < LEAST)


Row = dict[Part, int]
"""Factors of an equation, modulo ``PRIME``."""


def worked_out(sums: Sequence[Adds[Part]], hidden: Collection[Part]) -> set[Part]:
    """The hidden cells that the sums together give: those that stand alone when the equations are solved.

    A sum with a cell that no other has says nothing of the rest: it is set aside and comes last, solved for that cell.
    """
    left: dict[int, Row[Part]] = {}
    for number, one in enumerate(sums):
        row = {cell: 1 for cell in one.parts if cell in hidden}
        row |= {one.whole: PRIME - 1} if one.whole in hidden else {}
        if row:
            left[number] = row
    aside = set_aside(left)
    return solved([*((next(iter(row)), row) for row in left.values()), *reversed(aside)])


def set_aside(left: dict[int, Row[Part]]) -> list[tuple[Part, Row[Part]]]:
    """Takes out of ``left``, one after the other, rows with a cell that stands in no other row; each with that cell."""
    places: dict[Part, set[int]] = {}
    for number, row in left.items():
        for cell in row:
            places.setdefault(cell, set()).add(number)
    aside, once = [], [cell for cell, numbers in places.items() if len(numbers) == 1]
    while once:
        cell = once.pop()
        if not places[cell]:
            continue
        row = left.pop(places[cell].pop())
        aside.append((cell, row))
        for other in row:
            if other != cell:
                places[other] = {number for number in places[other] if number in left}
                once += [other] if len(places[other]) == 1 else []
    return aside


def solved(given: Iterable[tuple[Part, Row[Part]]]) -> set[Part]:
    """What stands alone in a row when each of the other rows has been taken away from it as often as may be. Each comes with
    the cell that it is solved for, as long as that is still in it."""
    rows: dict[Part, Row[Part]] = {}
    found_in: dict[Part, set[Part]] = {}
    for wanted, one in given:
        row = dict(one)
        for pivot in [cell for cell in row if cell in rows]:
            take(row, rows[pivot], pivot)
        if not row:
            continue
        pivot = wanted if wanted in row else next(iter(row))
        by = pow(row[pivot], -1, PRIME)
        row = {cell: value * by % PRIME for cell, value in row.items()}
        for other in found_in.pop(pivot, ()):
            if pivot in rows[other]:
                take(rows[other], row, pivot)
                for cell in row:
                    found_in.setdefault(cell, set()).add(other)
        for cell in row:
            found_in.setdefault(cell, set()).add(pivot)
        rows[pivot] = row
    return {pivot for pivot, row in rows.items() if len(row) == 1}


def take(row: Row[Part], other: Mapping[Part, int], pivot: Part) -> None:
    """Take so much of the other row away that the pivot is gone."""
    times = row[pivot]
    for cell, value in other.items():
        left = (row.get(cell, 0) - times * value) % PRIME
        if left:
            row[cell] = left
        else:
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
