"""Laboratory results beside a range, a conversion and a question where one is due."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property

from cpms import clock
from cpms.terminology import catalogue
from cpms.terminology.catalogue import Analyte
from panels.cases.ages import Birth, Moment, ages, moment_of
from panels.cases.models import Case, LabResult, plain
from panels.cases.queries.ranges import OwnRanges, ranges_of
from panels.cases.queries.trends import Trend, trend_of
from panels.cases.queries.words import converted_words, flag_of, name_and_material, range_words, rounded, spoken
from panels.cases.states import Flag, RangeSource


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
    doubt: str = ""
    likelier_unit: str = ""
    implausible: bool = False

    @cached_property
    def label(self) -> str:
        """What the test is called: by the catalogue, where the file has LOINC's long name or a code alone; else as it was written."""
        called, written = name_and_material(self.lab.label)[0], self.lab.label
        return self.analyte.name if self.analyte and (called != written or written == self.lab.code) else called

    @cached_property
    def material(self) -> str:
        """What it was measured in, as far as the long name says so and the name that is shown does not."""
        material = name_and_material(self.lab.label)[1]
        return "" if material in self.label.casefold() else material

    @property
    def name(self) -> str:
        """By which results of one analyte are told from others."""
        return self.analyte.key if self.analyte else self.label.casefold()

    @property
    def spoken_unit(self) -> str:
        return spoken(self.lab.unit)

    @property
    def by_condition(self) -> list[tuple[str, str]]:
        """Ranges of the group, or defaults, that hold only at a time of day, in a posture and the like: shown, never flagged against."""
        if self.analyte is None:
            return []
        words = [(one, range_words(*limits(self.analyte, one, self.unit))) for one in self.conditional]
        return [(one.condition, f"{text} ({one.confirmed or 'default'})") for one, text in words if text]

    @property
    def whose_range(self) -> str:
        """In a few words beside the range; empty where there is none."""
        if self.interval is not None:
            return self.interval.confirmed or "default"
        return "laboratory’s own" if self.whose == RangeSource.LABORATORY else ""

    @cached_property
    def flag(self) -> Flag:
        """Never for a value that is questioned, but against the laboratory's own range: the unit may be wrong."""
        if self.interval is not None and self.implausible:
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
                return f"{self.lab.comparator} {converted_words(other, of=value)} {spoken(goal)}".strip()
        return ""

    @property
    def question(self) -> str:
        """What to ask the person who entered it; nothing is changed by asking."""
        if not self.doubt:
            return ""
        return (
            f"{self.doubt} Is the unit {spoken(self.likelier_unit)}?"
            if self.likelier_unit
            else f"{self.doubt} Is it right?"
        )


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
    def intervals(self) -> list[catalogue.Interval]:
        """The ranges in use that no laboratory gave, each once, for their sources: those of the group first."""
        used = [one for row in self.rows for one in (*([row.interval] if row.interval else []), *row.conditional)]
        return cited(used)

    @cached_property
    def trends(self) -> list[Trend]:
        by_name: dict[str, list[Result]] = {}
        for row in self.rows:
            if row.moment and row.lab.value is not None and not row.implausible:
                by_name.setdefault(row.name, []).append(row)
        return [trend for rows in by_name.values() if (trend := trend_of(rows))]


def cited(intervals: Iterable[catalogue.Interval]) -> list[catalogue.Interval]:
    """One for each source, the groups' own first."""
    once = {(one.confirmed, one.source, one.address): one for one in intervals}
    return sorted(once.values(), key=lambda one: not one.confirmed)


def entry_of(case: Case) -> Moment:
    """The age that a file gave, while it can be right, or else the day the case was entered."""
    made = case.made_at.date().toordinal()
    return case.file_age or Moment(made, made, is_age=False)


def entry_words(case: Case) -> str:
    """The moment of entry as a result's own words say it: what holds for results of the case that name no moment."""
    return case.age_at_entry if case.file_age else case.made_at.date().isoformat()


def taken_now(case: Case) -> str:
    """When a result was taken that is entered now and says nothing of it: today, or nothing on the day the case was entered."""
    today = clock.today()
    return "" if case.made_at.date() == today and case.copied_from_id is None else today.isoformat()


