"""A round of questions, answered in a minute."""

from __future__ import annotations

from typing import Any

from django import forms

from outcomes.states import Asked, Reason


def score(label: str) -> forms.TypedChoiceField:
    """0 to 10; leaving it out is an answer too."""
    return forms.TypedChoiceField(
        label=label,
        choices=[(number, str(number)) for number in range(11)],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )


class SurveyForm(forms.Form):
    """Whoever took part in no panel is not asked how it was."""

    useful = score("How useful was the advice? 0 not at all, 10 very")
    valued = score("Did you feel valued as an expert? 0 not at all, 10 very")
    again = score("How likely are you to use it again? 0 not at all, 10 certainly")
    reasons = forms.MultipleChoiceField(
        label="What keeps you from using it, or from using it more?",
        choices=Reason.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, kind: str, **options: Any) -> None:
        super().__init__(*args, **options)
        if kind != Asked.USER:
            del self.fields["useful"], self.fields["valued"]
            self.fields["again"].label = "How likely are you to use it? 0 not at all, 10 certainly"

    @property
    def given(self) -> dict[str, Any]:
        return {"useful": None, "valued": None} | self.cleaned_data

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if (
            not self.errors
            and not cleaned["reasons"]
            and all(cleaned.get(n) is None for n in ("useful", "valued", "again"))
        ):
            raise forms.ValidationError("Answer at least one question.")
        return cleaned


class RoundForm(forms.Form):
    network = forms.IntegerField()
