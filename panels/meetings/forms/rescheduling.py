"""From which date on a series meets when, and where the panels go whose date falls away."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Q

from cpms import clock
from cpms.accounts.forms import zones
from cpms.forms import DayField, ListSelect
from panels.meetings import recurrence
from panels.meetings.forms.series import must_fit
from panels.meetings.models import Meeting, MeetingSeries
from panels.meetings.queries import planned_before
from panels.meetings.recurrence import Plan
from panels.meetings.states import MeetingState, Rhythm


class RescheduleForm(forms.Form):
    """``coming`` are the dates of the series that are still to come, in order. The time holds in the zone of the form."""

    since = forms.ChoiceField(label="From which date on", help_text="The dates before it stay as they are.")
    day = DayField(label="New first date", help_text="It takes the place of the date above.")
    time = forms.TimeField(label="Start", widget=forms.TimeInput({"type": "time"}))
    rhythm = forms.ChoiceField(label="How often", choices=Rhythm)
    zone = forms.ChoiceField(label="Time zone", choices=zones, widget=ListSelect)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, series: MeetingSeries, coming: list[Meeting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.series = series
        since: Any = self.fields["since"]
        since.choices = [(f"{one.day}", one.there) for one in coming]

    def clean(self) -> dict[str, Any]:
        """The first day lies ahead, after the dates that stay, in the span that meetings are planned in, and fits the rhythm."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not {"since", "day", "time", "rhythm", "zone"} <= set(cleaned) or not isinstance(cleaned["day"], dt.date):
            return cleaned
        plan = Plan(Rhythm(cleaned["rhythm"]), cleaned["day"], cleaned["time"], cleaned["zone"])
        cleaned["since"], cleaned["plan"] = dt.date.fromisoformat(cleaned["since"]), plan
        must_fit(self, plan.rhythm, plan.first_on)
        if wrong := self.misplaced(plan, cleaned["since"]):
            self.add_error("day", wrong)
        elif not self.errors and self.is_as_before(plan, cleaned["since"]):
            self.add_error("day", "The series meets like this already.")
        return cleaned

    def misplaced(self, plan: Plan, since: dt.date) -> str:
        """What is wrong with the first day; empty when nothing is."""
        moment = plan.moment(plan.first_on)
        not_earlier = Q(day__gte=plan.first_on) | Q(starts_at__gte=moment)
        if moment <= clock.now():
            return "This moment has passed already."
        before = self.series.meetings.exclude(state=MeetingState.CANCELLED).filter(day__lt=since)
        if before.filter(not_earlier).exists():
            return "A date that stays lies on this day or later. Choose a later day, or change the series from an earlier date on."
        if planned_before(self.series).filter(not_earlier).exists():
            return "A last date of the earlier plan lies on this day or later. Choose a later day, or call that date off first."
        if plan.first_on > clock.today() + recurrence.AHEAD - dt.timedelta(days=31):
            return "Choose a day within the next three months."
        return ""

    def is_as_before(self, plan: Plan, since: dt.date) -> bool:
        series = self.series
        same = (plan.rule, plan.at, plan.zone) == (series.rule, series.at, series.zone)
        return same and plan.first_on == since


class HomesForm(forms.Form):
    """To which new date each panel goes whose own has none. ``change`` is what changes."""

    def __init__(self, *args: Any, change: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = [(f"{day}", recurrence.spoken(change.plan.moment(day), change.plan.zone)) for day in change.days]
        for item in change.homeless:
            label = f"{item.panel.ref}, of {item.meeting.there}"
            self.fields[f"home-{item.pk}"] = forms.ChoiceField(label=label, choices=[("", "Choose a date"), *days])

    @property
    def homes(self) -> dict[int, dt.date]:
        """Agenda item to day."""
        found = self.cleaned_data.items()
        return {int(name.removeprefix("home-")): dt.date.fromisoformat(day) for name, day in found}