def results_of(case: Case) -> Results:
    birth, at_entry, labs = case.birth, entry_of(case), case.labs.all()
    own = ranges_of(case) if labs else None
    return Results(in_time([result_of(lab, case.patient.sex, birth, at_entry, own=own) for lab in labs], birth))


def in_time(rows: list[Result], birth: Birth) -> list[Result]:
    """Results of one analyte together where the first of them stood: the earliest first, one without a time last."""
    places: dict[str, int] = {}
    for row in rows:
        places.setdefault(row.name, len(places))

    def place(row: Result) -> tuple[int, bool, bool, float]:
        age = ages(row.moment, birth)
        time = sum(age) / 2 if age else row.moment.middle if row.moment else 0.0
        return places[row.name], row.moment is None, age is None, time

    return sorted(rows, key=place)


def result_of(lab: LabResult, sex: str, birth: Birth, at_entry: Moment, *, own: OwnRanges | None = None) -> Result:
    """The laboratory's own range, or else the group's for sex and age on the day of the sample, or else the default, or none."""
    analyte = catalogue.coded(lab.code) or catalogue.named(lab.label)
    unit, moment = catalogue.read_unit(analyte, lab.unit), moment_of(lab.taken)
    given = RangeSource.NONE if lab.low is None and lab.high is None else RangeSource.LABORATORY
    read = Result(lab, analyte, unit, moment, low=lab.low, high=lab.high, whose=given)
    if analyte is None:
        return read
    read = questioned(read, analyte)
    when = ages(moment, birth) or (None if lab.taken else ages(at_entry, birth))
    if not unit or given or not when:
        return read
    ranged = own.over(analyte, sex, moment) if own else analyte
    return with_interval(read, analyte, catalogue.intervals_for(ranged, sex, when))


def questioned(read: Result, analyte: Analyte) -> Result:
    """The result with what is doubtful about its unit: none given, none that can be read, one of another kind, or one in
    which the value is not possible.
    """
    lab, unit = read.lab, read.unit
    possible = None if lab.value is None else catalogue.is_plausible(analyte, lab.value, unit)
    needless = not lab.unit and not spoken(analyte.unit)  # a ratio
    if lab.value is None or possible or needless:
        return read
    if possible is False:
        doubt = f"{lab.value_text} {spoken(lab.unit)} is outside what is possible ({possible_words(analyte, unit)})."
    elif unit:
        doubt = f"{analyte.name} is not measured in {spoken(lab.unit)}."
    else:
        doubt = f"The unit “{lab.unit}” cannot be read with certainty." if lab.unit else "No unit is given."
    likelier = catalogue.likelier_unit(analyte, lab.value, unit)
    return replace(read, doubt=doubt, likelier_unit=likelier, implausible=possible is False)


def possible_words(analyte: Analyte, unit: str) -> str:
    """The possible values in the unit of the value, and in the usual one where that is another."""
    usual = f"{plain(analyte.lowest)} to {plain(analyte.highest)} {spoken(analyte.unit)}"
    low, high = (catalogue.in_unit(analyte, bound, analyte.unit, unit) for bound in (analyte.lowest, analyte.highest))
    if unit == analyte.unit or low is None or high is None:
        return usual
    return f"{plain(rounded(low, 3))} to {plain(rounded(high, 3))} {spoken(unit)}, that is {usual}"


def with_interval(read: Result, analyte: Analyte, found: tuple[catalogue.Interval, ...]) -> Result:
    """The one interval that holds in any case; what holds under a condition is kept to be shown beside, never flagged against."""
    usual = [one for one in found if not one.condition]
    if len(usual) != 1:
        return replace(read, conditional=found)
    others = tuple(one for one in found if one.condition)
    low, high = limits(analyte, usual[0], read.unit)
    if low is None and high is None:
        return replace(read, conditional=others)
    whose = RangeSource.GROUP if usual[0].confirmed else RangeSource.DEFAULT
    return replace(read, interval=usual[0], conditional=others, low=low, high=high, whose=whose)


def limits(analyte: Analyte, interval: catalogue.Interval, unit: str) -> tuple[Decimal | None, Decimal | None]:
    """The interval's bounds in the unit of the value."""
    low, high = (
        None if bound is None else catalogue.in_unit(analyte, bound, interval.unit, unit)
        for bound in (interval.low, interval.high)
    )
    if interval.unit == unit:
        return low, high
    return (None if low is None else rounded(low), None if high is None else rounded(high))
