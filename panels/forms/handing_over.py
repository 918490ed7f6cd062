"""Whom to hand over, and to whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import Count, QuerySet, Window

from cpms.accounts.models import User
from cpms.patients.models import Patient

NOT_HERE = "One of these patients is not here to hand over any more. Look at the list again."
NO_COLLEAGUE = "Choose an active clinician of the hospital."
MOST_SHOWN = 200


class HandOverForm(forms.Form):
    """Patients ticked one by one, or every one of them; and the colleague who answers for them from now on."""

    everyone = forms.BooleanField(label="Every one of them", required=False)
    patients = forms.ModelMultipleChoiceField(
        label="Or some of them",
        queryset=Patient.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": NOT_HERE},
    )
    to = forms.ModelChoiceField(
        label="Who answers for them from now on",
        queryset=User.objects.none(),
        empty_label="Choose a colleague",
        error_messages={"invalid_choice": NO_COLLEAGUE},
    )

    def __init__(
        self,
        *args: Any,
        patients: QuerySet[Patient],
        clinicians: QuerySet[User],
        named: Callable[[Any], str],
        **kwargs: Any,
    ) -> None:
        """``named`` says how the reader of the page knows a patient. The first so many are ``shown``, all of them can be chosen."""
        super().__init__(*args, **kwargs)
        ticked: Any = self.fields["patients"]
        self.shown = list(patients.annotate(of=Window(Count("pk")))[:MOST_SHOWN])
        self.more = self.shown[0].of - len(self.shown) if self.shown else 0
        ticked.queryset, ticked.choices = patients, [(patient.pk, named(patient)) for patient in self.shown]
        self.fields["to"].queryset = clinicians  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not cleaned["everyone"] and not cleaned["patients"]:
            self.add_error("patients", "Tick a patient first, or every one of them.")
        return cleaned

    def chosen(self) -> QuerySet[Patient]:
        ticked: Any = self.fields["patients"]
        found: QuerySet[Patient] = ticked.queryset if self.cleaned_data["everyone"] else self.cleaned_data["patients"]
        return found


def running_panels(patient: Any) -> str:
    """How much of the patient's is under way."""
    return {0: "no running panel", 1: "1 running panel"}.get(patient.running, f"{patient.running} running panels")
