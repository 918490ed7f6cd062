"""Recording and withdrawing consent later on."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from consent.models import language_name
from consent.queries import published_languages, registry_names
from consent.states import EVERY_REGISTRY, KEPT_FOR_YEARS, Answer, Giver, Stage
from cpms import clock
from cpms.forms import DayField, WordsField

SPOKEN = {
    "bg": "BG", "cs": "CZ", "da": "DK", "de": "DE AT CH LI", "el": "GR CY", "en": "IE GB MT", "es": "ES", "et": "EE", "fi": "FI",
    "fr": "FR BE LU", "hr": "HR", "hu": "HU", "it": "IT", "lt": "LT", "lv": "LV", "nb": "NO", "nl": "NL", "pl": "PL", "pt": "PT",
    "ro": "RO", "sk": "SK", "sl": "SI", "sv": "SE", "uk": "UA",
}  # fmt: skip
NO_FORM = " (no form in this language yet)"


def language_choices() -> list[tuple[str, str]]:
    """Every language of the networks; one without a published form says so."""
    there = published_languages()
    return [(code, language_name(code) + ("" if code in there else NO_FORM)) for code in sorted({*SPOKEN, *there})]


def language_of(country: str) -> str:
    """The language that a country's patients most often sign in."""
    return next((code for code, countries in SPOKEN.items() if country in countries.split()), "")


class LanguageField(forms.ChoiceField):
    def __init__(self) -> None:
        choices: Any = lambda: [("", "Choose the language"), *language_choices()]  # noqa: E731
        words = "The one the patient signed, or is asked in."
        super().__init__(label="Language of the form", choices=choices, required=False, help_text=words)


class ConsentRecordForm(forms.Form):
    stage = forms.TypedChoiceField(label="Stage", choices=Stage.choices, coerce=int)
    registry = forms.ChoiceField(
        label="Registry (stage 2)",
        required=False,
        choices=lambda: [(EVERY_REGISTRY, "Every registry that the form names"), *registry_names()],
    )
    answer = forms.ChoiceField(label="Answer", choices=Answer.choices, widget=forms.RadioSelect)
    given_by = forms.ChoiceField(label="Given by", choices=Giver.choices)
    given_on = DayField(label="Given on", initial=clock.today)
    language = LanguageField()
    renew_on = DayField(
        label="Ask again by",
        required=False,
        not_before_today=True,
        help_text="If the answer holds for a time only. CPMS reminds you. A child who comes of age is asked in any case.",
    )
    kept_at = WordsField(
        label="Where the signed sheet is kept",
        max_length=200,
        required=False,
        help_text="In your hospital. For example: paper record, archive 3.",
    )

    def clean_given_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["given_on"]
        if day > clock.today():
            raise forms.ValidationError("This day lies ahead. When was consent given?")
        return day

    def clean(self) -> dict[str, Any]:
        """Only stage 2 is given for one registry."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("registry") and cleaned.get("stage") != Stage.REGISTRY:
            self.add_error("registry", "A registry belongs to stage 2.")
        return cleaned


class KeepForm(forms.Form):
    """Why the data is still needed, and when somebody looks again."""

    reason = forms.CharField(
        label="Why is the data still needed?",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For example: the patient is still under our care; a relative may need it.",
    )
    years = forms.TypedChoiceField(
        label="Look again in",
        coerce=int,
        initial=KEPT_FOR_YEARS,
        choices=[(1, "1 year"), (5, "5 years"), (KEPT_FOR_YEARS, f"{KEPT_FOR_YEARS} years")],
        widget=forms.RadioSelect,
    )


class EraseForm(forms.Form):
    """Typing the pseudonym is the second confirmation."""

    pseudonym = forms.CharField(label="Type the pseudonym to erase the patient", max_length=20)

    def __init__(self, *args: Any, pseudonym: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.named = pseudonym

    def clean_pseudonym(self) -> str:
        typed: str = self.cleaned_data["pseudonym"]
        if typed.strip().upper() != self.named:
            raise forms.ValidationError(f"Type {self.named} to erase this patient.")
        return typed
