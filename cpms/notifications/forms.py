"""How a person wants their mails."""

from __future__ import annotations

from typing import Any

from django import forms

from cpms.notifications.states import Pace

HOURS = [(hour, f"{hour:02d}:00") for hour in range(24)]
NO_HOUR = [("", "none"), *HOURS]


def hour_or_none(text: str) -> int | None:
    return int(text) if text else None


class MailForm(forms.Form):
    """Hours are of the person's own zone."""

    pace = forms.ChoiceField(
        label="Mails",
        choices=Pace.choices,
        widget=forms.RadioSelect,
        help_text="Invitations, reminders and signatures always arrive. An urgent panel waits for nothing.",
    )
    daily_at = forms.TypedChoiceField(label="Daily mail at", choices=HOURS, coerce=int)
    quiet_from = forms.TypedChoiceField(
        label="Quiet from", choices=NO_HOUR, coerce=hour_or_none, empty_value=None, required=False
    )
    quiet_to = forms.TypedChoiceField(
        label="Quiet until", choices=NO_HOUR, coerce=hour_or_none, empty_value=None, required=False
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        begins, ends = cleaned.get("quiet_from"), cleaned.get("quiet_to")
        if (begins is None) != (ends is None):
            self.add_error("quiet_to", "Quiet hours need a beginning and an end, or neither.")
        return cleaned
