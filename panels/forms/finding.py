"""Finding a panel again."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms

from cpms import words
from cpms.forms import DayField
from panels.forms.dispatching import main_groups
from panels.states import ARCHIVED, State, Urgency


class WhenForm(forms.Form):
    """Between which days something was started; either may be left open."""

    since = DayField(label="Started from", required=False)
    until = DayField(label="Started until", required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "This day lies before the first one.")
        return cleaned


class ListForm(WhenForm):
    """What the list of panels shows. Everything may be left open; the choices stand in the address, words never do."""

    state = forms.ChoiceField(
        choices=[("", "All"), *State.choices, (ARCHIVED, "Archive")], required=False, widget=forms.HiddenInput
    )
    urgency = forms.ChoiceField(label="Urgency", choices=[("", "Any"), *Urgency.choices], required=False)
    group = forms.ModelChoiceField(label="Group", queryset=main_groups().none(), required=False, empty_label="Any")
    mine = forms.BooleanField(label="Only those I lead", required=False)
    unit = forms.BooleanField(label="Only those of my unit", required=False)

    def __init__(self, *args: Any, groups: Any, covers: Any = (), **kwargs: Any) -> None:
        """``covers`` are the colleagues whose panels the person sees as one of their unit; mostly nobody."""
        super().__init__(*args, **kwargs)
        if not covers:
            del self.fields["unit"]
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]

    @property
    def query(self) -> str:
        """The choices as an address names them, in one order; empty when nothing is chosen."""
        clean = self.cleaned_data
        chosen = {name: clean.get(name) for name in ("state", "urgency", "group", "mine", "unit", "since", "until")}
        chosen["group"] = clean["group"].pk if clean.get("group") else ""
        chosen |= {name: "on" if clean.get(name) else "" for name in ("mine", "unit")}
        return urlencode({name: value for name, value in chosen.items() if value})

    @property
    def label(self) -> str:
        """ "Open, urgent, Group 2, Calcium, from 1 March": what the filter is called when it is kept."""
        clean = self.cleaned_data
        named = [dict(self.fields[name].choices).get(clean.get(name), "") for name in ("state", "urgency")]  # type: ignore[attr-defined]
        parts = [word for word, name in zip(named, ("state", "urgency"), strict=True) if clean.get(name)]
        parts += [str(clean["group"])] if clean.get("group") else []
        parts += ["led by me"] if clean.get("mine") else []
        parts += ["of my unit"] if clean.get("unit") else []
        parts += [f"from {words.day(clean['since'])}"] if clean.get("since") else []
        parts += [f"until {words.day(clean['until'])}"] if clean.get("until") else []
        return ", ".join(parts)


class SearchForm(WhenForm):
    words = forms.CharField(
        label="Number, condition, finding, gene, person, group or title",
        max_length=120,
        widget=forms.TextInput({"type": "search", "autofocus": True}),
    )
    state = forms.ChoiceField(label="State", choices=[("", "Any state"), *State.choices], required=False)
