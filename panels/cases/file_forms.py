"""A newer file of a case, sent by a browser."""

from __future__ import annotations

from typing import Any

from django import forms

from panels.cases.importers import phenopacket
from panels.cases.importers.read_case import ImportRefused, ReadCase
from panels.cases.states import LARGEST_FILE, LONGEST_TEXT


def as_sent(text: str) -> bytes:
    """The text of a file that a browser sends back, with the line ends of before: JSON has none inside its words."""
    return text.replace("\r\n", "\n").encode()


class NewerFileForm(forms.Form):
    """A file of the same patient, or its text as the page that showed it sends it back. ``read`` is what stands in it."""

    file = forms.FileField(
        label="A newer file",
        required=False,
        help_text="A GA4GH phenopacket (JSON). It is read and checked with you first; the file is not kept.",
        widget=forms.ClearableFileInput({"accept": ".json,application/json"}),
    )
    file_text = forms.CharField(max_length=LONGEST_TEXT, required=False, strip=False, widget=forms.HiddenInput)
    file_name = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)

    read: ReadCase | None = None
    text = name = ""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        file = cleaned.get("file")
        data = file.read(LARGEST_FILE + 1) if file else as_sent(cleaned.get("file_text", ""))
        self.name = file.name if file else cleaned.get("file_name", "")
        if not data or len(data) > LARGEST_FILE:
            wrong = f"The file is larger than {LARGEST_FILE // 1_000_000} MB. A case is usually under 100 kB."
            self.add_error("file", wrong if data else "Choose a file.")
            return cleaned
        try:
            self.read = phenopacket.read(data)
            self.text = data.decode("utf-8-sig")
        except ImportRefused as refusal:
            self.add_error("file", str(refusal))
        return cleaned
