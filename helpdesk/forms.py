"""What is asked before figures are taken out."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from cpms.forms import WordsField
from helpdesk.states import Kind, Purpose


def periods_of(month: dt.date) -> list[tuple[str, str]]:
    """The month, its quarter and its year, by name and in words."""
    quarter = (month.month + 2) // 3
    return [
        (f"{month:%Y-%m}", f"{month:%B %Y}"),
        (f"{month.year}-Q{quarter}", f"Quarter {quarter} of {month.year}"),
        (f"{month.year}", f"All of {month.year}"),
    ]


class ExportForm(forms.Form):
    period = forms.ChoiceField(label="Which figures?", widget=forms.RadioSelect)
    kind = forms.ChoiceField(label="As", choices=Kind.choices, initial=Kind.XLSX, widget=forms.RadioSelect)
    purpose = forms.ChoiceField(label="What for?", choices=[("", "Choose one"), *Purpose.choices])
    words = WordsField(
        label="In a few words",
        max_length=200,
        help_text="Kept with your name and the time. Nothing about a patient.",
    )

    def __init__(self, *args: Any, month: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        period: Any = self.fields["period"]
        period.choices = periods_of(month)
        period.initial = period.choices[0][0]
