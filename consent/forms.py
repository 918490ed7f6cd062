"""Recording and withdrawing consent later on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms

from consent.models import ConsentForm, language_name
from consent.queries import published_languages, registry_names, single
from consent.states import (
    ENDS_SINGLE,
    EVERY_REGISTRY,
    KEPT_FOR_YEARS,
    Answer,
    Giver,
    Stage,
    contradicts,
    giver_by_age,
)
from cpms import clock
from cpms.countries import choices
from cpms.forms import DayField, WordsField
from cpms.patients.actions import DESCRIBED
from cpms.patients.models import OLDEST_BIRTH_YEAR, Patient
from cpms.patients.queries import same_number
from cpms.patients.states import Route, Sex, karyotype_choices, month_counts

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


class GivenOnField(DayField):
    """When the patient answered: today, or a day that has passed."""

    def __init__(self) -> None:
        super().__init__(label="Given on", initial=clock.today)

    def validate(self, value: dt.date | None) -> None:
        super().validate(value)
        if value and value > clock.today():
            raise forms.ValidationError("This day lies ahead. When was consent given?")


class KeptAtField(WordsField):
    def __init__(self) -> None:
        words = "In your hospital. For example: paper record, archive 3."
        super().__init__(label="Where the signed sheet is kept", max_length=200, required=False, help_text=words)


class PatientForm(forms.Form):
    """What is written down of a patient."""

    sex = forms.ChoiceField(label="Sex at birth", choices=Sex.choices, widget=forms.RadioSelect)
    karyotypic_sex = forms.ChoiceField(label="Karyotypic sex", choices=karyotype_choices, required=False)
    birth_year = forms.IntegerField(label="Year of birth", required=False, min_value=OLDEST_BIRTH_YEAR)
    birth_month = forms.TypedChoiceField(
        label="Month of birth",
        choices=[("", "Not asked"), *((str(number), f"{dt.date(2000, number, 1):%B}") for number in range(1, 13))],
        coerce=int,
        empty_value=None,
        required=False,
        help_text="Only for a child under two.",
    )
    country = forms.ChoiceField(label="Country of care", choices=choices)
    nickname = WordsField(
        label="Nickname", max_length=40, required=False, help_text="To tell your patients apart. Never a real name."
    )
    local_id = forms.CharField(
        label="Your hospital's number",
        max_length=60,
        required=False,
        help_text="Encrypted; seen by you and your assistant only.",
    )
    route = forms.ChoiceField(label="How the case comes to you", choices=Route.choices, initial=Route.OWN)

    patient: Patient | None = None

    def answering(self) -> Any:
        """The clinician among whose hospital's numbers this one must be the only one."""
        raise NotImplementedError

    def clean_local_id(self) -> str:
        number: str = self.cleaned_data["local_id"].strip()
        if known := same_number(number, by=self.answering(), patient=self.patient):
            raise forms.ValidationError(known)
        return number

    def clean_birth_year(self) -> int | None:
        year: int | None = self.cleaned_data["birth_year"]
        if year and year > clock.today().year:
            raise forms.ValidationError("This year lies ahead.")
        return year

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "birth_year" not in self.errors and not self.year_comes():
            self.check_month(cleaned.get("birth_year"))
        return cleaned

    def year_comes(self) -> bool:
        """Whether a year of birth may still come from elsewhere; then whoever has it checks the month."""
        return False

    def check_month(self, year: int | None) -> None:
        """A month says too much about anybody who is not a small child, and nothing without the year."""
        if not (month := self.cleaned_data.get("birth_month")):
            return
        if year is None:
            self.add_error("birth_month", "A month alone tells no age. Add the year of birth, or leave the month open.")
        elif not month_counts(year, month, on=clock.today()):
            self.add_error("birth_month", "The month is written down for a child under two only. Leave it open.")


