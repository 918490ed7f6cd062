"""To which of a hospital's networks a new panel belongs."""

from __future__ import annotations

from typing import Any

from django import forms

from cpms.accounts import queries as accounts
from cpms.accounts.models import Network
from panels.models import Question, Referral


class OfNetworkField(forms.ModelChoiceField):
    """Asked before the panel gets its number, which begins with the network's code and stays."""

    def __init__(self) -> None:
        super().__init__(
            label="Network of the panel",
            queryset=Network.objects.none(),
            widget=forms.RadioSelect,
            empty_label=None,
            help_text="Your hospital belongs to several. One of this network’s groups answers; others can be asked besides.",
            error_messages={"required": "Choose the network; the panel’s number begins with it."},
        )


def chosen(form: forms.Form, name: str) -> Any:
    """What a field holds as the page opens or was sent; ``None`` where that is nothing the person may choose."""
    try:
        return form.fields[name].clean(form[name].value())
    except forms.ValidationError:
        return None


def network_grown_from(thing: Question | Referral | None) -> Network | None:
    """The network that a question or a referral was put to."""
    return thing.group.network if isinstance(thing, Question) else getattr(thing, "network", None)


def offer_networks(form: forms.Form, user: Any, *, grown_from: Network | None) -> Network | None:
    """Gives the network where it goes without saying: the only one, or the one that the panel grows from; else it is asked
    for. An assistant works for clinicians of the own hospital only."""
    found = accounts.networks_of(user)
    own = list(found)
    if grown_from in own or len(own) < 2:
        del form.fields["network"]
        return grown_from if grown_from in own else next(iter(own), None)
    form.fields["network"].queryset = found  # type: ignore[attr-defined]
    return None
