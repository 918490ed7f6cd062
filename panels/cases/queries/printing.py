"""A form on paper: its questions, and the ranges beside its laboratory tests, of adults and of children: its group's own, or defaults."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cpms.terminology import catalogue
from cpms.terminology.catalogue import Analyte, Interval
from panels.cases.ages import MONTH_DAYS, YEAR_DAYS
from panels.cases.models import CaseForm, LabResult
from panels.cases.queries.forms import analyte_of, parsed
from panels.cases.queries.ranges import OwnRanges
from panels.cases.queries.results import Result, limits, with_interval
from panels.cases.queries.words import range_words, spoken
from panels.cases.questionnaire import Item

GROWN_UP, CHILD_UNTIL = 30 * 365, 18 * 365
SEXES = (("female", "girls"), ("male", "boys"))


def printed(form: CaseForm) -> Iterator[tuple[Item, list[tuple[Item, str]]]]:
    """For the printed sheet: group by group, its questions but the laboratory tests, each with its unit in words."""
    for group in parsed(form.body).items:
        rows = [one for one in (group.items or (group,)) if not one.is_lab]
        yield group, [(one, spoken(one.units[0]) if one.units else "") for one in rows]


def printed_labs(form: CaseForm, own: OwnRanges) -> list[tuple[Item, str, list[Result | None]]]:
    """Each laboratory test of the form, its unit, and the default ranges of adult women and men where there are any."""
    rows: list[tuple[Item, str, list[Result | None]]] = []
    for item in parsed(form.body).questions():
        analyte = analyte_of(item) if item.is_lab else None
        if analyte:
            rows.append((item, spoken(analyte.unit), [adult_range(analyte, sex, own) for sex in ("female", "male")]))
        elif item.is_lab:
            rows.append((item, spoken(item.units[0]) if item.units else "", [None, None]))
    return rows


def adult_range(analyte: Analyte, sex: str, own: OwnRanges) -> Result | None:
    """The one interval that holds in any case, as a row to be shown; ``None`` when it depends on something."""
    found = catalogue.intervals_for(own.over(analyte, sex, None), sex, (GROWN_UP, GROWN_UP))
    empty = Result(LabResult(label=analyte.name), analyte, analyte.unit)
    shown = with_interval(empty, analyte, found)
    return shown if shown.interval else None


@dataclass(frozen=True)
class ChildRanges:
    """The default ranges of one test before the age of 18, those of girls and boys apart where they differ."""

    item: Item
    unit: str
    lines: tuple[tuple[str, str], ...]
    intervals: tuple[Interval, ...]


def printed_children(form: CaseForm, own: OwnRanges) -> list[ChildRanges]:
    """Each test of the form for which the catalogue has bands of age that hold in any case."""
    found = []
    for item in parsed(form.body).questions():
        analyte = analyte_of(item) if item.is_lab else None
        if analyte is None:
            continue
        bands = {words: child_bands(own.over(analyte, sex, None), sex) for sex, words in SEXES}
        if bands["girls"] == bands["boys"]:
            bands = {"girls and boys": bands["girls"]}
        lines = tuple((who, "; ".join(band_words(analyte, one) for one in rows)) for who, rows in bands.items() if rows)
        if lines:
            used = tuple(one for rows in bands.values() for one in rows)
            found.append(ChildRanges(item, spoken(analyte.unit), lines, used))
    return found


def child_bands(analyte: Analyte, sex: str) -> list[Interval]:
    """Youngest first; none that another one contradicts at the same age."""
    begun = sorted((one for one in analyte.intervals if one.age_from < CHILD_UNTIL), key=lambda one: one.age_from)
    return [one for one in begun if all(sole(analyte, sex, age) is one for age in turns(analyte, one))]


def turns(analyte: Analyte, band: Interval) -> list[int]:
    """The ages inside the band at which another range can begin, and its first and last day."""
    inside = [one.age_from for one in analyte.intervals if band.age_from < one.age_from < band.age_to]
    return [band.age_from, *inside, band.age_to - 1]


def sole(analyte: Analyte, sex: str, age: int) -> Interval | None:
    usual = [one for one in catalogue.intervals_for(analyte, sex, (age, age)) if not one.condition]
    return usual[0] if len(usual) == 1 else None


def band_words(analyte: Analyte, band: Interval) -> str:
    """``1–5 y 1.38–2.19``, in the test's usual unit; the group's own are marked."""
    words = f"{span_words(band.age_from, band.age_to)} {range_words(*limits(analyte, band, analyte.unit))}".strip()
    return f"{words} (group’s)" if band.confirmed else words


def span_words(first: int, last: int) -> str:
    """From an age in days up to another, which is not part of it."""
    if last > GROWN_UP:
        return f"from {' '.join(age_words(first))}" if first else "all ages"
    (start, unit), (end, other) = age_words(first, like=last), age_words(last)
    return f"{start}–{end} {other}" if unit == other else f"{start} {unit}–{end} {other}"


def age_words(days: int, *, like: int | None = None) -> tuple[str, str]:
    """A number and its unit, days, months or years; nought has the unit of the end of its span."""
    by = days or like or 0
    years = round(by / YEAR_DAYS)
    if by < 91:
        return str(days), "d"
    if years and (by >= 730 or abs(by / YEAR_DAYS - years) < 0.02):
        return str(round(days / YEAR_DAYS)), "y"
    return str(round(days / MONTH_DAYS)), "mo"
