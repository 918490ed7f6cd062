"""What people type about themselves."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import Any

from allauth.account.forms import ResetPasswordKeyForm
from django import forms
from django.contrib.auth import password_validation
from django.db.models import Q

from cpms import countries
from cpms.accounts import actions, queries
from cpms.accounts.models import Expert, ThematicGroup, User, latest_absence
from cpms.accounts.passwords import STAFF_LENGTH
from cpms.accounts.roles import Care
from cpms.forms import LAST_DAY, CodeInput, DayField, GroupsAtOnce, ListSelect

ZONED = frozenset(
    "Africa America Antarctica Arctic Asia Atlantic Australia Europe Indian Pacific".split()  # the database's own areas
)


def password_help(user: Any) -> str:
    """How long a password has to be for this person."""
    least = STAFF_LENGTH if user is not None and user.is_staff else 12
    return f"At least {least} characters. A sentence is easier to remember than symbols."


class CodeForm(forms.Form):
    code = forms.CharField(
        label="One-time code",
        max_length=40,
        help_text="Six digits from your authenticator app, or one of your recovery codes.",
        widget=CodeInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True, "class": "code"}
        ),
    )

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].split())


class RecoveryForm(CodeForm):
    """The same, with a keyboard that has letters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = "Recovery code"
        self.fields["code"].help_text = "One of the ten codes you kept. Each works once."
        self.fields["code"].widget.attrs["inputmode"] = "text"


class ActivationForm(forms.Form):
    display_name = forms.CharField(
        label="Your name, as colleagues should see it", max_length=120, widget=forms.TextInput({"autocomplete": "name"})
    )
    guest_hospital = forms.CharField(label="Hospital and city", max_length=160, required=False)
    password = forms.CharField(
        label="Choose a password",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["password"].help_text = password_help(user)
        if user.centre_id:
            del self.fields["guest_hospital"]

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password, self.user)
        return password


class AddressForm(forms.Form):
    email = forms.EmailField(
        label="New e-mail address",
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
        help_text="A link is sent to it. Until you open the link everything stays as it is.",
    )
    password = forms.CharField(
        label="Your password",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self) -> str:
        address = str(self.cleaned_data["email"]).lower()
        if address == self.user.email:
            raise forms.ValidationError("This is the address you have.")
        return address


class ResetForm(forms.Form):
    """allauth's own looks the account up, and makes its link, while the asker waits: the time would tell. A worker does both."""

    email = forms.EmailField(max_length=254)

    def save(self, _request: Any, **_kwargs: Any) -> None:
        actions.ask_for_reset(self.cleaned_data["email"].lower(), by=None)


class NewPasswordForm(ResetPasswordKeyForm):
    """allauth's, in our words and with one field, as in the activation: password managers fill it and nobody types it twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        self.fields["password1"].label = "New password"
        self.fields["password1"].help_text = password_help(self.user)


def zones() -> list[tuple[str, str]]:
    """Every zone that is named by a continent or an ocean and a city, Europe's first: guests come from anywhere."""
    found = {name for name in zoneinfo.available_timezones() if name.split("/")[0] in ZONED and "/" in name}
    names = sorted(found, key=lambda name: (not name.startswith("Europe/"), name))
    return [(name, name.replace("_", " ")) for name in names]


