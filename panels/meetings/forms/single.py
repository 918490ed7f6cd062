"""When and where a meeting takes place, the turns of its panels, and what is decided on them."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils import timezone

from cpms import clock
from cpms.accounts.models import User
from cpms.forms import DayField

LENGTHS = [(15, "15 minutes"), (30, "30 minutes"), (45, "45 minutes"), (60, "1 hour")]
LONG = [(60, "1 hour"), (90, "1½ hours"), (120, "2 hours")]


class WhenForm(forms.Form):
    """A day and a time in the person's own zone, still to come."""

    day = DayField(label="Date")
    time = forms.TimeField(label="Start", widget=forms.TimeInput({"type": "time"}))

    def clean(self) -> dict[str, Any]:
        """Date and time are in the person's own zone; a meeting lies ahead."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        day, time = cleaned.get("day"), cleaned.get("time")
        if isinstance(day, dt.date) and isinstance(time, dt.time):
            cleaned["starts_at"] = dt.datetime.combine(day, time, tzinfo=timezone.get_current_timezone())
            if cleaned["starts_at"] <= clock.now():
                self.add_error("day", "This moment has passed already.")
        return cleaned


class MoveForm(WhenForm):
    """``version`` is the meeting's ``sequence``: nobody moves what somebody else has just moved."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class LinkForm(forms.Form):
    """Where a meeting takes place: any secure address."""

    link = forms.URLField(
        label="Video link",
        required=False,
        assume_scheme="https",
        max_length=300,
        help_text="From the system your hospital allows. It is shown to members after they sign in.",
    )

    def clean_link(self) -> str:
        link: str = self.cleaned_data["link"]
        if link and urlsplit(link).scheme != "https":
            raise forms.ValidationError("The address must begin with https://")
        return link


class MeetingForm(WhenForm, LinkForm):
    minutes = forms.TypedChoiceField(label="Length", choices=LENGTHS, coerce=int, initial=30)
    field_order = ("day", "time", "minutes", "link")


class ChangeForm(LinkForm):
    """Length and way in. ``version`` is the ``sequence`` of the meeting or series."""

    minutes = forms.TypedChoiceField(label="Length", choices=[*LENGTHS, *LONG[1:]], coerce=int)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    field_order: tuple[str, ...] = ("minutes", "link")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """A length that is not among the choices can be kept."""
        super().__init__(*args, **kwargs)
        field: Any = self.fields["minutes"]
        if (now := self.initial["minutes"]) not in dict(field.choices):
            field.choices = [*field.choices, (now, f"{now} minutes")]


class SeenForm(forms.Form):
    """When the page was made that this was ticked in, with its zone."""

    seen = forms.DateTimeField()


class PlaceForm(forms.Form):
    """Which panel goes to which place of the agenda. Buttons and the script of the list fill it in."""

    ref = forms.CharField(max_length=30)
    place = forms.IntegerField(min_value=1, max_value=1000)


class TurnForm(forms.Form):
    """How long a panel's turn is, and who presents it."""

    minutes = forms.IntegerField(label="Minutes", min_value=1, max_value=240, required=False)
    presenter = forms.ModelChoiceField(
        label="Presenter", queryset=User.objects.none(), required=False, empty_label="not said"
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        presenter: Any = self.fields["presenter"]
        presenter.queryset = User.objects.filter(pk__in=[person.pk for person in people]).order_by("display_name")
        presenter.label_from_instance = lambda person: person.display_name


class DecisionForm(forms.Form):
    """What was decided on a panel, who does it and by when, and who dissents."""

    text = forms.CharField(label="Next decision", widget=forms.Textarea({"rows": 3}), max_length=4000)
    owner = forms.ModelChoiceField(
        label="Who does it", queryset=User.objects.none(), required=False, empty_label="not said"
    )
    due_on = DayField(label="By", required=False)
    dissent = forms.CharField(
        label="Who dissents, and why", widget=forms.Textarea({"rows": 2}), required=False, max_length=2000
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner: Any = self.fields["owner"]
        owner.queryset = User.objects.filter(pk__in=[person.pk for person in people]).order_by("display_name")
        owner.label_from_instance = lambda person: person.display_name

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("text", "dissent", "owner", "due_on")}
