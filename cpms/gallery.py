"""The component gallery at ``/ui/``: the parts of the pages in their states, on invented values, for who builds or checks pages."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from cpms import clock, specimens
from cpms.accounts.access import access
from cpms.forms import ClinicalDecimalField, DayField, MomentField


class ExampleForm(forms.Form):
    """One field of each kind."""

    nickname = forms.CharField(label="Nickname", help_text="A word of your own, never a name.", max_length=30)
    value = ClinicalDecimalField(label="Sodium, mmol/L", min_value=80, max_value=200)
    sex = forms.ChoiceField(
        label="Sex at birth", choices=[("F", "Female"), ("M", "Male"), ("U", "Not known")], widget=forms.RadioSelect
    )
    urgency = forms.ChoiceField(label="Urgency", choices=[("routine", "Routine"), ("urgent", "Urgent")])
    wanted_by = DayField(label="Advice wanted by")
    starts_at = MomentField(label="Start", required=False)
    groups = forms.MultipleChoiceField(
        label="Groups", choices=[("1", "Adrenal"), ("2", "Calcium and phosphate")], widget=forms.CheckboxSelectMultiple
    )
    confirmed = forms.BooleanField(label="The patient has agreed in writing")
    summary = forms.CharField(label="Summary", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    report = forms.FileField(label="Report", required=False)


@dataclass(frozen=True)
class Refusal:
    """Stands for a rule that says no."""

    reason: str

    def __bool__(self) -> bool:
        return False


def person(name: str, job: str, hospital: str, city: str, country: str) -> SimpleNamespace:
    words = [word for word in name.split() if not word.endswith(".") and word not in {"Dr", "Prof"}]
    return SimpleNamespace(
        display_name=name,
        job_title=job,
        place=f"{hospital}, {city}",
        centre=SimpleNamespace(country=country),
        is_away=False,
        initials=(words[0][0] + words[-1][0]).upper(),
    )


PEOPLE = [
    person("Dr Ada Example", "Paediatric endocrinologist", "Lindenhof Hospital", "Graz", "AT"),
    person(
        "Prof. Maximiliana von Hohenfels-Oosterwijk tot Langenhuizen",
        "Professor of clinical genetics and metabolic medicine of childhood and adolescence",
        "University Hospital of Saint Elisabeth of the Upper Valley",
        "Llanfairpwllgwyngyll",
        "GB",
    ),
    person("Dr Jo Ek", "", "Sjukhus", "Umeå", "SE"),
]


@access("gallery", public="invented values only; shown while developing and in demonstrations")
def gallery(request: HttpRequest) -> HttpResponse:
    """Shown in DEBUG and in the demonstration only."""
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    today = clock.today()
    days: list[dt.date] = [today + dt.timedelta(days=n) for n in (-12, -1, 0, 1, 2, 3, 40, 400)]
    wrong = ExampleForm({"nickname": "", "value": "1.234,5", "wanted_by": "soon", "summary": "Kept as it was typed."})
    context: dict[str, Any] = {
        "days": days,
        "now": clock.now(),
        "people": PEOPLE,
        "facts": {
            "Patient": "“Sparrow”, girl, 7 months, Ireland",
            "Diagnosis": "Suspected " + "very long " * 12,
            "Growth": "",
        },
        "findings": [
            SimpleNamespace(label="Hyponatraemia", onset=""),
            SimpleNamespace(label="Failure to thrive", onset="from 5 months"),
        ],
        "clocks": [
            {"label": "First expert reply", "value": "after 19 hours", "tone": "ok", "icon": "check2"},
            {"label": "Open for", "value": "5 days"},
            {
                "label": "Waiting for",
                "value": "Dr Ek, reply, overdue 1 day",
                "tone": "bad",
                "icon": "exclamation-circle-fill",
                "wide": True,
            },
        ],
        "no": Refusal("One member has not signed yet."),
        "form": ExampleForm(initial={"wanted_by": today + dt.timedelta(days=8)}, auto_id="fresh_%s"),
        "wrong": wrong,
        "panel": SimpleNamespace(ref="ENDO-26-0147", urgency="urgent", group="Group 1, Adrenal"),
    }
    context |= specimens.parts(context["panel"], [SimpleNamespace(**vars(one)) for one in PEOPLE])
    return render(request, "ui/gallery.html", context)
