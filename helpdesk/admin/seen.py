"""Two people of the helpdesk with the same page open never overwrite each other unseen."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.db import models
from django.utils.crypto import salted_hmac

from cpms.vault.fields import SealedTextField


def state_of(thing: models.Model) -> str:
    """What the row holds, as a token that says nothing about it. The staff site's models have no version column, and one
    of them calls something else so."""
    fields = [field for field in thing._meta.concrete_fields if not isinstance(field, SealedTextField)]
    held = {field.name: field.value_to_string(thing) for field in fields}
    return salted_hmac("helpdesk.seen", json.dumps(held, sort_keys=True), algorithm="sha256").hexdigest()


class SeenForm(forms.ModelForm):
    """Carries what the page showed. Once the row has changed since, it says what stands there now, beside what was typed;
    sent again it counts, for then both were seen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            shown = forms.CharField(widget=forms.HiddenInput, required=False, initial=state_of(self.instance))
            self.fields["seen"] = shown

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "seen" in self.fields:
            rows = type(self.instance)._base_manager.select_for_update(of=("self",))
            current = rows.get(pk=self.instance.pk)
            if cleaned.get("seen") != state_of(current):
                self.show(current, cleaned)
        return cleaned

    def show(self, current: models.Model, typed: dict[str, Any]) -> None:
        """Both texts, field by field; what was typed stays in the fields."""
        sent: Any = self.data.copy()  # type: ignore[attr-defined]
        sent[self.add_prefix("seen")] = state_of(current)
        self.data = sent
        self.add_error(
            None, "Somebody else changed this while you were writing. Compare, and save again to keep yours."
        )
        for field in current._meta.concrete_fields:
            theirs = getattr(current, field.name)
            if field.name in self.fields and field.name in typed and typed[field.name] != theirs:
                self.add_error(
                    field.name, f"Saved by somebody else: {theirs if theirs not in (None, '') else '(empty)'}"
                )
