"""Conclusion, advice, signature, and the code of a document."""

from __future__ import annotations

from typing import Any

from django import forms

from outcomes.states import Decision, Strength


class ConclusionForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    conclusion = forms.CharField(
        label="Conclusion",
        max_length=20_000,
        widget=forms.Textarea({"rows": 4, "class": "conclusion"}),
        help_text="What does the panel advise, in two or three sentences?",
    )


class AdviceForm(forms.Form):
    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    text = forms.CharField(label="Advice", max_length=20_000, required=False, widget=forms.Textarea({"rows": 2}))
    strength = forms.ChoiceField(label="Strength", choices=Strength.choices, initial=Strength.STRONG)


AdviceSet = forms.formset_factory(AdviceForm, extra=1, max_num=60, absolute_max=60)


def advice_set(outcome: Any, data: Any = None, *, typed: list[dict[str, Any]] | None = None) -> Any:
    """One form per item and one empty one; a text made empty takes its item out. ``typed`` rows come from a draft."""
    saved = [{"id": item.pk, "text": item.text, "strength": item.strength} for item in outcome.items.all()]
    initial = typed or saved
    return AdviceSet(data, initial=initial, prefix="advice")


class SignForm(forms.Form):
    """``number`` is the version that was read: nobody signs a text they have not seen."""

    number = forms.IntegerField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(choices=[(Decision.SIGNED, "Sign"), (Decision.DISSENT, "Dissent")])
    text = forms.CharField(
        label="Your dissent, printed as you write it",
        required=False,
        max_length=10_000,
        widget=forms.Textarea({"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("decision") == Decision.DISSENT and not cleaned.get("text", "").strip():
            self.add_error("text", "Please give your dissent in words; it is printed as you write it.")
        return cleaned


class VerifyForm(forms.Form):
    code = forms.CharField(
        label="Code on the document",
        max_length=20,
        widget=forms.TextInput({"autocomplete": "off", "class": "code-entry"}),
    )
    file = forms.FileField(
        label="The PDF, to compare the file itself",
        required=False,
        help_text="It is compared at once and not kept.",
        widget=forms.ClearableFileInput({"accept": "application/pdf"}),
    )

    def clean_code(self) -> str:
        signs = "".join(sign for sign in self.cleaned_data["code"].upper() if sign.isalnum())
        return "-".join(signs[i : i + 4] for i in range(0, len(signs), 4))
