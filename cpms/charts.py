"""Charts drawn on the server as plain SVG, without script and without style attributes.

The picture is for the eye; its figures stand in a table, which a screen reader and the printer get too. Loaded into every
template beside ``cpms.ui``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import template

register = template.Library()

TOP, HEIGHT = 16, 168
"""Where the picture of a line chart begins, and how high it is, in pixels; its width is that of the page."""
APART = 16
MOST_TICKS = 4


def scaled(value: float, lowest: float, highest: float, start: float, end: float) -> float:
    """Where a value lies between two edges of a picture."""
    return start + (value - lowest) / ((highest - lowest) or 1) * (end - start)


def steps_to(top: float) -> list[int]:
    """Round numbers from nought to at least ``top``."""
    rounds = (lead * 10**power for power in range(12) for lead in (1, 2, 5))
    step = next(one for one in rounds if one * MOST_TICKS >= top)
    return list(range(0, step * (max(1, -(-int(top + 0.999) // step)) + 1), step))


@dataclass(frozen=True)
class Line:
    """One figure at each moment; ``end`` is what stands beside its last point."""

    name: str
    end: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Drawn:
    """A line ready for an SVG: ``points`` in a square of 100, the label's height in pixels."""

    points: str
    label: str
    at: float


@dataclass(frozen=True)
class Over:
    """Lines over time. ``moments`` are (place on the axis, name) from the earliest on; ``finding`` is the heading."""

    finding: str
    about: str
    moments: tuple[tuple[float, str], ...]
    lines: tuple[Line, ...]

    @property
    def first(self) -> str:
        return self.moments[0][1]

    @property
    def last(self) -> str:
        return self.moments[-1][1]

    @property
    def measures(self) -> list[str]:
        return [line.name for line in self.lines]

    @property
    def steps(self) -> list[int]:
        return steps_to(max(max(line.values) for line in self.lines))

    @property
    def grid(self) -> list[tuple[float, float, int]]:
        """Each round number: the height of its rule, of its foot, and the number."""
        heights = [(scaled(step, 0, self.steps[-1], TOP + HEIGHT, TOP), step) for step in self.steps]
        return [(round(height, 1), round(height + 4, 1), step) for height, step in heights]

    @property
    def drawn(self) -> list[Drawn]:
        times, top = [at for at, _name in self.moments], self.steps[-1]
        across = [round(scaled(at, times[0], times[-1], 0, 100), 1) for at in times]
        feet = apart([scaled(line.values[-1], 0, top, TOP + HEIGHT, TOP) + 4 for line in self.lines])
        found = []
        for line, foot in zip(self.lines, feet, strict=True):
            up = [round(scaled(value, 0, top, 100, 0), 1) for value in line.values]
            points = " ".join(f"{x},{y}" for x, y in zip(across, up, strict=True))
            found.append(Drawn(points, line.end, round(foot, 1)))
        return found

    @property
    def rows(self) -> list[tuple[str, list[float]]]:
        """The table, the latest first."""
        each = [(name, [line.values[n] for line in self.lines]) for n, (_at, name) in enumerate(self.moments)]
        return each[::-1]


def apart(feet: list[float]) -> list[float]:
    """The heights of labels, moved so far that none covers another."""
    found, free = list(feet), float(TOP + HEIGHT + 4)
    for number in sorted(range(len(feet)), key=lambda n: -feet[n]):
        found[number] = min(feet[number], free)
        free = found[number] - APART
    return found


@dataclass(frozen=True)
class Cell:
    """``shown`` is the value in words where the number alone is not enough, ``share`` a part of the whole, ``since`` says of which
    part of the time it is."""

    value: float | None
    shown: str
    share: str = ""
    since: str = ""


@dataclass(frozen=True)
class Bars:
    """A table whose cells are drawn: ``rows`` of a name and one cell for each of the ``measures``, on one scale."""

    finding: str
    about: str
    of: str
    measures: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]

    @property
    def drawn(self) -> list[tuple[str, list[tuple[str, Cell, float]]]]:
        """Each row with its cells: the measure, the cell, and the bar's length of 100."""
        top = max((cell.value or 0 for _name, cells in self.rows for cell in cells), default=0)
        return [
            (name, [(m, cell, round(scaled(cell.value or 0, 0, top, 0, 100), 1)) for m, cell in self.pairs(cells)])
            for name, cells in self.rows
        ]

    def pairs(self, cells: Iterable[Cell]) -> list[tuple[str, Cell]]:
        return list(zip(self.measures, cells, strict=True))


@register.inclusion_tag("components/chart.html")
def chart(one: Over | Bars, key: str) -> dict[str, Any]:
    """A sheet with the finding as its heading, the picture and the table; ``key`` tells the charts of a page apart."""
    return {"chart": one, "key": key, "over": isinstance(one, Over)}