class DescribeForm(PatientForm):
    """A patient as written down, to be corrected. ``version`` guards against two people doing so."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any, *, patient: Patient) -> None:
        said = {name: getattr(patient, name) for name in (*DESCRIBED, "version")}
        super().__init__(data, initial=said)
        self.patient = patient

    def answering(self) -> Any:
        return self.patient.enrolled_by if self.patient else None


def ask_whether(form: forms.Form, name: str, question: str, *, yes: str) -> None:
    """A question below the form that must be ticked before the form is taken. It is there only while it has to be asked."""
    form.fields[name] = forms.BooleanField(label=yes, required=False)
    if not form.data.get(name):
        form.add_error(name, question)


def ask_who_answered(form: forms.Form, given_by: str, by_age: str | None) -> None:
    if contradicts(given_by, by_age):
        was = "a child" if by_age == Giver.PARENT else "of age"
        ask_whether(
            form,
            "although",
            f"By the age the patient was {was} on that day. Did {Giver(given_by).label} answer?",
            yes="Yes, record who answered so",
        )


class ConsentRecordForm(forms.Form):
    stage = forms.TypedChoiceField(label="Stage", choices=Stage.choices, coerce=int)
    registry = forms.ChoiceField(
        label="Registry (stage 2)",
        required=False,
        choices=lambda: [(EVERY_REGISTRY, "Every registry that the form names"), *registry_names()],
    )
    answer = forms.ChoiceField(label="Answer", choices=Answer.choices, widget=forms.RadioSelect)
    given_by = forms.ChoiceField(label="Given by", choices=[("", "Choose who answered"), *Giver.choices])
    given_on = GivenOnField()
    language = LanguageField()
    form = forms.ModelChoiceField(
        label="Version of the form",
        queryset=ConsentForm.objects.none(),
        required=False,
        empty_label="The newest of that day",
    )
    renew_on = DayField(
        label="Ask again by",
        required=False,
        not_before_today=True,
        help_text="If the answer holds for a time only. CPMS reminds you. A child who comes of age is asked in any case.",
    )
    kept_at = KeptAtField()

    def __init__(self, data: Any = None, *, patient: Patient, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.patient = patient
        self.fields["form"].queryset = ConsentForm.objects.signed(on=clock.today())  # type: ignore[attr-defined]
        self.keep_closed_registry(self.initial.get("registry", ""))

    def keep_closed_registry(self, code: str) -> None:
        """What is asked again of one registry stays about that one, also where it takes no data any more."""
        choices: Any = list(self.fields["registry"].choices)  # type: ignore[attr-defined]
        if code and code not in dict(choices):
            self.fields["registry"].choices = [*choices, (code, code)]  # type: ignore[attr-defined]

    @property
    def ending_single(self) -> bool:
        """Whether the question that ``clean`` asks about single registries was answered."""
        return bool(self.data.get("ending_single"))

    def clean(self) -> dict[str, Any]:
        """Only stage 2 is given for one registry. What is likely a slip is asked before it is taken."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("registry") and cleaned.get("stage") != Stage.REGISTRY:
            self.add_error("registry", "A registry belongs to stage 2.")
        elif cleaned.get("stage") == Stage.REGISTRY and not cleaned.get("registry") and (names := single(self.patient)):
            ask_whether(
                self,
                "ending_single",
                f"{ENDS_SINGLE.format(names=names)} Is that what was answered?",
                yes="Yes, end those too",
            )
        form, language = cleaned.get("form"), cleaned.get("language")
        if form and language and form.language != language:
            self.add_error("form", "This version is in another language.")
        if cleaned.get("given_on"):
            born = (self.patient.birth_year, self.patient.birth_month)
            ask_who_answered(self, cleaned.get("given_by", ""), giver_by_age(*born, on=cleaned["given_on"]))
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
        if typed.strip().casefold() != self.named.casefold():
            raise forms.ValidationError(f"Type {self.named} to erase this patient.")
        return typed
