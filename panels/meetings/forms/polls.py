"""Which dates, and which of them suit."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from cpms import clock, words
from cpms.forms import MomentField, MomentInput
from panels.meetings.forms.single import LENGTHS, LinkForm
from panels.meetings.models import ProposedDate
from panels.meetings.states import Can


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
