"""What a physician outside the networks types, and what coordinators answer."""

from __future__ import annotations

from typing import Any

from django import forms

from cpms.accounts import queries as accounts
from cpms.accounts.models import Centre, User
from cpms.countries import choices
from panels.forms.dispatching import MOST_OFFERED, AddresseeField
from panels.states import Urgency


class ReferralForm(forms.Form):
    name = forms.CharField(label="Your name", max_length=120, widget=forms.TextInput({"autocomplete": "name"}))
    email = forms.EmailField(
        label="Work e-mail",
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
        help_text="The answer comes to it, and later your invitation.",
    )
    hospital = forms.CharField(label="Hospital and city", max_length=160)
    country = forms.ChoiceField(label="Country", choices=[("", "Choose a country"), *choices()])
    to = AddresseeField(label="Network or thematic group", help_text="Not sure? Choose the network as a whole.")
    urgency = forms.ChoiceField(
        label="Urgency", choices=Urgency.choices, initial=Urgency.ROUTINE, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label="Your question",
        max_length=4000,
        widget=forms.Textarea({"rows": 7}),
        help_text="The condition or what you suspect, age group, what you want to decide. No name, no date of birth, no number.",
    )
    agreed = forms.BooleanField(
        label="The patient, or the parents, know that I ask and agree.",
        error_messages={"required": "Ask the patient or the parents first."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].offer()  # type: ignore[attr-defined]


class AcceptReferralForm(forms.Form):
    """Whom the coordinator asks to open the panel: somebody of the physician's country, or who is called as typed.

    Every clinician of the network may be chosen; the page offers so many.
    """

    clinician = forms.ModelChoiceField(
        label="Clinician who opens the panel", queryset=User.objects.none(), empty_label="Choose a clinician"
    )

    def __init__(self, *args: Any, referral: Any, words: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = accounts.experts(besides=User()).filter(centre__in=Centre.objects.of(referral.network))
        chosen: Any = self.fields["clinician"]
        chosen.queryset = people
        near = people.filter(centre__country=referral.country)
        self.near = not words and near.exists()
        offered = list(accounts.few_called(near if self.near else people, words, many=MOST_OFFERED))
        if self.is_bound and (picked := self.picked(chosen)) and picked not in offered:
            offered.insert(0, picked)
        self.nobody = not offered
        chosen.choices = [("", "Choose a clinician"), *((p.pk, f"{p.display_name}, {p.centre}") for p in offered)]

    def picked(self, field: Any) -> User | None:
        """Who was chosen before the page was shown again."""
        try:
            found: User | None = field.to_python(self["clinician"].value())
        except forms.ValidationError:
            return None
        return found


class PassOnForm(forms.Form):
    to = AddresseeField(label="Group or network")
    reason = forms.CharField(label="Why", max_length=1000, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args: Any, referral: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].offer(besides=[(referral.network_id, referral.group_id)])  # type: ignore[attr-defined]


class DeclineReferralForm(forms.Form):
    reason = forms.CharField(label="Reason, read by the physician", max_length=1000, widget=forms.Textarea({"rows": 2}))
