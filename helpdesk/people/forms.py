"""What a stranger types to come in, and what a decider answers."""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from typing import Any

from django import forms

from cpms import clock, countries
from cpms.accounts.forms import GroupsField
from cpms.accounts.models import Centre, CentreMembership, Network, Unit
from cpms.accounts.policy import Post, networks_served_by
from cpms.accounts.roles import POWERFUL
from cpms.forms import DayField
from helpdesk.people import queries
from helpdesk.people.states import AskedRole


class CentreChoiceField(forms.ModelChoiceField):
    """Centres under the names of their countries."""

    def by_country(self) -> list[tuple[str, Any]]:
        rows = sorted(self.queryset, key=lambda centre: (countries.name(centre.country), centre.name))  # type: ignore[arg-type]
        groups = groupby(rows, key=lambda centre: countries.name(centre.country))
        options = [(country, [(centre.pk, str(centre)) for centre in found]) for country, found in groups]
        return [("", "Choose your hospital"), *options]


class OneBelowTheOther(forms.RadioSelect):
    """Choices that are sentences: a row of buttons would not hold them."""

    template_name = "components/forms/checks.html"


class AccessRequestForm(forms.Form):
    display_name = forms.CharField(label="Your name", max_length=120, widget=forms.TextInput({"autocomplete": "name"}))
    email = forms.EmailField(
        label="Work e-mail",
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
        help_text="You will sign in with it. The answer comes to it.",
    )
    job_title = forms.CharField(
        label="Job title", max_length=120, widget=forms.TextInput({"autocomplete": "organization-title"})
    )
    centre = CentreChoiceField(
        label="Hospital",
        queryset=Centre.objects.none(),
        help_text="Not in the list? Then it is no member yet. A colleague of a member hospital can invite you as a guest.",
    )
    role = forms.ChoiceField(
        label="You come as",
        choices=AskedRole.choices,
        initial=AskedRole.CLINICIAN,
        widget=OneBelowTheOther,
    )
    groups = GroupsField(label="Your fields", required=False)
    why = forms.CharField(
        label="What brings you here?",
        max_length=1000,
        widget=forms.Textarea({"rows": 2}),
        help_text="One sentence for whoever decides. Nothing about a patient.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        centre: Any = self.fields["centre"]
        centre.queryset = Centre.objects.members()
        centre.choices = centre.by_country()


class RefusalForm(forms.Form):
    reason = forms.CharField(label="Reason, read by the applicant", max_length=1000, widget=forms.Textarea({"rows": 2}))


class ClearanceForm(forms.Form):
    """Empty ends the clearance."""

    cleared_on = DayField(
        label="Confirmed by the hospital's data protection officer on",
        required=False,
        help_text="Empty: there is no confirmation. The hospital then opens no new panels.",
    )

    def clean_cleared_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["cleared_on"]
        if day and day > clock.today():
            raise forms.ValidationError("This day lies ahead.")
        return day


class CentreForm(forms.Form):
    name = forms.CharField(label="Hospital", max_length=160)
    city = forms.CharField(label="City", max_length=80)
    country = forms.ChoiceField(label="Country", choices=lambda: [("", "Choose a country"), *countries.choices()])


class DescribeForm(CentreForm):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class PlaceForm(forms.Form):
    """As what a hospital belongs to a network that the person serves."""

    network = forms.ModelChoiceField(label="Network", queryset=Network.objects.none(), empty_label=None)
    kind = forms.ChoiceField(label="Belongs as", choices=CentreMembership.Kind.choices)
    until = DayField(label="Until", required=False, help_text="Empty: it stays. The day itself still counts.")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["network"].queryset = networks_served_by(user)  # type: ignore[attr-defined]


class NewCentreForm(CentreForm, PlaceForm):
    """A hospital that joins a network."""

    field_order = ("name", "city", "country", "network", "kind")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["until"]


class PersonUnitForm(forms.Form):
    unit = forms.ModelChoiceField(
        label="Unit", queryset=Unit.objects.none(), required=False, empty_label="None in particular"
    )

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].initial = person.unit_id
        self.fields["unit"].queryset = Unit.objects.filter(centre=person.centre_id).order_by("name")  # type: ignore[attr-defined]


class UnitForm(forms.Form):
    name = forms.CharField(label="Name of the unit", max_length=120)


class GrantForm(forms.Form):
    """One of the posts that the signed-in person may give to the other."""

    post = forms.ChoiceField(label="Role")
    valid_to = DayField(label="Until", required=False, ends_a_right=True, help_text="Empty: until it is ended.")

    def __init__(self, *args: Any, posts: list[Post], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.posts = {post.key: post for post in posts}
        chosen: Any = self.fields["post"]
        second = " (a second person confirms)"
        chosen.choices = [(post.key, f"{post}{second if post.role in POWERFUL else ''}") for post in posts]

    def clean_post(self) -> Post:
        return self.posts[self.cleaned_data["post"]]


class LostPhoneForm(forms.Form):
    how_checked = forms.CharField(
        label="How you know who called",
        max_length=300,
        help_text="For example: video call together with the hospital's representative.",
    )


class TableForm(forms.Form):
    """A file of centres or of people, for one of the networks that the person serves."""

    network = forms.ModelChoiceField(label="Network", queryset=Network.objects.none(), empty_label=None)
    file = forms.FileField(
        label="CSV or XLSX file",
        help_text="The first row names the columns. Up to 2,000 rows. Nothing is taken in before you have seen every row.",
        widget=forms.FileInput({"accept": ".csv,.xlsx,text/csv"}),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["network"].queryset = networks_served_by(user)  # type: ignore[attr-defined]


class GlassForm(forms.Form):
    ref = forms.CharField(label="Number of the panel", max_length=30)
    reason = forms.CharField(
        label="Reason, read by the clinician and the second person",
        max_length=300,
        widget=forms.Textarea({"rows": 2}),
        help_text="Why it cannot wait for the lead. Nothing about the patient.",
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_ref(self) -> Any:
        panel = queries.panel_for_glass(self.user, self.cleaned_data["ref"])
        if panel is None:
            raise forms.ValidationError("No open or closed panel of your network has this number.")
        return panel
