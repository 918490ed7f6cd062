"""A range as a group types it, checked against the analyte and against what the group has set; and the end of one."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from cpms.accounts.models import ThematicGroup
from cpms.forms import ClinicalDecimalField, DayField
from cpms.terminology import catalogue
from cpms.terminology.catalogue import Analyte, Interval
from panels.cases.models import GroupRange, plain
from panels.cases.queries import (
    ALL_AGES,
    SIZES,
    age_parts,
    ages_in_words,
    limits,
    overlapping,
    range_words,
    spoken,
    taken_over,
)
from panels.cases.states import RangeSex

UNITS_OF_AGE = [(unit, f"{unit}s") for unit in SIZES]
SINCE = "Samples of any day, where it stays empty."


class RangeForm(forms.Form):
    """``rows``: the group's history of the analyte. A valid form has made ``new``, the row that would be written."""

    sex = forms.ChoiceField(label="Sex", choices=RangeSex.choices, widget=forms.RadioSelect, initial=RangeSex.ANY)
    age_from = forms.IntegerField(label="Age from", min_value=0, max_value=ALL_AGES, initial=0)
    from_unit = forms.ChoiceField(label="in", choices=UNITS_OF_AGE)
    age_to = forms.IntegerField(
        label="to under", min_value=1, max_value=ALL_AGES, required=False, help_text="Empty: without an upper age."
    )
    to_unit = forms.ChoiceField(label="in", choices=UNITS_OF_AGE)
    low = ClinicalDecimalField(label="Range from", required=False, max_digits=15, decimal_places=6)
    high = ClinicalDecimalField(label="to", required=False, max_digits=15, decimal_places=6)
    unit = forms.CharField(label="Unit", max_length=40)
    condition = forms.CharField(
        label="Only when",
        max_length=120,
        required=False,
        help_text="A time of day, a posture, a test. With one the range is shown and never flagged against.",
    )
    source = forms.CharField(label="Source", max_length=300, help_text="Who published it, where and when.")
    address = forms.URLField(label="Address of the source", max_length=300, required=False, assume_scheme="https")
    since = DayField(label="For samples taken from", required=False, help_text=SINCE)

    new: GroupRange | None = None

    def __init__(
        self, data: Any = None, *, group: ThematicGroup, analyte: Analyte, rows: Sequence[GroupRange], start: Any
    ) -> None:
        self.group, self.analyte, self.rows = group, analyte, rows
        initial = {"unit": spoken(analyte.unit), "from_unit": "year", "to_unit": "year"}
        super().__init__(data, initial=initial | (typed(start) if start else {}))
        self.fields["unit"].required = bool(spoken(analyte.unit))

    def clean_unit(self) -> str:
        """A UCUM code that leads into the analyte's own unit; a ratio has one of which nothing is written."""
        text: str = self.cleaned_data["unit"]
        if not text:
            return self.analyte.unit
        unit = catalogue.read_unit(self.analyte, text)
        usual = ", ".join(spoken(one) or "none" for one in self.analyte.units)
        if not unit:
            raise forms.ValidationError(f"This unit cannot be read with certainty. Usual ones: {usual}.")
        if catalogue.in_unit(self.analyte, Decimal(1), unit, self.analyte.unit) is None:
            raise forms.ValidationError(f"{self.analyte.name} is not measured in {text}. Usual ones: {usual}.")
        return unit

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self._check_bounds()
        first = self._days("age_from", "from_unit")
        last = ALL_AGES if cleaned.get("age_to") is None else self._days("age_to", "to_unit")
        if first >= last:
            self.add_error("age_to", "The second age must be above the first.")
        elif last > ALL_AGES:
            self.add_error("age_to", "This age is above 120 years. Without an upper age, leave it empty.")
        if not self.errors:
            names = ("sex", "low", "high", "unit", "condition", "source", "address", "since")
            values = {name: cleaned[name] for name in names}
            self.new = GroupRange(group=self.group, analyte=self.analyte.key, age_from=first, age_to=last, **values)
            self._check_ages()
        return cleaned

    def _days(self, name: str, unit: str) -> int:
        return int((self.cleaned_data.get(name) or 0) * SIZES.get(self.cleaned_data.get(unit, "day"), 1))

    def _check_bounds(self) -> None:
        if self.errors:
            return
        low, high, unit = (self.cleaned_data[name] for name in ("low", "high", "unit"))
        if low is None and high is None:
            self.add_error("low", "Enter a lower bound, an upper bound, or both.")
        elif low is not None and high is not None and low >= high:
            self.add_error("high", "The upper bound must be above the lower one.")
        for name, bound in (("low", low), ("high", high)):
            if bound is not None and not self._is_possible(bound, unit, reaches_up=name == "high"):
                possible = (
                    f"{plain(self.analyte.lowest)} to {plain(self.analyte.highest)} {spoken(self.analyte.unit)}".strip()
                )
                self.add_error(name, f"This is outside what is possible ({possible}). Is the unit right?")

    def _is_possible(self, bound: Decimal, unit: str, *, reaches_up: bool) -> bool:
        """A range may begin below what a living person can have, at nought for one; it neither ends there nor begins above."""
        held = catalogue.in_unit(self.analyte, bound, unit, self.analyte.unit)
        lowest = self.analyte.lowest if reaches_up else min(self.analyte.lowest, Decimal(0))
        return held is not None and lowest <= held <= self.analyte.highest

    def _check_ages(self) -> None:
        other = overlapping(self.rows, self.new) if self.new else None
        if other is not None:
            ages = ages_in_words(other.age_from, other.age_to)
            whose = RangeSex(other.sex).label.lower()
            self.add_error(
                "age_from", f"These ages meet a range that is set already: {whose}, {ages}. End that one first."
            )

    @property
    def words(self) -> str:
        """The row that would be written, in its own unit and in the usual one."""
        return bounds_in_words(self.new, self.analyte) if self.new else ""

    @property
    def ages(self) -> str:
        return ages_in_words(self.new.age_from, self.new.age_to) if self.new else ""

    @property
    def replaced(self) -> list[tuple[GroupRange, str]]:
        """The rows that it would take the place of, each with its bounds in words."""
        found = taken_over(self.rows, self.new) if self.new else []
        return [(row, bounds_in_words(row, self.analyte)) for row in found]


