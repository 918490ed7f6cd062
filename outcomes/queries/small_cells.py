"""Figures about few people are not shown, nor can they be worked out from those that are."""

from __future__ import annotations

from collections.abc import Mapping

LEAST = 5
"""A figure of one to four is hidden. Nought is shown, but not where the few of a row would all have said the same."""
ALL, TOTAL = "all", "total"
Cell = tuple[str, str]


def protect(counts: Mapping[str, int]) -> dict[str, int | None]:
    """One row of counts with its total, which the reader sees: hidden ones are ``None``."""
    table = protect_table({"row": counts})
    return {name: table["row"][name] for name in (*counts, TOTAL)}


def protect_table(rows: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int | None]]:
    """The rows with a column ``total`` and a row ``all``; hidden counts are ``None``.

    Hidden is what is small, and then the smallest of what is left in a row or column, until no difference from a
    total that is shown gives fewer than two hidden cells or fewer than five people.
    """
    columns = list(next(iter(rows.values()), {}))
    cells: dict[Cell, int] = {(row, name): counts[name] for row, counts in rows.items() for name in columns}
    cells |= {(row, TOTAL): sum(counts.values()) for row, counts in rows.items()}
    cells |= {(ALL, name): sum(cells[row, name] for row in rows) for name in (*columns, TOTAL)}
    small = {row for row in (*rows, ALL) if 0 < cells[row, TOTAL] < LEAST}
    hidden = {cell for cell, count in cells.items() if 0 < count < LEAST or cell[0] in small}
    lines = [([(row, name) for name in columns], (row, TOTAL)) for row in (*rows, ALL)]
    lines += [([(row, name) for row in rows], (ALL, name)) for name in (*columns, TOTAL)]
    while any([hide_one_more(parts, whole, cells, hidden) for parts, whole in lines]):  # noqa: C419 each line, each time
        pass
    return {
        row: {name: None if (row, name) in hidden else cells[row, name] for name in (*columns, TOTAL)}
        for row in (*rows, ALL)
    }


def hide_one_more(parts: list[Cell], whole: Cell, cells: Mapping[Cell, int], hidden: set[Cell]) -> bool:
    """Hide the smallest shown part when the hidden ones follow from the whole; whether one was hidden."""
    dark = [cell for cell in parts if cell in hidden]
    if not dark or whole in hidden or (len(dark) > 1 and sum(cells[cell] for cell in dark) >= LEAST):
        return False
    left = [cell for cell in parts if cell not in hidden and cells[cell]]
    hidden.add(min(left, key=lambda cell: cells[cell]) if left else whole)
    return True
