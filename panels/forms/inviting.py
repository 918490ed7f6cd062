"""Asking people in, and their answer."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from cpms import clock
from cpms.accounts import queries as accounts
from cpms.accounts.models import User
from cpms.countries import choices
from cpms.forms import DayField
from panels.states import DeclineReason


class DeclineForm(forms.Form):
    reason = forms.ChoiceField(choices=DeclineReason.choices)
    text = forms.CharField(
        label="Reason, seen by the lead", required=False, max_length=1000, widget=forms.Textarea({"rows": 2})
    )
    better_name = forms.CharField(label="Who would be better?", required=False, max_length=160)


class InviteForm(forms.Form):
    """More experts for an open panel."""

    experts = forms.ModelMultipleChoiceField(
        label="Experts", queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["experts"].queryset = accounts.experts(besides=user)  # type: ignore[attr-defined]


class GuestForm(forms.Form):
    name = forms.CharField(label="Name", max_length=120)
    email = forms.EmailField(label="E-mail of a physician outside the networks")
    hospital = forms.CharField(label="Hospital and city", max_length=160)
    country = forms.ChoiceField(label="Country", choices=choices)
    until = DayField(label="Until", required=False, help_text="Left empty: 60 days.")

    def clean_until(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["until"]
        if day and day <= clock.today():
            raise forms.ValidationError("Please choose a day ahead.")
        return day
