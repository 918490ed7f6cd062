"""Whom to ask and whom to let in, and the answer of who was asked."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from cpms import clock
from cpms.accounts import queries as accounts
from cpms.accounts.models import ExpertGroup, User
from cpms.countries import choices
from cpms.forms import DayField
from panels.states import DeclineReason


class AsksGroups(forms.Form):
    """Experts ticked one by one, and saved groups of them."""

    expert_groups = forms.ModelMultipleChoiceField(
        label="Saved groups", queryset=ExpertGroup.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def offer(self, user: Any) -> None:
        """Fill the choices with what this person may ask."""
        self.fields["experts"].queryset = accounts.experts(besides=user)  # type: ignore[attr-defined]
        self.fields["expert_groups"].queryset = ExpertGroup.objects.visible_to(user)  # type: ignore[attr-defined]

    def everybody(self) -> QuerySet[User]:
        """Everybody ticked or in a chosen group, once."""
        chosen: Any = self.fields["experts"]
        ticked, groups = self.cleaned_data["experts"], self.cleaned_data["expert_groups"]
        found: QuerySet[User] = chosen.queryset
        return found.filter(Q(pk__in=ticked.values("pk")) | Q(in_expert_groups__in=groups)).distinct()


class DeclineForm(forms.Form):
    reason = forms.ChoiceField(choices=DeclineReason.choices)
    text = forms.CharField(
        label="Reason, seen by the lead", required=False, max_length=1000, widget=forms.Textarea({"rows": 2})
    )
    better_name = forms.CharField(label="Who would be better?", required=False, max_length=160)


class LeaveForm(DeclineForm):
    """Why a member goes; with the same reasons as a no."""

    field_order = ("reason", "better_name", "text")

    reason = forms.ChoiceField(label="Why", choices=DeclineReason.choices, widget=forms.RadioSelect)


class ColleagueForm(forms.Form):
    better_name = forms.CharField(
        label="Your colleague", max_length=160, help_text="Name and hospital, as far as you know them."
    )


class InviteForm(AsksGroups):
    """More experts for an open panel."""

    experts = forms.ModelMultipleChoiceField(
        label="Experts", queryset=User.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(user)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not cleaned["experts"] and not cleaned["expert_groups"]:
            self.add_error("experts", "Tick somebody first.")
        return cleaned


class GuestForm(forms.Form):
    name = forms.CharField(label="Name", max_length=120)
    email = forms.EmailField(label="E-mail of a physician outside the networks")
    hospital = forms.CharField(label="Hospital and city", max_length=160)
    country = forms.ChoiceField(label="Country", choices=choices)
    until = DayField(label="Until", required=False, help_text="Left empty: 60 days.")

    def clean_until(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["until"]
        if day and day <= clock.today():
            raise forms.ValidationError("Choose a day ahead.")
        return day


class LetInForm(forms.Form):
    """Somebody of the panel's helpdesk, for an hour."""

    who = forms.ModelChoiceField(label="Person of the helpdesk", queryset=User.objects.none(), empty_label="Choose")

    def __init__(self, *args: Any, panel: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"].queryset = accounts.helpdesk_of(panel.network)  # type: ignore[attr-defined]
