"""A case as it is read: its parts in few queries, its results beside a range, a conversion and a question where one is due."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import prefetch_related_objects

from cpms.terminology import catalogue
from cpms.terminology.catalogue import Analyte
from panels.cases.ages import Birth, Moment, ages, moment_of
from panels.cases.models import Case, LabAlias, LabResult, name_token, plain
from panels.cases.states import Flag, RangeSource

PARTS = ("diagnoses", "findings", "labs", "variants", "treatments", "imports")
DIGITS = 4  # of a converted value
WIDTH, HEIGHT, MARGIN = 240, 64, 6  # of a chart


def case_parts(case: Case) -> Case:
    """The same case with all its parts fetched, one query per kind, and ``results``: its laboratory rows ready to be read."""
    prefetch_related_objects([case], *PARTS)
    for name in PARTS:
        for part in getattr(case, name).all():
            part.key = case.key  # one and the same key: unwrapped once
    case.results = results_of(case)
    return case


OUTLINE = (
    ("summary", "Summary"),
    ("diagnoses", "Diagnosis"),
    ("findings", "Findings"),
    ("labs", "Laboratory"),
    ("variants", "Genetics"),
    ("treatments", "Treatment"),
)


@dataclass(frozen=True)
class Outline:
    """Each part of a case with how much it holds; ``filled`` of ``total`` hold something."""

    parts: tuple[tuple[str, str, int], ...]

    @property
    def filled(self) -> int:
        return sum(count > 0 for _, _, count in self.parts)

    @property
    def total(self) -> int:
        return len(self.parts)


def outline(case: Case) -> Outline:
    """``case`` with its parts fetched."""
    counts = {name: len(getattr(case, name).all()) for name, _ in OUTLINE[1:]} | {"summary": int(bool(case.summary))}
    return Outline(tuple((name, words, counts[name]) for name, words in OUTLINE))


def names_at(*, by: Any) -> Callable[[str], Analyte | None]:
    """The catalogue's names, and those that people of the person's centre matched with an analyte before."""
    known = dict(LabAlias.objects.filter(centre=by.centre_id).values_list("token", "analyte"))
    return lambda text: catalogue.named(text) or catalogue.analytes().get(known.get(name_token(text), ""))


@dataclass(frozen=True)
class Result:
    """One laboratory value as the page shows it. ``whose`` says whose range is shown."""

    lab: LabResult
    analyte: Analyte | None = None
    unit: str = ""
    moment: Moment | None = None
    interval: catalogue.Interval | None = None
    conditional: tuple[catalogue.Interval, ...] = ()
    low: Decimal | None = None
    high: Decimal | None = None
    whose: RangeSource = RangeSource.NONE
    likelier_unit: str = ""
    implausible: bool = False

    @property
    def label(self) -> str:
        return self.lab.label

    @property
    def spoken_unit(self) -> str:
        return spoken(self.lab.unit)

    @property
    def by_condition(self) -> list[tuple[str, str]]:
        """Default ranges that hold only at a time of day, in a posture and the like: shown, never flagged against."""
        if self.analyte is None:
            return []
        words = [(one.condition, range_words(*limits(self.analyte, one, self.unit))) for one in self.conditional]
        return [(condition, text) for condition, text in words if text]

    @cached_property
    def flag(self) -> Flag:
        """Never for a value that is questioned against a default range: the unit may be wrong."""
        if self.whose == RangeSource.GROUP and self.implausible:
            return Flag.NONE
        return flag_of(self.lab.value, self.lab.comparator, self.low, self.high)

    @property
    def range_text(self) -> str:
        return range_words(self.low, self.high)

    @property
    def converted(self) -> str:
        """The value in the other usual unit, with that unit; empty where there is no honest way or a doubt about the unit."""
        analyte, value = self.analyte, self.lab.value
        if analyte is None or value is None or self.implausible or not self.unit:
            return ""
        goals = [analyte.unit] if self.unit != analyte.unit else analyte.units[1:]
        for goal in goals:
            other = catalogue.in_unit(analyte, value, self.unit, goal)
            if other is not None and other != value:
                return f"{self.lab.comparator} {plain(rounded(other))} {spoken(goal)}".strip()
        return ""

    @property
    def question(self) -> str:
        """What to ask the person who entered it; nothing is changed by asking."""
        if not self.implausible or self.analyte is None:
            return ""
        limits = f"{plain(self.analyte.lowest)} to {plain(self.analyte.highest)} {spoken(self.analyte.unit)}"
        asked = f"{self.lab.value_text} {spoken(self.lab.unit)} is outside what is possible ({limits})."
        return f"{asked} Is the unit {spoken(self.likelier_unit)}?" if self.likelier_unit else f"{asked} Is it right?"


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
        return [(row, plain(value if value == row.lab.value else rounded(value))) for row, value in self.points]

    @cached_property
    def chart(self) -> Chart:
        return chart_of(self)


@dataclass(frozen=True)
class Chart:
    """Whole numbers ready for an SVG of ``WIDTH`` by ``HEIGHT``: the line's points, each point, and the range's band."""

    line: str
    dots: tuple[tuple[int, int], ...]
    band: tuple[int, int] | None  # top and height


@dataclass
class Results:
    """All results of a case. Those outside their range, and those in question, come first."""

    rows: list[Result] = field(default_factory=list)

    @property
    def outside(self) -> list[Result]:
        return [row for row in self.rows if row.question or row.flag in {Flag.LOW, Flag.HIGH}]

    @property
    def rest(self) -> list[Result]:
        outside = self.outside
        return [row for row in self.rows if row not in outside]

    @property
    def defaults(self) -> list[catalogue.Interval]:
        """The default ranges in use, each once, for their sources."""
        used = [one for row in self.rows for one in ((row.interval,) if row.interval else row.conditional)]
        return list({(one.source, one.address): one for one in used}.values())

    @cached_property
    def trends(self) -> list[Trend]:
        by_name: dict[str, list[Result]] = {}
        for row in self.rows:
            if row.moment and row.lab.value is not None and not row.implausible:
                by_name.setdefault(row.analyte.key if row.analyte else row.label.casefold(), []).append(row)
        return [trend for rows in by_name.values() if (trend := trend_of(rows))]


def results_of(case: Case) -> Results:
    birth, made = Birth(case.patient.birth_year, case.patient.birth_month), case.made_at.date().toordinal()
    at_entry = moment_of(case.age_at_entry) or Moment(made, made, is_age=False)
    return Results([result_of(lab, case.patient.sex, birth, at_entry) for lab in case.labs.all()])


def result_of(lab: LabResult, sex: str, birth: Birth, at_entry: Moment) -> Result:
    """The laboratory's own range, or else the default for sex and age when the value was taken, or else none."""
    analyte = catalogue.coded(lab.code) or catalogue.named(lab.label)
    unit, moment = catalogue.read_unit(analyte, lab.unit), moment_of(lab.taken)
    own = RangeSource.NONE if lab.low is None and lab.high is None else RangeSource.LABORATORY
    read = Result(lab, analyte, unit, moment, low=lab.low, high=lab.high, whose=own)
    if analyte is None or not unit:
        return read
    if lab.value is not None and catalogue.is_plausible(analyte, lab.value, unit) is False:
        read = replace(read, implausible=True, likelier_unit=catalogue.likelier_unit(analyte, lab.value, unit))
    when = ages(moment, birth) or (None if lab.taken else ages(at_entry, birth))
    return with_default(read, analyte, catalogue.intervals_for(analyte, sex, when)) if when and not own else read


