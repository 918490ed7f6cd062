"""Putting a panel before groups and networks, and what their coordinators answer."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from itertools import groupby
from typing import Any

from django import forms

from cpms.accounts import queries as accounts
from cpms.accounts.models import Network, ThematicGroup, User

MOST_OFFERED = 40  # people on a page; the others are found by name


class GroupsByNetwork(forms.ModelMultipleChoiceField):
    """Main groups under the names of their networks."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.network.code}: {obj}"


def main_groups() -> Any:
    return ThematicGroup.objects.main()


class AddresseeField(forms.ChoiceField):
    """A group or a whole network, by one value: ``g12`` or ``n3``. Cleans to (network, group or ``None``)."""

    def offer(self, *, besides: Iterable[tuple[Any, Any]] = ()) -> None:
        """Where somebody coordinates, but for what the panel is before already: (network, group) keys."""
        taken, looked_after = set(besides), accounts.coordinated()
        groups = {key: list(rows) for key, rows in groupby(main_groups(), key=lambda group: group.network_id)}
        self.places: dict[str, tuple[Network, ThematicGroup | None]] = {}
        choices: list[Any] = [("", "Choose a group or network")]
        for network in Network.objects.all():
            whole = network.pk in looked_after.networks
            theirs = [g for g in groups.get(network.pk, []) if whole or g.pk in looked_after.groups]
            here = [(f"g{g.pk}", str(g), (network, g)) for g in theirs]
            if whole:
                here.append((f"n{network.pk}", f"{network.name} as a whole", (network, None)))
            free = [row for row in here if (network.pk, getattr(row[2][1], "pk", None)) not in taken]
            self.places |= {value: place for value, _label, place in free}
            if free:
                choices.append((network.name, [(value, label) for value, label, _place in free]))
        self.choices = choices

    def clean(self, value: Any) -> Any:
        return self.places.get(super().clean(value))


class AddressForm(forms.Form):
    """A further group or network for a running panel."""

    to = AddresseeField(label="Group or network")

    def __init__(self, *args: Any, panel: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        live = panel.dispatches.live().values_list("network", "group")
        self.fields["to"].offer(besides=live)  # type: ignore[attr-defined]


class ForwardForm(AddressForm):
    reason = forms.CharField(label="Why", max_length=1000, widget=forms.Textarea({"rows": 2}))


class ReturnForm(forms.Form):
    reason = forms.CharField(label="Your question to the lead", max_length=1000, widget=forms.Textarea({"rows": 2}))


class ClarifyForm(forms.Form):
    text = forms.CharField(label="Your answer", max_length=2000, widget=forms.Textarea({"rows": 2}))


class TakeUpForm(forms.Form):
    """Whom of a group the lead could invite, or of the network where the panel lies with it as a whole. Everybody there may be
    ticked; ``offered`` are those the page shows."""

    people = forms.ModelMultipleChoiceField(
        label="Whom the lead could invite",
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, dispatch: Any, words: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        group, people = dispatch.group, accounts.experts(besides=dispatch.panel.lead)
        there = accounts.people_of(group) if group else accounts.people_of_network(dispatch.network)
        self.fields["people"].queryset = people.filter(pk__in=there.values("pk"))  # type: ignore[attr-defined]
        self.words = words

    @property
    def ticked(self) -> set[str]:
        return set(self["people"].value() or ())

    @cached_property
    def offered(self) -> list[User]:
        """The first so many by name, or of those called so; whoever is ticked already stands before them."""
        everybody: Any = self.fields["people"]
        known = {str(key) for key in everybody.queryset.values_list("pk", flat=True)} if self.ticked else set()
        ticked = list(everybody.queryset.filter(pk__in=self.ticked & known).order_by("display_name"))
        found = accounts.few_called(everybody.queryset, self.words, many=MOST_OFFERED)
        return [*ticked, *(person for person in found if person not in ticked)]
