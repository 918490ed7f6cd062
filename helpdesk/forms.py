"""What is asked before figures are taken out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms

from cpms.forms import WordsField
from helpdesk.kpis import period_of
from helpdesk.states import MOST_LINES, MOST_ROWS, Kind, Purpose


def periods_of(month: dt.date) -> list[tuple[str, str]]:
    """The month, its quarter and its year, by name and in words."""
    quarter = (month.month + 2) // 3
    return [
        (f"{month:%Y-%m}", f"{month:%B %Y}"),
        (f"{month.year}-Q{quarter}", f"Quarter {quarter} of {month.year}"),
        (f"{month.year}", f"All of {month.year}"),
    ]


class PurposeForm(forms.Form):
    """What figures are taken out for."""

    purpose = forms.ChoiceField(label="What for?", choices=[("", "Choose one"), *Purpose.choices])
    words = WordsField(
        label="In a few words",
        max_length=200,
        help_text="Kept with your name and the time. Nothing about a patient.",
    )


class ExportForm(PurposeForm):
    """Which figures besides. ``size`` tells, of the name of a period, how many lines it has."""

    field_order = ("period", "kind", "purpose", "words")
    period = forms.ChoiceField(label="Which figures?", widget=forms.RadioSelect)
    kind = forms.ChoiceField(label="As", choices=Kind.choices, initial=Kind.XLSX, widget=forms.RadioSelect)

    def __init__(self, *args: Any, month: dt.date, size: Callable[[str], int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.size, self.count, self.lines = size, 0, 0
        period: Any = self.fields["period"]
        period.choices = periods_of(month)
        period.initial = period.choices[0][0]

    def clean(self) -> dict[str, Any]:
        """How many lines there are, and whether they fit what they are asked for as."""
        given: dict[str, Any] = super().clean() or {}
        kind = given.get("kind", "")
        if "period" in given:
            self.count = self.size(given["period"])
        self.lines = self.count * len(period.months) if (period := period_of(given.get("period", ""))) else 0
        if kind in MOST_ROWS and self.count <= MOST_ROWS[kind] and self.lines > MOST_LINES:
            self.add_error(
                "kind", f"There are {self.lines:,} lines of months to add up. Choose CSV, or a shorter period."
            )
        if self.count > MOST_ROWS.get(kind, self.count):
            most = MOST_ROWS[kind]
            self.add_error(
                "kind", f"There are {self.count:,} lines, and {Kind(kind).label} takes {most:,}. Choose CSV."
            )
        return given
