"""What a lead types to start a panel, and what people type in it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from consent.forms import LanguageField, language_of
from consent.states import Giver
from cpms import clock
from cpms.accounts import queries as accounts
from cpms.accounts.models import ThematicGroup, User
from cpms.accounts.policy import clinicians_served_by
from cpms.countries import choices
from cpms.forms import DayField
from cpms.patients.models import OLDEST_BIRTH_YEAR
from cpms.patients.queries import same_number
from cpms.patients.states import Route, Sex
from panels.cases.forms import CodeField
from panels.cases.states import DiagnosisStatus
from panels.models import Question
from panels.states import Certainty, ContributionKind, DeclineReason, StanceKind, State, Urgency

LARGEST_FILE = 5_000_000
ANSWERS = [("given", "Yes"), ("refused", "No")]


class NewPanelForm(forms.Form):
    """The patient and the consent. With a file, sex and age come from it; without one they are asked for."""

    file = forms.FileField(
        label="Patient's data as a file",
        required=False,
        help_text="A GA4GH phenopacket (JSON). It is read and checked with you on the next page; the file is not kept.",
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
    )
    sex = forms.ChoiceField(label="Sex at birth", choices=Sex.choices, required=False, widget=forms.RadioSelect)
    birth_year = forms.IntegerField(label="Year of birth", required=False, min_value=OLDEST_BIRTH_YEAR)
    country = forms.ChoiceField(label="Country of care", choices=choices)
    nickname = forms.CharField(
        label="Nickname", max_length=40, required=False, help_text="To tell your patients apart. Never a real name."
    )
    local_id = forms.CharField(
        label="Your hospital's number",
        max_length=60,
        required=False,
        help_text="Encrypted; seen by you and your assistant only.",
    )
    route = forms.ChoiceField(label="How the case comes to you", choices=Route.choices, initial=Route.OWN)
    stage_1 = forms.ChoiceField(
        label="1. Discussion of the case for care", choices=ANSWERS, widget=forms.RadioSelect, help_text="Obligatory."
    )
    stage_2 = forms.ChoiceField(
        label="2. Registries and databases", choices=ANSWERS, widget=forms.RadioSelect, required=False
    )
    stage_3 = forms.ChoiceField(
        label="3. Contact about research", choices=ANSWERS, widget=forms.RadioSelect, required=False
    )
    given_by = forms.ChoiceField(label="Given by", choices=Giver.choices, initial=Giver.PATIENT)
    given_on = DayField(label="Given on", initial=clock.today)
    language = LanguageField()
    question = forms.ModelChoiceField(queryset=Question.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        own = Question.objects.visible_to(user).open().filter(asker__in=clinicians_served_by(user))
        self.fields["question"].queryset = own  # type: ignore[attr-defined]
        if user.centre is not None:
            self.fields["country"].initial = user.centre.country
            self.fields["language"].initial = language_of(user.centre.country)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > LARGEST_FILE:
            raise forms.ValidationError("The file is larger than 5 MB. A phenopacket of one patient is much smaller.")
        return file

    def clean_local_id(self) -> str:
        number: str = self.cleaned_data["local_id"]
        if known := same_number(number, by=self.user):
            raise forms.ValidationError(known)
        return number

    def clean_stage_1(self) -> str:
        answer: str = self.cleaned_data["stage_1"]
        if answer != "given":
            raise forms.ValidationError("Without the patient's consent to care the case cannot be entered.")
        return answer

    def clean_given_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["given_on"]
        if day > clock.today():
            raise forms.ValidationError("This day lies ahead. When was consent given?")
        return day

    def clean_birth_year(self) -> int | None:
        year: int | None = self.cleaned_data["birth_year"]
        if year and year > clock.today().year:
            raise forms.ValidationError("This year lies ahead.")
        return year

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("file") and "file" not in self.errors:
            for name in ("sex", "birth_year"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, "Please fill this in, or choose a file that holds it.")
        return cleaned


class PrepareForm(forms.Form):
    """The question and who should answer it. ``version`` guards against two people editing the same draft."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    question = forms.CharField(
        label="Your question",
        widget=forms.Textarea({"rows": 3}),
        max_length=4000,
        help_text="One or two sentences. What do you want to decide? No name, no exact date.",
    )
    title = forms.CharField(label="Short title", max_length=160, required=False)
    diagnosis = forms.CharField(label="Working diagnosis", max_length=300, required=False)
    diagnosis_code = CodeField("Code", widget=forms.HiddenInput)
    diagnosis_status = forms.ChoiceField(
        label="This diagnosis is",
        choices=[*DiagnosisStatus.choices[:2], ("none", "Undiagnosed")],
        required=False,
        widget=forms.RadioSelect,
    )
    group = forms.ModelChoiceField(
        label="Thematic group", queryset=ThematicGroup.objects.none(), empty_label="Choose a group"
    )
    urgency = forms.ChoiceField(
        label="Urgency", choices=Urgency.choices, initial=Urgency.ROUTINE, widget=forms.RadioSelect
    )
    wanted_by = DayField(
        label="Advice wanted by",
        required=False,
        help_text="Left empty: routine 21, soon 10, urgent 3 days.",
    )
    experts = forms.ModelMultipleChoiceField(
        label="Experts", queryset=User.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, panel: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.needs_diagnosis = not panel.case.diagnoses.exists()
        if not self.needs_diagnosis:
            del self.fields["diagnosis"], self.fields["diagnosis_status"], self.fields["diagnosis_code"]
        groups = ThematicGroup.objects.filter(network=panel.network, parent=None).select_related("network")
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]
        self.fields["experts"].queryset = accounts.experts(besides=user)  # type: ignore[attr-defined]

    def clean_wanted_by(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["wanted_by"]
        if day and day < clock.today():
            raise forms.ValidationError("This day has passed already.")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.needs_diagnosis and not cleaned.get("diagnosis") and cleaned.get("diagnosis_status") != "none":
            self.add_error("diagnosis", "Name a working diagnosis, or choose “Undiagnosed”.")
        return cleaned


class ContributionForm(forms.Form):
    """Advice or a message; ``kind`` "message" is plain conversation."""

    kind = forms.ChoiceField(
        label="What is it?",
        choices=[("message", "Message"), *ContributionKind.choices],
        widget=forms.RadioSelect,
        initial="message",
    )
    text = forms.CharField(label="Your reply", widget=forms.Textarea({"rows": 3}), max_length=20_000, required=False)
    certainty = forms.ChoiceField(label="How sure", choices=Certainty.choices, initial=Certainty.FAIRLY, required=False)

    def clean(self) -> dict[str, Any]:
        """ "No experience with this" needs no words; everything else does."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not (cleaned.get("text") or "").strip() and cleaned.get("kind") != ContributionKind.NO_EXPERIENCE:
            self.add_error("text", "Please write your reply.")
        return cleaned


class SearchForm(forms.Form):
    words = forms.CharField(
        label="Number, condition, finding, gene, person, group or title",
        max_length=120,
        widget=forms.TextInput({"type": "search", "autofocus": True}),
    )
    state = forms.ChoiceField(label="State", choices=[("", "Any state"), *State.choices], required=False)


class RewordForm(forms.Form):
    text = forms.CharField(label="Your words", widget=forms.Textarea({"rows": 6}), max_length=20_000)


class QuestionForm(forms.Form):
    """A quick question to a group of one of the person's networks."""

    group = forms.ModelChoiceField(
        label="To which group", queryset=ThematicGroup.objects.none(), empty_label="Choose a group"
    )
    text = forms.CharField(
        label="Your question",
        widget=forms.Textarea({"rows": 5}),
        max_length=4000,
        help_text="About no patient: no name, no age, nothing that points to one person. For a patient, start a panel.",
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        networks = accounts.networks_of(user)
        groups = ThematicGroup.objects.filter(network__in=networks).select_related("network")
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    text = forms.CharField(label="Your answer", widget=forms.Textarea({"rows": 3}), max_length=8000)


class StanceForm(forms.Form):
    """A view of a statement. Agreeing needs no words; amending and dissenting do."""

    kind = forms.ChoiceField(choices=StanceKind.choices)
    text = forms.CharField(
        label="In your words",
        max_length=4000,
        widget=forms.Textarea({"rows": 3, "autofocus": True}),
        error_messages={"required": "Please say in words what you would change, or why you dissent."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].required = self["kind"].value() != StanceKind.AGREE


class ThanksForm(forms.Form):
    useful = forms.TypedChoiceField(
        label="How useful was the advice? 0 not at all, 10 very",
        choices=[(number, str(number)) for number in range(11)],
        coerce=int,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label="A word to those who helped", required=False, max_length=1000, widget=forms.Textarea({"rows": 2})
    )


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
