"""What is looked for in the manual."""

from __future__ import annotations

from django import forms


class SearchForm(forms.Form):
    words = forms.CharField(
        label="Find in the manual", max_length=120, widget=forms.TextInput({"type": "search", "autocomplete": "off"})
    )
