"""What is typed about a ticket or for the public page."""

from __future__ import annotations

from typing import Any

from django import forms

from cpms.accounts.models import Network
from cpms.forms import WordsField
from helpdesk.tickets import queries
from helpdesk.tickets.models import StatusEntry, Ticket
from helpdesk.tickets.states import WISHES, EntryKind, EntryState

NO_PATIENT = "No patient data: no name, no pseudonym, nothing from a case. The helpdesk does not see patients."


class SearchForm(forms.Form):
    words = forms.CharField(
        label="Find a ticket", max_length=120, widget=forms.TextInput({"type": "search", "autocomplete": "off"})
    )


class RaiseForm(forms.Form):
    """Who belongs to several networks, or is the helpdesk of one, says whose helpdesk; everybody else is not asked."""

    kind = forms.ChoiceField(label="What is it?", choices=list(WISHES.items()), widget=forms.RadioSelect)
    text = forms.CharField(
        label="Your words", widget=forms.Textarea({"rows": 6}), max_length=4000, help_text=NO_PATIENT
    )
    network = forms.ModelChoiceField(label="Whose helpdesk", queryset=Network.objects.none(), empty_label=None)

    def __init__(self, *args: Any, user: Any, nearest: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = list(queries.networks_for(user))
        self.only = found[0] if len(found) == 1 else None
        if len(found) < 2:
            del self.fields["network"]
            return
        self.fields["network"].queryset = queries.networks_for(user)  # type: ignore[attr-defined]
        keys = [network.pk for network in found]
        own = [post.network for post in user.posts() if post.network in keys]
        self.fields["network"].initial = nearest if nearest in keys else [*own, *keys][0]

    @property
    def chosen(self) -> Network | None:
        return self.cleaned_data["network"] if "network" in self.fields else self.only


class ReplyForm(forms.Form):
    text = forms.CharField(
        label="Your words", widget=forms.Textarea({"rows": 4}), max_length=8000, help_text="No patient data."
    )
    among_staff = forms.BooleanField(label="Only among helpdesks: who asked does not see it", required=False)

    def __init__(self, *args: Any, as_staff: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not as_staff:
            del self.fields["among_staff"]


class ConsultForm(forms.Form):
    network = forms.ModelChoiceField(label="Ask the helpdesk of", queryset=Network.objects.none(), empty_label=None)

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["network"].queryset = queries.others_to_consult(ticket)  # type: ignore[attr-defined]


class LinkForm(forms.Form):
    entry = forms.ModelChoiceField(label="Told of as", queryset=StatusEntry.objects.none(), empty_label=None)

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["entry"].queryset = queries.entries_for(ticket)  # type: ignore[attr-defined]


class EntryForm(forms.Form):
    """Public words; nothing is taken over from a ticket."""

    kind = forms.ChoiceField(label="What is it?", choices=EntryKind.choices, widget=forms.RadioSelect)
    title = WordsField(label="Title", max_length=120, help_text="Everybody can read it, without signing in.")
    words = forms.CharField(
        label="In your words",
        widget=forms.Textarea({"rows": 4}),
        max_length=2000,
        required=False,
        help_text="Nobody's name and nobody's words but your own.",
    )
    state = forms.ChoiceField(label="State", choices=EntryState.choices, initial=EntryState.PLANNED)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, fresh: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["version" if fresh else "kind"]
