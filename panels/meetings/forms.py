"""When and where, how often, and which meeting."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils import timezone

from cpms import clock, words
from cpms.accounts.forms import GroupsField
from cpms.accounts.models import User
from cpms.forms import DayField, MomentField, MomentInput
from panels.meetings import recurrence
from panels.meetings.models import Meeting, ProposedDate
from panels.meetings.policy import may_own
from panels.meetings.states import Can, MeetingState, Rhythm

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


class SeriesChangeForm(ChangeForm):
    name = forms.CharField(
        label="Name", max_length=80, help_text="Stands in mails and calendars: a group, no disease and no patient."
    )
    slots = forms.IntegerField(label="Panels at most", min_value=1, max_value=20)
    field_order = ("name", "minutes", "slots", "link")


class PeopleForm(forms.Form):
    """Whom a series asks from now on: who takes part in its groups and is not asked yet."""

    people = forms.ModelMultipleChoiceField(
        label="Ask from now on", queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["people"]
        field.queryset = people
        field.label_from_instance = lambda person: f"{person.display_name}, {person.centre or 'guest'}"


class SeriesForm(WhenForm, LinkForm):
    """A meeting that returns. Its people are those who take part in its groups unless they are struck out."""

    name = forms.CharField(
        label="Name", max_length=80, help_text="Stands in mails and calendars: a group, no disease and no patient."
    )
    groups = GroupsField(label="Groups")
    rhythm = forms.ChoiceField(label="How often", choices=Rhythm, initial=Rhythm.MONTHLY)
    minutes = forms.TypedChoiceField(label="Length", choices=LONG, coerce=int)
    slots = forms.IntegerField(label="Panels at most", min_value=1, max_value=20, initial=4)
    field_order = ("name", "groups", "rhythm", "day", "time", "minutes", "slots", "link")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["day"].label = "First on"

    def clean(self) -> dict[str, Any]:
        """The first day must fit the rhythm, and one of the groups must be the person's to serve."""
        cleaned = super().clean()
        if isinstance(first := cleaned.get("day"), dt.date) and "rhythm" in cleaned:
            rhythm = Rhythm(cleaned["rhythm"])
            if rhythm == Rhythm.MONTHLY_LAST and not recurrence.is_last_of_month(first):
                self.add_error("day", "This is not the last such weekday of its month.")
            try:
                recurrence.rule_for(rhythm, first)
            except ValueError as error:
                self.add_error("rhythm", str(error))
        if cleaned.get("groups") and not (verdict := may_own(self.user, cleaned["groups"])):
            self.add_error("groups", verdict.reason)
        return cleaned


class BringForm(forms.Form):
    """To which meeting, and whether its people are asked into the panel."""

    meeting = forms.ModelChoiceField(
        label="Which meeting", queryset=Meeting.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    invite = forms.BooleanField(
        label="Invite the people of this meeting to the panel",
        required=False,
        initial=True,
        help_text="Who has not accepted an invitation sees the number of the panel, and nothing of the case.",
    )

    def __init__(self, *args: Any, meetings: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["meeting"]
        field.queryset = Meeting.objects.filter(pk__in=[one.pk for one in meetings])
        field.choices = [(one.pk, label_of(one)) for one in meetings]
        if meetings:
            field.initial = meetings[0].pk


class TakeOffForm(forms.Form):
    """From which of the coming meetings that the panel is on."""

    meeting = forms.ModelChoiceField(queryset=Meeting.objects.none())

    def __init__(self, *args: Any, panel: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        coming = Meeting.objects.filter(agenda__panel=panel, series__isnull=False, state=MeetingState.PLANNED)
        self.fields["meeting"].queryset = coming.select_related("series")  # type: ignore[attr-defined]


def label_of(meeting: Any) -> str:
    """A meeting of a series as a choice: day, name, and how many places are left."""
    local = timezone.localtime(meeting.starts_at)
    left = meeting.series.slots - meeting.panels
    places = f"{left} of {meeting.series.slots} places free" if left > 0 else "full, the panel would wait for a place"
    return f"{local:%a} {local.day} {local:%B}, {local:%H:%M}: {meeting.series.name} ({places})"


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


class DatesForm(LinkForm):
    """Two to five moments in the person's own zone, all still to come."""

    first = MomentField(label="First date", widget=MomentInput)
    second = MomentField(label="Second date", widget=MomentInput)
    third = MomentField(label="Third date", widget=MomentInput, required=False)
    fourth = MomentField(label="Fourth date", widget=MomentInput, required=False)
    fifth = MomentField(label="Fifth date", widget=MomentInput, required=False)
    minutes = forms.TypedChoiceField(label="Length", choices=LENGTHS, coerce=int, initial=30)
    NAMES = ("first", "second", "third", "fourth", "fifth")

    @property
    def dates(self) -> list[dt.datetime]:
        return [moment for name in self.NAMES if (moment := self.cleaned_data.get(name))]

    def clean(self) -> dict[str, Any]:
        """None has passed, and none stands there twice."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        seen = set()
        for name in self.NAMES:
            moment = cleaned.get(name)
            if moment and moment <= clock.now():
                self.add_error(name, "This moment has passed already.")
            elif moment and moment in seen:
                self.add_error(name, "This date stands here already.")
            seen.add(moment)
        return cleaned


class CanForm(forms.Form):
    """A choice for each proposed date, named in the person's own zone."""

    def __init__(self, *args: Any, rows: list[ProposedDate], who: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = {f"date_{row.pk}": row for row in rows}
        for name, row in self.rows.items():
            mine = next((answer.can for answer in row.answers.all() if answer.who_id == who.pk), None)
            label = f"{words.day(row.starts_at)}, {words.hour(row.starts_at)}"
            help_text = row.there if row.poll.zone != who.zone else ""
            self.fields[name] = forms.ChoiceField(
                label=label,
                choices=Can.choices,
                widget=forms.RadioSelect,
                required=False,
                initial=mine,
                help_text=help_text,
            )

    @property
    def answers(self) -> dict[Any, Can]:
        given = ((row.pk, self.cleaned_data.get(name)) for name, row in self.rows.items())
        return {key: Can(can) for key, can in given if can}
