"""What a lead types to start a panel."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from django import forms
from django.core import signing

from consent.forms import KeptAtField, LanguageField, PatientForm, ask_who_answered, language_of
from consent.states import MAJORITY, PARENTS, Giver, giver_by_age
from cpms import clock
from cpms.accounts.models import ThematicGroup, User
from cpms.forms import DayField, WordsField
from panels.cases.forms import CodeField
from panels.cases.importers.read_case import ReadCase
from panels.cases.states import DiagnosisStatus
from panels.forms.acting import ForWhomField, offer_clinicians
from panels.forms.dispatching import GroupsByNetwork, main_groups
from panels.forms.inviting import AsksGroups
from panels.forms.placing import OfNetworkField, chosen, network_grown_from, offer_networks
from panels.forms.timing import QuorumField
from panels.models import Question, Referral
from panels.states import Urgency

LARGEST_FILE = 2_000_000
BEGUN, LONGEST_START = "when a new panel was begun", dt.timedelta(days=1)
ANSWERS = [("given", "Yes"), ("refused", "No")]
BY_AGE = ("", "The patient, or a parent of a child")
OR_FILE = "From the file, or fill it in here."


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


class NewPanelForm(PatientForm):
    """The patient and the consent. With a file, sex and age come from it; without one they are asked for."""

    field_order = ["clinician", "network"]  # whose hospital's numbers count is known before the number is looked at

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
    given_on = DayField(label="Given on", initial=clock.today)
    language = LanguageField()
    kept_at = KeptAtField()
    question = forms.ModelChoiceField(queryset=Question.objects.none(), required=False, widget=forms.HiddenInput)
    begun = BegunField()
    looked = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    file_text = forms.CharField(max_length=LARGEST_FILE, required=False, strip=False, widget=forms.HiddenInput)
    file_name = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)
    referral = forms.ModelChoiceField(queryset=Referral.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        for name in ("sex", "birth_year", "given_by"):
            self.fields[name].required = False
            self.fields[name].or_file = True  # type: ignore[attr-defined]
        self.fields["sex"].help_text = self.fields["birth_year"].help_text = OR_FILE
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

    def clean_given_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["given_on"]
        if day > clock.today():
            raise forms.ValidationError("This day lies ahead. When was consent given?")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("file") and not cleaned.get("file_text") and "file" not in self.errors:
            for name in ("sex", "birth_year"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, "Please fill this in, or choose a file that holds it.")
        cleaned.setdefault("network", self.goes_to)
        return cleaned

    def settle_giver(self, read: ReadCase | None) -> None:
        """Who answered where nobody was chosen: by the year that was typed, or by the age in the file. A choice stays, but
        one that the age contradicts is asked about."""
        clean = self.cleaned_data
        typed = giver_by_age(clean["birth_year"], clean["birth_month"], on=clean["given_on"])
        found = typed if clean["birth_year"] else giver_of(read)
        if clean["given_by"]:
            ask_who_answered(self, clean["given_by"], found)
            self.ask_for_year(read)
            return
        clean["given_by"] = found or ""
        self.data = {**dict(self.data.items()), "given_by": found or ""}  # as the page shows it
        if not found:
            self.add_error("given_by", "Please choose who answered; the age does not tell.")
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


class GroupField(forms.ModelChoiceField):
    """By number and name: the word "Group" would push the end of a long name out of sight."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.number}. {obj.name}"


class PrepareForm(AsksGroups):
    """The question and who should answer it. ``version`` guards against two people editing the same draft."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    question = forms.CharField(
        label="Your question",
        widget=forms.Textarea({"rows": 3}),
        max_length=4000,
        help_text="One or two sentences. What do you want to decide? No name, no exact date.",
    )
    title = WordsField(label="Short title", max_length=160, required=False)
    diagnosis = WordsField(label="Working diagnosis", max_length=300, required=False)
    diagnosis_code = CodeField("Code", widget=forms.HiddenInput)
    diagnosis_status = forms.ChoiceField(
        label="This diagnosis is",
        choices=[*DiagnosisStatus.choices[:2], ("none", "Undiagnosed")],
        required=False,
        widget=forms.RadioSelect,
    )
    group = GroupField(label="Thematic group", queryset=ThematicGroup.objects.none(), empty_label="Choose a group")
    groups = GroupsByNetwork(label="Further groups, of any network", queryset=main_groups().none(), required=False)
    urgency = forms.ChoiceField(
        label="Urgency", choices=Urgency.choices, initial=Urgency.ROUTINE, widget=forms.RadioSelect
    )
    wanted_by = DayField(
        label="Advice wanted by",
        required=False,
        help_text="Left empty: routine 21, soon 10, urgent 3 days.",
    )
    quorum = QuorumField(required=False)
    experts = forms.ModelMultipleChoiceField(
        label="Experts", queryset=User.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, panel: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.needs_diagnosis = not panel.case.diagnoses.exists()
        if not self.needs_diagnosis:
            del self.fields["diagnosis"], self.fields["diagnosis_status"], self.fields["diagnosis_code"]
        groups = ThematicGroup.objects.main().filter(network=panel.network)
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]
        self.fields["groups"].queryset = main_groups()  # type: ignore[attr-defined]
        self.offer(user)

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
