"""A pasted laboratory table, and what a person decides about each line of it."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from cpms.forms import DayField, ExactSelect
from cpms.terminology import catalogue
from cpms.terminology.catalogue import Analyte, spelled
from panels.cases.importers import lab_sheet
from panels.cases.importers.lab_lines import Line, known_name
from panels.cases.importers.lab_table import judged
from panels.cases.importers.read_case import ImportRefused
from panels.cases.models import Case
from panels.cases.queries import Mark, flag_of, lies_ahead, range_words, results_held, spoken, taken_now
from panels.cases.states import AHEAD, Flag, RangeSource

LONGEST = 60_000
TOO_LONG = f"The table is longer than {LONGEST:,} characters. Paste it in parts."


class LabTableForm(forms.Form):
    """The text, or a file whose rows become the text."""

    table = forms.CharField(
        label="Paste from the laboratory system",
        required=False,
        max_length=LONGEST,
        error_messages={"max_length": TOO_LONG},
        widget=forms.Textarea(
            {"rows": 8, "spellcheck": "false", "class": "form-control num", "data-longest": f"{LONGEST}"}
        ),
        help_text="One result a line: name, value, unit, range. As it stands on the report, in your language.",
    )
    file = forms.FileField(
        label="Or a file",
        required=False,
        help_text="CSV or XLSX. It is not kept.",
        widget=forms.ClearableFileInput({"accept": ".csv,.tsv,.txt,.xlsx"}),
    )
    taken_on = DayField(
        label="Sample taken on",
        required=False,
        help_text="Unless a line says otherwise. Without a day, the day of entry counts.",
    )

    text = ""
    too_long = TOO_LONG

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """A browser cuts what is pasted beyond ``maxlength`` without a word, so the length is looked at here alone."""
        super().__init__(*args, **kwargs)
        del self.fields["table"].widget.attrs["maxlength"]

    def clean_taken_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["taken_on"]
        if day and lies_ahead(day.isoformat()):
            raise forms.ValidationError(AHEAD)
        return day

    @property
    def day(self) -> str:
        day: dt.date | None = self.cleaned_data.get("taken_on")
        return day.isoformat() if day else ""

    @property
    def mark(self) -> str:
        """Of what was read: the same as long as the table and its day stand as they were looked at."""
        return hashlib.sha256(" ".join([self.day, *self.text.split()]).encode()).hexdigest()

    def clean(self) -> dict[str, Any]:
        """The rows of a file stand in the page as the text that they are read from."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.text = cleaned.get("table") or ""
        if file := cleaned.get("file"):
            try:
                self.text = lab_sheet.as_text(file.read(lab_sheet.MAX_BYTES + 1), name=file.name)
            except ImportRefused as refusal:
                self.add_error("file", str(refusal))
            if len(self.text) > LONGEST:
                self.add_error(
                    "file", f"The table is longer than {LONGEST:,} characters. Choose a file with fewer rows."
                )
            elif not self.errors:
                sent: Any = self.data
                self.data = MultiValueDict({**dict(sent.lists()), "table": [self.text]})
        if not self.text.strip() and not self.errors:
            self.add_error("table", "Paste at least one line, or choose a file.")
        return cleaned


