"""Why a registry's cases are taken out."""

from __future__ import annotations

from django import forms


class PurposeForm(forms.Form):
    purpose = forms.CharField(
        label="What for",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="The study or the registry’s own work, and who receives the file. Kept with your name.",
    )
