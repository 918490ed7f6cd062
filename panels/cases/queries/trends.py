"""One analyte over time: which values can stand in one line, and where each point of the picture lies."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from cpms.charts import scaled
from cpms.terminology import catalogue
from panels.cases.models import plain
from panels.cases.queries.words import converted_words, range_words, spoken

if TYPE_CHECKING:
    from panels.cases.queries.results import Result

WIDTH, HEIGHT, MARGIN = 240, 64, 6  # of a chart


@dataclass(frozen=True)
class Trend:
    """One analyte at several moments, earliest first; ``unit`` is that of the latest value, all others are converted."""

    name: str
    unit: str
    points: tuple[tuple[Result, Decimal], ...]
    low: Decimal | None = None
    high: Decimal | None = None

    @property
    def spoken_unit(self) -> str:
        return spoken(self.unit)

    @property
    def range_text(self) -> str:
        return range_words(self.low, self.high)

    @property
    def shown(self) -> list[tuple[Result, str]]:
        return [
            (row, plain(value) if row.lab.value in {None, value} else converted_words(value, of=row.lab.value))
            for row, value in self.points
        ]

    @cached_property
    def chart(self) -> Chart:
        return chart_of(self)


@dataclass(frozen=True)
class Chart:
    """Whole numbers ready for an SVG of ``WIDTH`` by ``HEIGHT``: the line's points, each point, and the range's band."""

    line: str
    dots: tuple[tuple[int, int], ...]
    band: tuple[int, int] | None  # top and height


def trend_of(rows: list[Result]) -> Trend | None:
    """Two or more values whose moments can be compared and whose units lead into one another; ``None`` otherwise."""
    latest = max(rows, key=lambda row: (row.moment is not None, row.moment.middle if row.moment else 0))
    points = []
    for row in rows:
        value = in_unit_of(latest, row)
        if row.moment and latest.moment and row.moment.is_age == latest.moment.is_age and value is not None:
            points.append((row, value))
    points.sort(key=lambda point: point[0].moment.middle if point[0].moment else 0)
    if len({point[0].moment for point in points}) < 2:
        return None
    return Trend(latest.label, latest.unit or latest.lab.unit, tuple(points), latest.low, latest.high)


def in_unit_of(latest: Result, row: Result) -> Decimal | None:
    if row.lab.unit == latest.lab.unit:
        return row.lab.value
    if row.analyte is None or row.lab.value is None or not row.unit or not latest.unit:
        return None
    return catalogue.in_unit(row.analyte, row.lab.value, row.unit, latest.unit)


def chart_of(trend: Trend) -> Chart:
    """Time to the right, values upwards; the range is a band behind the line where it lies inside the picture."""
    values = [value for _, value in trend.points]
    bounds = [bound for bound in (trend.low, trend.high) if bound is not None]
    lowest, highest = min([*values, *bounds]), max([*values, *bounds])
    times = [row.moment.middle if row.moment else 0 for row, _ in trend.points]

    def height(value: Decimal) -> int:
        return round(scaled(float(value), float(lowest), float(highest), HEIGHT - MARGIN, MARGIN))

    across = [round(scaled(time, times[0], times[-1], MARGIN, WIDTH - MARGIN)) for time in times]
    dots = tuple((x, height(value)) for x, value in zip(across, values, strict=True))
    top = height(trend.high) if trend.high is not None else 0
    bottom = height(trend.low) if trend.low is not None else HEIGHT
    return Chart(" ".join(f"{x},{y}" for x, y in dots), dots, (top, bottom - top) if bounds else None)
