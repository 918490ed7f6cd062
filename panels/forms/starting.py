"""What a lead types to start a panel."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from django import forms
from django.core import signing

from consent.forms import (
    GivenOnField,
    KeptAtField,
    LanguageField,
    PatientForm,
    ask_whether,
    ask_who_answered,
    language_of,
)
from consent.queries import registry_names
from consent.states import EVERY_REGISTRY, MAJORITY, PARENTS, Answer, Giver, Stage, giver_by_age
from cpms import clock
from cpms.patients.states import Sex, month_counts
from panels.cases.importers.read_case import ReadCase
from panels.cases.states import LARGEST_FILE, LONGEST_TEXT
from panels.forms.acting import ForWhomField, offer_clinicians
from panels.forms.placing import OfNetworkField, chosen, network_grown_from, offer_networks
from panels.models import Question, Referral

BEGUN, LONGEST_START = "when a new panel was begun", dt.timedelta(days=1)
ANSWERS = [("given", "Yes"), ("refused", "No")]
BY_AGE = ("", "The patient, or a parent of a child")
OR_FILE = "From the file, or fill it in here."
SINGLE, AS_FOR_ALL = "registry_", ("", "The same answer")
IN_FILE = {"sex": "sex", "karyotypic_sex": "karyotype", "birth_year": "birth_year", "birth_month": "birth_month"}
"""What is typed of the patient, and where a file says it."""


def now_signed() -> str:
    return signing.dumps(clock.now().timestamp(), salt=BEGUN)


class BegunField(forms.CharField):
    """When the page was opened, signed by us, so that minutes can be counted; a wrong one counts nothing."""

    def __init__(self) -> None:
        super().__init__(max_length=200, required=False, widget=forms.HiddenInput)

    def clean(self, value: Any) -> dt.datetime | None:
        try:
            return dt.datetime.fromtimestamp(signing.loads(value or "", salt=BEGUN, max_age=LONGEST_START), dt.UTC)
        except signing.BadSignature:
            return None


def mark_of(data: bytes) -> str:
    """Says which file was looked at before; line ends may change on the way through a browser."""
    return hashlib.sha256(b"".join(data.split())).hexdigest()


def giver_of(read: ReadCase | None) -> Giver | None:
    """Who most likely answers for the patient of a file; ``None`` where it does not tell the age."""
    if read is None or (read.birth_year is None and (read.age is None or read.age.years is None)):
        return None
    if read.birth_year is not None:
        return giver_by_age(read.birth_year, read.birth_month, on=clock.today())
    return Giver.PARENT if read.age and (read.age.years or 0) < MAJORITY else Giver.PATIENT


def year_of(read: ReadCase | None) -> int | None:
    """The year of birth that the age of a file without one makes likely; ``None`` for no age."""
    if read is None or read.birth_year is not None or read.age is None or read.age.years is None:
        return None
    return clock.today().year - read.age.years


def month_of(read: ReadCase) -> int | None:
    """The month of birth of a child that is small today, whatever it was when the file was written."""
    year, month = read.birth_year, read.birth_month
    return month if year and month and month_counts(year, month, on=clock.today()) else None


class NewPanelForm(PatientForm):
    """The patient and the consent. With a file, sex and age come from it; without one they are asked for."""

    # As on the page: so are errors listed, and whose hospital's numbers count is known before a number is looked at
    field_order = "clinician network stage_1 stage_2 stage_3 given_by given_on language kept_at file".split()

    clinician = ForWhomField()
    network = OfNetworkField()
    file = forms.FileField(
        label="Patient's data as a file",
        required=False,
        help_text="A GA4GH phenopacket (JSON). It is read and checked with you on the next page; the file is not kept.",
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
    )
    stage_1 = forms.ChoiceField(
        label="1. Discussion of the case for care", choices=ANSWERS, widget=forms.RadioSelect, help_text="Obligatory."
    )
    stage_2 = forms.ChoiceField(
        label="2. Registries and databases", choices=ANSWERS, widget=forms.RadioSelect, required=False
    )
    stage_3 = forms.ChoiceField(
        label="3. Contact about research", choices=ANSWERS, widget=forms.RadioSelect, required=False
    )
    given_by = forms.ChoiceField(
        label="Given by",
        choices=[BY_AGE, *Giver.choices],
        required=False,
        widget=forms.Select({"data-giver": MAJORITY, "data-giver-year": "#id_birth_year"}),
    )
    given_on = GivenOnField()
    language = LanguageField()
    kept_at = KeptAtField()
    question = forms.ModelChoiceField(queryset=Question.objects.none(), required=False, widget=forms.HiddenInput)
    begun = BegunField()
    looked = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    file_text = forms.CharField(max_length=LONGEST_TEXT, required=False, strip=False, widget=forms.HiddenInput)
    file_name = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)
    referral = forms.ModelChoiceField(queryset=Referral.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        for name in ("sex", "birth_year", "given_by"):
            self.fields[name].required = False
            self.fields[name].or_file = True  # type: ignore[attr-defined]
        self.fields["sex"].help_text = self.fields["birth_year"].help_text = OR_FILE
        for code, name in registry_names():
            answers = [AS_FOR_ALL, *ANSWERS]
            self.fields[f"{SINGLE}{code}"] = forms.ChoiceField(label=name, choices=answers, required=False)
        offer_clinicians(self, user)
        own = Question.objects.to_grow(user).select_related("group__network")
        accepted = Referral.objects.to_start(user).select_related("network")
        self.fields["question"].queryset = own  # type: ignore[attr-defined]
        self.fields["referral"].queryset = accepted  # type: ignore[attr-defined]
        grown_from = network_grown_from(chosen(self, "referral") or chosen(self, "question"))
        self.goes_to = offer_networks(self, user, grown_from=grown_from)
        if user.centre is not None:
            self.fields["country"].initial = user.centre.country
            self.fields["language"].initial = language_of(user.centre.country)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > LARGEST_FILE:
            raise forms.ValidationError("The file is larger than 2 MB. A phenopacket of one patient is much smaller.")
        return file

    def answering(self) -> Any:
        return self.cleaned_data.get("clinician") or self.user

    def clean_question(self) -> Any:
        """A quick question grows into a panel of who asked it; nobody else's patient takes it over."""
        question, clinician = self.cleaned_data["question"], self.cleaned_data.get("clinician")
        if question and clinician and question.asker_id != clinician.pk:
            self.add_error("clinician", "The quick question was asked by another clinician.")
        return question

    def clean_referral(self) -> Any:
        """A question from outside was accepted for one clinician; nobody else's patient takes it over."""
        referral, clinician = self.cleaned_data["referral"], self.cleaned_data.get("clinician")
        if referral and clinician and referral.clinician_id != clinician.pk:
            self.add_error("clinician", "The question from outside was accepted for another clinician.")
        return referral

    def clean_stage_1(self) -> str:
        answer: str = self.cleaned_data["stage_1"]
        if answer != "given":
            raise forms.ValidationError("Without the patient's consent to care the case cannot be entered.")
        return answer

    @property
    def single_registries(self) -> list[forms.BoundField]:
        """One question for each open registry, for a patient who does not answer the same for all."""
        return [self[name] for name in self.fields if name.startswith(SINGLE)]

    @property
    def answered_singly(self) -> bool:
        return any(field.value() or field.errors for field in self.single_registries)

    def year_comes(self) -> bool:
        return not self.cleaned_data.get("birth_year") and self.has_file()

    def has_file(self) -> bool:
        return bool(self.cleaned_data.get("file") or self.cleaned_data.get("file_text"))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.has_file() and "file" not in self.errors:
            for name in ("sex", "birth_year"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, "Fill this in, or choose a file that holds it.")
        cleaned.setdefault("network", self.goes_to)
        return cleaned

    def settle(self, read: ReadCase | None) -> None:
        """What was typed and what the file says come together: each contradiction is asked about, nothing is overwritten."""
        if read is not None:
            self.ask_what_differs(read)
            if self.year_comes():
                self.check_month(read.birth_year)
        self.settle_giver(read)

    def ask_what_differs(self, read: ReadCase) -> None:
        for name, of_file in IN_FILE.items():
            typed, there = self.cleaned_data.get(name), getattr(read, of_file)
            if not typed or not there or there == Sex.UNKNOWN or typed == there:
                continue
            shown: Any = getattr(self.fields[name], "choices", ())
            words = {str(key): label for key, label in shown}
            mine, other = words.get(str(typed), typed), words.get(str(there), there)
            ask_whether(
                self,
                f"{name}_typed",
                f"The file says “{other}”, you entered “{mine}”. Correct the field, or keep what stands in it.",
                yes=f"{self.fields[name].label}: keep “{mine}”",
            )

    def described(self, read: ReadCase | None) -> dict[str, Any]:
        """What is written down of the patient: as typed, and where nothing was typed as the file says."""
        names = ("clinician", "country", "nickname", "route", "local_id", *IN_FILE)
        said = {name: self.cleaned_data.get(name) for name in names}
        if read is not None:
            of_file = said["birth_year"] in (None, read.birth_year)  # a month belongs to its year
            said["sex"] = said["sex"] or read.sex or Sex.UNKNOWN
            said["karyotypic_sex"] = said["karyotypic_sex"] or read.karyotype
            said["birth_year"] = said["birth_year"] or read.birth_year
            said["birth_month"] = said["birth_month"] or (month_of(read) if of_file else None)
        return said

    def answers(self) -> list[dict[str, Any]]:
        """What was answered to each stage, and after that to single registries, as ``record_consent`` takes it."""
        clean = self.cleaned_data
        given = {name: clean[name] for name in ("given_by", "given_on", "language", "kept_at")}
        asked = [(stage, EVERY_REGISTRY, clean[f"stage_{stage.value}"]) for stage in Stage]
        asked += [(Stage.REGISTRY, one.name.removeprefix(SINGLE), clean[one.name]) for one in self.single_registries]
        return [
            {"stage": stage, "registry": registry, "answer": Answer(answer), **given}
            for stage, registry, answer in asked
            if answer
        ]

    def settle_giver(self, read: ReadCase | None) -> None:
        """Who answered where nobody was chosen: by the year that was typed, or by the age in the file. A choice stays, but
        one that the age contradicts is asked about."""
        clean = self.cleaned_data
        typed = giver_by_age(clean["birth_year"], clean.get("birth_month"), on=clean["given_on"])
        found = typed if clean["birth_year"] else giver_of(read)
        if clean["given_by"]:
            ask_who_answered(self, clean["given_by"], found)
            self.ask_for_year(read)
            return
        clean["given_by"] = found or ""
        self.data = {**dict(self.data.items()), "given_by": found or ""}  # as the page shows it
        if not found:
            self.add_error("given_by", "Choose who answered: the patient’s age does not settle it.")
        self.ask_for_year(read)

    def ask_for_year(self, read: ReadCase | None) -> None:
        """Parents answer for a child until it is 18: without a year of birth nobody would ask it then."""
        clean = self.cleaned_data
        if clean.get("given_by") not in PARENTS or clean["birth_year"] or (read and read.birth_year):
            return
        year = year_of(read)
        about = f" By the age in the file it is about {year}." if year else ""
        self.add_error(
            "birth_year", f"The file names no year of birth, and the patient is asked in person at 18.{about}"
        )
        self.data = {**dict(self.data.items()), "birth_year": year or ""}  # proposed, to be checked