class ProfileForm(forms.Form):
    display_name = forms.CharField(label="Name", max_length=120)
    job_title = forms.CharField(label="Job title", max_length=120, required=False)
    zone = forms.ChoiceField(label="Time zone", choices=zones, widget=ListSelect)
    theme = forms.ChoiceField(label="Light or dark", choices=User.Theme.choices)
    shortcuts = forms.BooleanField(
        label="Single keys", required=False, help_text="On a keyboard: / finds a panel, ? lists all keys."
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class AssistantForm(forms.Form):
    """A colleague of the same hospital, for good or until a day."""

    assistant = forms.ModelChoiceField(
        label="Colleague",
        queryset=User.objects.none(),
        empty_label="Choose a colleague of your hospital",
        help_text="Whoever has an account at your hospital. Others ask for access first.",
    )
    until = DayField(label="Until", required=False, of_a_right=LAST_DAY, help_text="Empty: until you end it.")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken = user.assistants.current().values("assistant")
        self.fields["assistant"].queryset = queries.colleagues_of(user).exclude(pk__in=taken)  # type: ignore[attr-defined]


class AbsenceForm(forms.Form):
    """Empty: here again."""

    away_until = DayField(
        label="Away until", required=False, not_before_today=True, help_text="Including this day. Empty: you are here."
    )
    deputy = forms.ModelChoiceField(
        label="Deputy", queryset=User.objects.none(), required=False, empty_label="Nobody in particular"
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deputy"].queryset = queries.deputies_for(user)  # type: ignore[attr-defined]

    def clean_away_until(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["away_until"]
        if day and day > (latest := latest_absence()):
            raise forms.ValidationError(
                f"An absence lasts 12 months at most: choose {latest:%d/%m/%Y} or an earlier day."
            )
        return day


ANY = [("", "Any")]


class GroupField(forms.ModelChoiceField):
    """One thematic group; a sub-group stands below its main group, and is called with it."""

    iterator = GroupsAtOnce

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=ThematicGroup.objects.in_tree(), **kwargs)

    def label_from_instance(self, group: Any) -> str:
        return str(group.whole_name)


class GroupsField(GroupField, forms.ModelMultipleChoiceField):
    """Any number of thematic groups of both levels."""

    widget = forms.CheckboxSelectMultiple


class DirectoryForm(forms.Form):
    """Who is looked for. Sent by POST: what a clinician looks for never stands in an address."""

    condition = forms.CharField(label="Condition", required=False, max_length=200)
    gene = forms.CharField(label="Gene", required=False, max_length=40)
    group = GroupField(label="Thematic group", required=False, empty_label="Any", widget=ListSelect)
    country = forms.ChoiceField(label="Country", required=False, widget=ListSelect)
    language = forms.ChoiceField(
        label="Language", required=False, choices=[*ANY, *countries.LANGUAGES.items()], widget=ListSelect
    )
    care = forms.ChoiceField(label="Looks after", required=False, choices=[*ANY, *Care.choices[:2]], widget=ListSelect)
    page = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = [*ANY, *countries.choices()]  # type: ignore[attr-defined]


class ExpertiseForm(forms.Form):
    """A condition by name (chosen from suggestions, or typed), or a gene."""

    condition = forms.CharField(label="Condition", max_length=300, required=False)
    code = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)
    gene = forms.RegexField(
        r"^[A-Za-z0-9][A-Za-z0-9-]{0,19}$", label="Gene", required=False, help_text="Its symbol, for example MEN1."
    )

    def clean(self) -> dict[str, Any]:
        """What was typed without choosing counts when it is a name; else the nearest names are offered."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        text = (cleaned.get("condition") or "").strip()
        if not text and not cleaned.get("gene") and not self.errors:
            self.add_error("condition", "Type a condition or a gene.")
        cleaned["hit"] = self.condition_of(text, cleaned.get("code") or "") if text else None
        return cleaned

    def condition_of(self, text: str, code: str) -> Any:
        hits = queries.conditions_named(text).hits
        for hit in hits:
            if hit.code == code or hit.name.casefold() == text.casefold():
                return hit
        near = "; ".join(hit.name for hit in hits[:3])
        self.add_error("condition", f"Do you mean: {near}?" if near else "No condition has a name like this.")
        return None


class PracticeForm(forms.Form):
    languages = forms.MultipleChoiceField(
        label="Languages you work in",
        choices=list(countries.LANGUAGES.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    care = forms.ChoiceField(label="You look after", choices=Care.choices, widget=forms.RadioSelect)
    groups = GroupsField(
        label="Your fields",
        required=False,
        help_text="Whoever follows a sub-group is asked as part of its main group too.",
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        followed = Q(pk__in=user.groups_of_interest.order_by().values("pk"))  # also of a network the hospital has left
        own = ThematicGroup.objects.in_tree().filter(Q(network__in=queries.networks_of(user)) | followed)
        self.fields["groups"].queryset = own  # type: ignore[attr-defined]


class ExpertGroupForm(forms.Form):
    """A name, and perhaps a thematic group to share it with."""

    name = forms.CharField(label="Name of the group", max_length=80)
    shared_with = GroupField(label="Shared with", required=False, empty_label="Nobody, for me alone")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shared_with"].queryset = queries.thematic_groups_of(user)  # type: ignore[attr-defined]


class DescribeExpertGroupForm(ExpertGroupForm):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class SaveExpertsForm(ExpertGroupForm):
    """The same, with the experts ticked in the directory."""

    people = forms.ModelMultipleChoiceField(
        queryset=Expert.objects.none(), error_messages={"required": "Tick somebody first."}
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.fields["people"].queryset = Expert.objects.visible_to(user)  # type: ignore[attr-defined]
