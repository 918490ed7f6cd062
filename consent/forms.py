"""Recording and withdrawing consent later on."""

from __future__ import annotations

import datetime as dt

from django import forms

from consent.states import Answer, Giver, Stage
from cpms import clock
from cpms.forms import DayField


class ConsentRecordForm(forms.Form):
    stage = forms.TypedChoiceField(label="Stage", choices=Stage.choices, coerce=int)
    answer = forms.ChoiceField(label="Answer", choices=Answer.choices, widget=forms.RadioSelect)
    given_by = forms.ChoiceField(label="Given by", choices=Giver.choices)
    given_on = DayField(label="Given on", initial=clock.today)

    def clean_given_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["given_on"]
        if day > clock.today():
            raise forms.ValidationError("This day lies ahead. When was consent given?")
        return day