class EndRangeForm(forms.Form):
    """``row``: which range ends; ``since``: from which sample on."""

    row = forms.IntegerField(widget=forms.HiddenInput)
    since = DayField(label="Not for samples taken from", required=False, help_text=SINCE)

    def __init__(self, data: Any = None, *, rows: Sequence[GroupRange], row: int | None = None) -> None:
        self.rows = {one.pk: one for one in rows}
        super().__init__(data, prefix="end", initial={"row": row}, auto_id=f"id_end_{row}_%s" if row else "id_%s")

    def clean_row(self) -> GroupRange:
        if (found := self.rows.get(self.cleaned_data["row"])) is None:
            raise forms.ValidationError("This range is not one of the group’s.")
        return found


def typed(start: Interval | GroupRange) -> dict[str, Any]:
    """A default, or a row of the group, as the form's values."""
    first, last = age_parts(start.age_from), age_parts(start.age_to)
    open_ended = start.age_to >= ALL_AGES
    return {
        "sex": start.sex,
        "age_from": first[0],
        "from_unit": first[1] if start.age_from else "year",
        "age_to": None if open_ended else last[0],
        "to_unit": "year" if open_ended else last[1],
        "low": plain(start.low),
        "high": plain(start.high),
        "unit": spoken(start.unit),
        "condition": start.condition,
        "source": start.source[:300],
        "address": start.address[:300],
    }


def bounds_in_words(row: Any, analyte: Analyte) -> str:
    """``5–25 µg/dL, that is 138–690 nmol/L``."""
    words = f"{range_words(*bounds(row))} {spoken(row.unit)}".strip()
    if row.unit == analyte.unit:
        return words
    usual = range_words(*limits(analyte, row, analyte.unit))
    return f"{words}, that is {usual} {spoken(analyte.unit)}" if usual else words


def bounds(row: Any) -> tuple[Decimal | None, Decimal | None]:
    return row.low, row.high
