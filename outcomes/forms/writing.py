"""Conclusion, advice, signature, and the code of a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from cpms.drafts.queries import with_newer
from cpms.forms import DayField
from outcomes.states import AdviceKind, Decision, Strength


class ConclusionForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    conclusion = forms.CharField(
        label="Conclusion",
        max_length=20_000,
        widget=forms.Textarea({"rows": 4, "class": "conclusion"}),
        help_text="What does the panel advise, in two or three sentences?",
    )
    plain = forms.CharField(
        label="For the patient, in plain words",
        max_length=20_000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="Short sentences, no terms of art. Printed in the document, for the talk with the patient.",
    )


class CorrectionForm(ConclusionForm):
    reason = forms.CharField(
        label="Why is it corrected?",
        max_length=2_000,
        widget=forms.Textarea({"rows": 2}),
        help_text="Printed in the new version, and told to whoever signed the old one.",
    )


class AdviceForm(forms.Form):
    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    text = forms.CharField(label="Advice", max_length=20_000, required=False, widget=forms.Textarea({"rows": 2}))
    kind = forms.ChoiceField(label="Kind", choices=[("", "Not said"), *AdviceKind.choices], required=False)
    strength = forms.ChoiceField(label="Strength", choices=[("", "Not said"), *Strength.choices], required=False)
    owner = forms.CharField(label="Who does it", max_length=200, required=False)
    due_on = DayField(label="By", required=False)
    dissent = forms.CharField(
        label="What was said against it, and by whom",
        max_length=10_000,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )


AdviceSet = forms.formset_factory(AdviceForm, extra=1, max_num=60, absolute_max=60)
WRITTEN = ("text", "kind", "strength", "owner", "due_on", "dissent")


def saved_rows(outcome: Any) -> list[dict[str, Any]]:
    return [{"id": item.pk, **{name: getattr(item, name) for name in WRITTEN}} for item in outcome.items.all()]


def advice_set(
    outcome: Any, data: Any = None, *, typed: Sequence[dict[str, Any]] = (), marked: Sequence[dict[str, Any]] = ()
) -> Any:
    """One form per item and one empty one; a text made empty takes its item out. ``typed`` rows come
    from a draft; what was saved beside it, and what was ``marked`` since, stands after them."""
    saved = [*saved_rows(outcome), *marked]
    return AdviceSet(data, initial=with_newer(typed, saved) if data is None else None, prefix="advice")


def advice_rows(advice: Any) -> list[dict[str, Any]]:
    """What was filled in, row by row, with the prefix of the row's fields on the page."""
    return [{**row.cleaned_data, "prefix": row.prefix} for row in advice if row.cleaned_data]


def beside(advice: Any, outcome: Any, text: Any) -> list[tuple[Any, Any]]:
    """Each row of the form with the saved advice it changes, ``None`` beside one that is new. ``text`` is what is read: the draft,
    or the version that was sent, which has the same advice."""
    items = list(outcome.items.all())
    read = text.advice if len(items) == len(text.advice) else [None] * len(items)  # nobody knows which is which
    saved = {str(item.pk): one for item, one in zip(items, read, strict=True)}
    return [(row, saved.get(str(row["id"].value() or ""))) for row in advice]


def is_changed(outcome: Any, sent: Mapping[str, Any], *, marked: Sequence[dict[str, Any]] = ()) -> bool:
    """Whether the form of the text, ``sent`` as a browser sends it, says anything else than what is saved, and what was ``marked``
    since. A field that was not sent says nothing."""
    rows = {str(row["id"]): row for row in [*saved_rows(outcome), *marked]}
    was = {name: getattr(outcome, name) for name in ("conclusion", "plain")}
    for name, key in sent.items():
        prefix, found, _ = name.rpartition("-id")
        if found and prefix.startswith("advice-"):
            was |= {f"{prefix}-{field}": rows.get(key, {}).get(field) for field in WRITTEN}
    return any(as_compared(sent.get(name, value)) != as_compared(value) for name, value in was.items())


def as_compared(value: Any) -> str:
    """A text without what a browser changes in it: its line ends, and white space around it."""
    return "\n".join(str("" if value is None else value).split("\r\n")).strip()


class SignForm(forms.Form):
    """``number`` is the version that was read: nobody signs a text they have not seen. ``advice`` is how many it gives."""

    number = forms.IntegerField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(choices=[(Decision.SIGNED, "Sign"), (Decision.DISSENT, "Dissent")])
    about = forms.TypedChoiceField(label="It is about", coerce=int, empty_value=None, required=False)
    text = forms.CharField(
        label="Your dissent, printed as you write it",
        required=False,
        max_length=10_000,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, advice: int, **options: Any) -> None:
        super().__init__(*args, **options)
        numbers = [(str(number), f"Advice {number}") for number in range(1, advice + 1)]
        self.fields["about"].choices = [("", "The whole"), *numbers]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("decision") == Decision.DISSENT and not cleaned.get("text", "").strip():
            self.add_error("text", "Give your dissent in words; it is printed as you write it.")
        if cleaned.get("decision") == Decision.SIGNED and cleaned.get("text", "").strip():
            self.add_error("text", "A dissent is written here: sign with it, or empty the field and sign without one.")
        return cleaned


class VerifyForm(forms.Form):
    code = forms.CharField(
        label="Code on the document",
        max_length=20,
        widget=forms.TextInput({"autocomplete": "off", "class": "code-entry"}),
    )
    file = forms.FileField(
        label="The PDF, to compare the file itself",
        required=False,
        help_text="It is compared at once and not kept.",
        widget=forms.ClearableFileInput({"accept": "application/pdf"}),
    )

    def clean_code(self) -> str:
        signs = "".join(sign for sign in self.cleaned_data["code"].upper() if sign.isalnum())
        return "-".join(signs[i : i + 4] for i in range(0, len(signs), 4))
