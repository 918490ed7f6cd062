"""When and where."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils import timezone

from cpms import clock
from cpms.forms import DayField

LENGTHS = [(15, "15 minutes"), (30, "30 minutes"), (45, "45 minutes"), (60, "1 hour")]


class MeetingForm(forms.Form):
    day = DayField(label="Date")
    time = forms.TimeField(label="Start", widget=forms.TimeInput({"type": "time"}))
    minutes = forms.TypedChoiceField(label="Length", choices=LENGTHS, coerce=int, initial=30)
    link = forms.URLField(
        label="Video link",
        required=False,
        assume_scheme="https",
        max_length=300,
        help_text="From the system your hospital allows. It is shown to members after they sign in.",
    )

    def clean_link(self) -> str:
        link: str = self.cleaned_data["link"]
        if link and urlsplit(link).scheme != "https":
            raise forms.ValidationError("The address must begin with https://")
        return link

    def clean(self) -> dict[str, Any]:
        """Date and time are in the person's own zone; a meeting lies ahead."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        day, time = cleaned.get("day"), cleaned.get("time")
        if isinstance(day, dt.date) and isinstance(time, dt.time):
            cleaned["starts_at"] = dt.datetime.combine(day, time, tzinfo=timezone.get_current_timezone())
            if cleaned["starts_at"] <= clock.now():
                self.add_error("day", "This moment has passed already.")
        return cleaned