class LineForm(forms.Form):
    """What to do with one line: take it or not, as which test, in which unit."""

    take = forms.BooleanField(required=False)
    test = forms.ChoiceField(required=False)
    unit = forms.ChoiceField(required=False, widget=ExactSelect)

    def __init__(self, line: Line, data: Any, *, prefix: str, is_held: bool) -> None:
        self.line, self.is_held = line, is_held
        self.remembered = line.analyte if line.analyte and not known_name(line.name, catalogue.named) else None
        known = self.remembered.key if self.remembered else ""
        super().__init__(
            data,
            prefix=prefix,
            initial={"take": line.certain and not is_held and not self.is_ahead, "test": known, "unit": line.ask},
        )
        tests = [("", "Choose the test"), *((key, one.name) for key, one in catalogue.analytes().items())]
        self.fields["test"].choices = [*tests, ("other", f"Another test: keep “{line.name}”")]  # type: ignore[attr-defined]
        self.fields["unit"].choices = [("", "Choose the unit"), *self._units()]  # type: ignore[attr-defined]
        for name, words in (("take", "Add"), ("test", "Which test is"), ("unit", "Unit of")):
            self.fields[name].widget.attrs["aria-label"] = f"{words} {line.name}"

    @property
    def is_ahead(self) -> bool:
        """A day that is still to come is a slip, or the file's own day of printing."""
        return bool(self.line.reading and lies_ahead(self.line.reading.taken))

    def _units(self) -> list[tuple[str, str]]:
        if self.line.analyte is None or self.line.reading is None:
            return []
        written = [self.line.reading.unit] if self.line.reading.unit else []
        return [(unit, spoken(unit)) for unit in dict.fromkeys([*self.line.analyte.units, *written])]

    @property
    def asks_test(self) -> bool:
        """Also where the name was matched at this hospital before: whoever checks the line may know better."""
        return self.line.analyte is None or self.remembered is not None

    @property
    def asks_unit(self) -> bool:
        return self.line.analyte is not None and bool(self.line.doubt)

    @property
    def matched(self) -> bool:
        """The person says which test it is, and it was not known to be that one."""
        return self.asks_test and (self.remembered is None or self.cleaned_data.get("test") != self.remembered.key)

    def clean(self) -> dict[str, Any]:
        """A line in doubt is taken only with an answer."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("take") and self.is_ahead:
            self.add_error("take", "Correct the day in the table and read it again, or leave the line out.")
        if cleaned.get("take") and self.asks_test and not cleaned.get("test"):
            self.add_error("test", "Choose the test, or leave the line out.")
        elif cleaned.get("take") and self.matched and (doubt := self._doubt(cleaned["test"])):
            self.add_error("test", doubt)
        if cleaned.get("take") and self._asks_this_unit and not cleaned.get("unit"):
            self.add_error("unit", "Choose the unit, or leave the line out.")
        return cleaned

    def _doubt(self, key: str) -> str:
        """A unit that cannot be right for the chosen test shows that it is the wrong test."""
        analyte = catalogue.analytes().get(key)
        return judged(replace(self.line, analyte=analyte, doubt="")).doubt if analyte else ""

    @property
    def _asks_this_unit(self) -> bool:
        """The units to choose from are those of the test that was known."""
        return self.asks_unit and not self.matched

    @property
    def analyte(self) -> Analyte | None:
        return catalogue.analytes().get(self.cleaned_data["test"]) if self.asks_test else self.line.analyte

    def row(self) -> dict[str, Any]:
        """The line as a laboratory result's fields; value, sign and range as they stood on the report."""
        reading, analyte = self.line.reading, self.analyte
        assert reading is not None  # noqa: S101 only lines with a reading are shown
        unit = self.cleaned_data["unit"] if self._asks_this_unit else reading.unit
        ranged = reading.low is not None or reading.high is not None
        confirmed = self._asks_this_unit and unit != reading.unit
        return {
            "system": "LOINC" if analyte else "",
            "code": analyte.code_for(catalogue.read_unit(analyte, unit)) if analyte else "",
            "label": analyte.name if analyte else self.line.name,
            "comparator": reading.comparator,
            "value": reading.value,
            "unit": unit,
            "low": reading.low,
            "high": reading.high,
            "range_source": RangeSource.LABORATORY if ranged else RangeSource.NONE,
            "taken": reading.taken,
            "note": f"Unit confirmed on entry; the report read: {self.line.raw}" if confirmed else "",
        }

    @property
    def flag(self) -> Flag:
        reading = self.line.reading
        return flag_of(reading.value, reading.comparator, reading.low, reading.high) if reading else Flag.NONE

    @property
    def range_text(self) -> str:
        reading = self.line.reading
        return range_words(reading.low, reading.high) if reading else ""


def mark_of(line: Line, now: str) -> Mark:
    reading, analyte = line.reading, line.analyte
    assert reading is not None  # noqa: S101 only lines with a reading are compared
    name = analyte.key if analyte else spelled(line.name)
    unit = catalogue.read_unit(analyte, reading.unit) or reading.unit
    return name, reading.taken or now, reading.comparator, reading.value, unit


class LabChoices:
    """All lines of a table: those that were read, each with its form, and those left out, each with its reason."""

    def __init__(self, lines: list[Line], data: Any, *, case: Case) -> None:
        """A result that the case holds already, or that stands in the table twice, is left unticked."""
        self.lines, held = [], results_held(case)
        for place, line in enumerate(lines):
            if line.reading:
                mark = mark_of(line, taken_now(case))
                self.lines.append(LineForm(line, data, prefix=f"line{place}", is_held=mark in held))
                held.add(mark)
        self.left_out = [line for line in lines if not line.reading]
        self.bound = data is not None

    def is_confirmed(self) -> bool:
        return self.bound and all([*map(LineForm.is_valid, self.lines)])

    @property
    def errors(self) -> bool:
        return self.bound and any(line.errors for line in self.lines)

    @property
    def certain(self) -> int:
        return sum(form.line.certain and not form.is_held and not form.is_ahead for form in self.lines)

    def taken(self) -> list[LineForm]:
        return [form for form in self.lines if form.cleaned_data["take"]]

    def rows(self) -> list[dict[str, Any]]:
        return [form.row() for form in self.taken()]

    def names(self) -> dict[str, str]:
        """Names that a person matched with an analyte, to be known at the centre from now on; with none, to be forgotten."""
        said = [form for form in self.taken() if form.matched and (form.analyte or form.remembered)]
        return {form.line.name: form.analyte.key if form.analyte else "" for form in said}
