"""How a person wants their mails."""

from __future__ import annotations

from typing import Any

from django import forms

from cpms.notifications.states import LONGEST_WAIT, MOST_REMINDERS, OF_PANELS, Pace, rule_choices, usual_days

HOURS = [(hour, f"{hour:02d}:00") for hour in range(24)]
NO_HOUR = [("", "none"), *HOURS]


def hour_or_none(text: str) -> int | None:
    return int(text) if text else None


class DaysField(forms.CharField):
    """ "3, 7": after how many days each reminder goes out; empty for none. Cleans to a list of rising numbers."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=40, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(str(days) for days in value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        parts = [part.strip() for part in super().clean(value).split(",") if part.strip()]
        if not all(part.isdecimal() for part in parts):
            raise forms.ValidationError("Write whole days, with commas between them: 3, 7.")
        days = [int(part) for part in parts]
        if len(days) > MOST_REMINDERS or any(not 1 <= n <= LONGEST_WAIT for n in days) or days != sorted(set(days)):
            raise forms.ValidationError(
                f"At most {MOST_REMINDERS} numbers from 1 to {LONGEST_WAIT}, each later than the one before."
            )
        return days


class ChasingForm(forms.Form):
    """One field for each rule of a network, and the version that the page showed."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for about, words in rule_choices():
            usual = ", ".join(str(days) for days in usual_days(about)) or "none"
            more = f". {OF_PANELS[about].wanted}" if about in OF_PANELS else ""
            self.fields[about] = DaysField(label=words, help_text=f"Usually {usual}{more}")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for about, rule in OF_PANELS.items():
            numbers = len(cleaned.get(about) or ())
            if about in cleaned and numbers != len(rule.usual) and not (rule.may_drop and numbers == 0):
                self.add_error(about, rule.wanted)
        return cleaned


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
