"""How often, for whom, and to which meeting."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from cpms.accounts.forms import GroupsField
from cpms.accounts.models import User
from panels.meetings import recurrence
from panels.meetings.forms.single import LONG, ChangeForm, LinkForm, WhenForm
from panels.meetings.models import Meeting
from panels.meetings.policy import may_own
from panels.meetings.states import MeetingState, Rhythm


class SeriesChangeForm(ChangeForm):
    """``version`` is that of the series."""

    name = forms.CharField(
        label="Name", max_length=80, help_text="Stands in mails and calendars: a group, no disease and no patient."
    )
    slots = forms.IntegerField(label="Panels at most", min_value=1, max_value=20)
    groups = GroupsField(label="Groups", help_text="Who takes part in them sees the series and may bring panels.")
    field_order = ("name", "groups", "minutes", "slots", "link")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_groups(self) -> list[Any]:
        """One of the groups stays the person's to serve."""
        groups = list(self.cleaned_data["groups"])
        if not (verdict := may_own(self.user, groups)):
            raise forms.ValidationError(verdict.reason)
        return groups


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
    """A meeting that returns. Its people are those who take part in its groups; the page strikes out whom it shall not ask."""

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
            must_fit(self, Rhythm(cleaned["rhythm"]), first)
        if cleaned.get("groups") and not (verdict := may_own(self.user, cleaned["groups"])):
            self.add_error("groups", verdict.reason)
        return cleaned


def must_fit(form: forms.Form, rhythm: Rhythm, first: dt.date) -> None:
    """Errors beside the fields ``day`` and ``rhythm`` where the first day does not fit the rhythm."""
    if rhythm == Rhythm.MONTHLY_LAST and not recurrence.is_last_of_month(first):
        form.add_error("day", "This is not the last such weekday of its month.")
    try:
        recurrence.rule_for(rhythm, first)
    except ValueError as error:
        form.add_error("rhythm", str(error))


class BringForm(forms.Form):
    """To which meeting, and whether its people are asked into the panel. ``offered`` are the first of those that are ``coming``."""

    meeting = forms.ModelChoiceField(
        label="Which meeting", queryset=Meeting.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    invite = forms.BooleanField(
        label="Invite the people of this meeting to the panel",
        required=False,
        initial=True,
        help_text="Who has not accepted an invitation sees the number of the panel, and nothing of the case.",
    )

    def __init__(self, *args: Any, coming: Any, offered: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["meeting"]
        field.queryset = coming
        field.choices = [(one.pk, label_of(one)) for one in offered]
        if offered:
            field.initial = offered[0].pk


class TakeOffForm(forms.Form):
    """From which of the coming meetings that the panel is on."""

    meeting = forms.ModelChoiceField(queryset=Meeting.objects.none())

    def __init__(self, *args: Any, panel: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        coming = Meeting.objects.filter(agenda__panel=panel, series__isnull=False, state=MeetingState.PLANNED)
        self.fields["meeting"].queryset = coming.select_related("series")  # type: ignore[attr-defined]


def label_of(meeting: Any) -> str:
    """A meeting of a series as a choice: day, name, and how many places are left; its own time too for those in another zone."""
    local = timezone.localtime(meeting.starts_at)
    left = meeting.series.slots - meeting.panels
    places = f"{left} of {meeting.series.slots} places free" if left > 0 else "full, the panel would wait for a place"
    there = "" if meeting.zone == timezone.get_current_timezone_name() else f" ({meeting.there})"
    return f"{local:%a} {local.day} {local:%B}, {local:%H:%M}{there}: {meeting.series.name} ({places})"
