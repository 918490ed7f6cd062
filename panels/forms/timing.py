"""By when, and with how many answers, a panel has enough."""

from __future__ import annotations

from typing import Any

from django import forms

from cpms.forms import DayField
from panels.states import MOST_MINUTES, QUORUM, Urgency


class QuorumField(forms.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label="Enough with the advice of", min_value=1, max_value=20, initial=QUORUM, help_text="experts", **kwargs
        )


class MinutesForm(forms.Form):
    minutes = forms.IntegerField(label="Minutes", min_value=0, max_value=MOST_MINUTES)


class TermsForm(forms.Form):
    wanted_by = DayField(label="Advice wanted by", not_before_today=True)
    quorum = QuorumField()
    urgency = forms.ChoiceField(label="Urgency", choices=Urgency.choices)
