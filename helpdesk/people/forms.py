"""What a stranger types to come in, and what a decider answers."""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from typing import Any

from django import forms

from cpms import clock, countries
from cpms.accounts.forms import CodeForm, GroupsField
from cpms.accounts.models import Centre, CentreMembership, Network, Unit, User
from cpms.accounts.models.covers import LONGEST_COVER
from cpms.accounts.policy import Post, networks_served_by
from cpms.accounts.roles import POWERFUL, Role
from cpms.controls import CHECKS
from cpms.forms import FIRST_DAY, LAST_DAY, DayField, WordsField
from helpdesk.people import queries
from helpdesk.people.states import AskedRole, Way, Whom


class CentreChoiceField(forms.ModelChoiceField):
    """Centres under the names of their countries."""

    def by_country(self) -> list[tuple[str, Any]]:
        rows = sorted(self.queryset, key=lambda centre: (countries.name(centre.country), centre.name))  # type: ignore[arg-type]
        groups = groupby(rows, key=lambda centre: countries.name(centre.country))
        options = [(country, [(centre.pk, str(centre)) for centre in found]) for country, found in groups]
        return [("", "Choose your hospital"), *options]


class OneBelowTheOther(forms.RadioSelect):
    """Choices that are sentences: a row of buttons would not hold them."""

    template_name = CHECKS


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


class ServedNetworkForm(forms.Form):
    """For one of the networks that the person serves."""

    network = forms.ModelChoiceField(label="Network", queryset=Network.objects.none(), empty_label=None)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["network"].queryset = networks_served_by(user)  # type: ignore[attr-defined]


class PlaceForm(ServedNetworkForm):
    """As what a hospital belongs to a network that the person serves."""

    kind = forms.ChoiceField(label="Belongs as", choices=CentreMembership.Kind.choices)
    until = DayField(label="Until", required=False, help_text="Empty: it stays. The day itself still counts.")


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


class CoverForm(forms.Form):
    """A whole unit of the hospital sees its panels for a time."""

    unit = forms.ModelChoiceField(label="Unit", queryset=Unit.objects.none(), empty_label=None)
    valid_from = DayField(label="From", initial=clock.rights_day, of_a_right=FIRST_DAY)
    valid_to = DayField(
        label="Until",
        of_a_right=LAST_DAY,
        help_text=f"The day itself still counts. At most {LONGEST_COVER.days} days after the first.",
    )
    reason = WordsField(
        label="Reason, read by the whole unit",
        max_length=200,
        help_text="For example: holidays in August. Nothing about a patient.",
    )

    def __init__(self, *args: Any, centre: Centre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = centre.units.order_by("name")  # type: ignore[attr-defined]


class GrantForm(forms.Form):
    """One of the posts that the signed-in person may give to the other."""

    post = forms.ChoiceField(label="Role")
    valid_to = DayField(label="Until", required=False, of_a_right=LAST_DAY, help_text="Empty: until it is ended.")

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


class PhoneCodeForm(CodeForm):
    """A code of the phone itself: whoever has recovery codes alone may have found them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[
            "code"
        ].help_text = "Six digits from the authenticator app of the phone. A recovery code is not enough."

    def clean_code(self) -> str:
        code = super().clean_code()
        if not code.isdecimal():
            raise forms.ValidationError("Give a code of the phone. A recovery code does not show that you have it.")
        return code


class TableForm(ServedNetworkForm):
    """A file of centres or of people, for one of the networks that the person serves."""

    file = forms.FileField(
        label="CSV or XLSX file",
        help_text="The first row names the columns. Up to 2,000 rows. Nothing is taken in before you have seen every row.",
        widget=forms.FileInput({"accept": ".csv,.xlsx,text/csv"}),
    )


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


class OutreachForm(forms.Form):
    """What was spoken with a hospital. The next step is whole or empty."""

    person = forms.ModelChoiceField(
        label="With whom", queryset=User.objects.none(), required=False, empty_label="Somebody else of the hospital"
    )
    way = forms.ChoiceField(label="How", choices=Way.choices, widget=forms.RadioSelect)
    on = DayField(label="On")
    said = forms.CharField(
        label="What was said, in a sentence",
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        help_text="No patient data: no name, no pseudonym, nothing from a case.",
    )
    next_step = WordsField(
        label="What is next", max_length=200, required=False, help_text="Left empty: nothing is to be done."
    )
    next_on = DayField(label="By when", required=False)
    next_by = forms.ModelChoiceField(label="By whom", queryset=User.objects.none(), required=False, empty_label=None)

    def __init__(
        self, data: Any = None, *, centre: Centre, user: Any, entry: Any = None, typed: dict[str, Any] | None = None
    ) -> None:
        """``entry`` is what is corrected: whom it names can be left as it was. ``typed`` is a draft of it."""
        found = {one.pk: f"{one.display_name}, {spoken_as(one)}" for one in queries.speakers_of(centre)}
        begun = {"on": clock.today(), "way": Way.PHONE, "person": next(iter(found), None), "next_by": user.pk}
        if entry is not None:
            begun |= {name: getattr(entry, name) for name in ("on", "way", "said", "next_step", "next_on")}
            begun |= {"person": entry.person_id, "next_by": entry.next_by_id or user.pk}
            if entry.person is not None:
                found.setdefault(entry.person_id, f"{entry.person.display_name}, {entry.get_whom_display()}")
        super().__init__(data, initial=begun | (typed or {}))
        person, next_on = (self.fields[name] for name in ("person", "next_on"))
        person.queryset = User.objects.filter(pk__in=found)  # type: ignore[attr-defined]
        person.choices = [*found.items(), ("", person.empty_label)]  # type: ignore[attr-defined]
        next_on.not_before_today = entry is None  # type: ignore[attr-defined]
        self.fields["next_by"].queryset = queries.keepers_of(centre)  # type: ignore[attr-defined]

    def clean_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["on"]
        if day > clock.today():
            raise forms.ValidationError("This day lies ahead.")
        return day

    def clean(self) -> dict[str, Any]:
        clean: dict[str, Any] = super().clean() or {}
        if clean.get("next_step") and not clean.get("next_on") and "next_on" not in self.errors:
            self.add_error("next_on", "Say by when.")
        if clean.get("next_on") and not clean.get("next_step"):
            self.add_error("next_step", "Say what is to be done by then.")
        if not clean.get("next_step"):
            clean["next_by"] = clean["next_on"] = None
        return clean


def spoken_as(person: Any) -> str:
    return Whom.REPRESENTATIVE.label if person.speaks_as == Role.REPRESENTATIVE else Whom.SUBSTITUTE.label
