"""What a lead writes and ticks to open a drafted panel."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from cpms import clock
from cpms.accounts.models import ThematicGroup, User
from cpms.forms import DayField, WordsField
from panels.cases.forms import CodeField
from panels.cases.states import DiagnosisStatus
from panels.forms.dispatching import GroupsByNetwork, main_groups
from panels.forms.inviting import AsksGroups
from panels.forms.timing import QuorumField
from panels.states import Urgency


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
        help_text="Left open, it is kept as suspected.",
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