def with_default(read: Result, analyte: Analyte, found: tuple[catalogue.Interval, ...]) -> Result:
    """The one default that holds in any case; what holds under a condition is kept to be shown beside."""
    if len(found) != 1 or found[0].condition:
        return replace(read, conditional=found)
    low, high = limits(analyte, found[0], read.unit)
    if low is None and high is None:
        return read
    return replace(read, interval=found[0], low=low, high=high, whose=RangeSource.GROUP)


def limits(analyte: Analyte, interval: catalogue.Interval, unit: str) -> tuple[Decimal | None, Decimal | None]:
    """The interval's bounds in the unit of the value."""
    low, high = (
        None if bound is None else catalogue.in_unit(analyte, bound, interval.unit, unit)
        for bound in (interval.low, interval.high)
    )
    if interval.unit == unit:
        return low, high
    return (None if low is None else rounded(low), None if high is None else rounded(high))


def flag_of(value: Decimal | None, comparator: str, low: Decimal | None, high: Decimal | None) -> Flag:
    """Low or high; "<" and ">" count only when they decide it."""
    if value is None or (low is None and high is None):
        return Flag.NONE
    if low is not None and value < low and ">" not in comparator:
        return Flag.LOW
    if high is not None and value > high and "<" not in comparator:
        return Flag.HIGH
    return Flag.INSIDE if not comparator else Flag.NONE


def range_words(low: Decimal | None, high: Decimal | None) -> str:
    if low is not None and high is not None:
        return f"{plain(low)}–{plain(high)}"
    return f"≥ {plain(low)}" if low is not None else f"≤ {plain(high)}" if high is not None else ""


def rounded(value: Decimal) -> Decimal:
    """To four significant digits: more would say the conversion is finer than the measurement."""
    return value if not value else round(value, DIGITS - 1 - value.adjusted())


def spoken(unit: str) -> str:
    """A UCUM code as people write it: ``m[IU]/L`` is mIU/L, ``ug`` µg."""
    for code, words in (("[IU]", "IU"), ("[arb'U]", "RU"), ("(24.h)", "24 h"), ("{ratio}", "")):
        unit = unit.replace(code, words)
    return "/".join(f"µ{part[1:]}" if part[:2] in {"ug", "um", "uI", "uk", "uL"} else part for part in unit.split("/"))


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
    start, span = times[0], max(times[-1] - times[0], 1)

    def height(value: Decimal) -> int:
        share = (value - lowest) / ((highest - lowest) or 1)
        return HEIGHT - MARGIN - round(float(share) * (HEIGHT - 2 * MARGIN))

    across = [MARGIN + round((time - start) / span * (WIDTH - 2 * MARGIN)) for time in times]
    dots = tuple((x, height(value)) for x, value in zip(across, values, strict=True))
    top = height(trend.high) if trend.high is not None else 0
    bottom = height(trend.low) if trend.low is not None else HEIGHT
    return Chart(" ".join(f"{x},{y}" for x, y in dots), dots, (top, bottom - top) if bounds else None)
