"""For whom an assistant fills a form in."""

from __future__ import annotations

from typing import Any

from django import forms

from cpms.accounts.models import User
from cpms.accounts.policy import clinicians_enrolled_for


class ForWhomField(forms.ModelChoiceField):
    """Clinicians by name and hospital."""

    def __init__(self) -> None:
        super().__init__(label="On behalf of", queryset=User.objects.none(), empty_label=None)

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.display_name}, {obj.place}"


def offer_clinicians(form: forms.Form, user: Any) -> None:
    """An assistant says for whom; who works only for oneself is not asked."""
    found = list(clinicians_enrolled_for(user))
    if {one.pk for one in found} <= {user.pk}:
        del form.fields["clinician"]
    else:
        form.fields["clinician"].queryset = clinicians_enrolled_for(user)  # type: ignore[attr-defined]
        form.fields["clinician"].initial = user.pk if user in found else found[0].pk
