"""What became of the advice, in a minute; and what a group makes of a topic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from cpms.forms import WordsField
from outcomes.states import Benefit, Done, EffectKind, TopicState


class EffectForm(forms.Form):
    kind = forms.ChoiceField(
        label="What did the advice do to the treatment?", choices=EffectKind.choices, widget=forms.RadioSelect
    )
    text = WordsField(label="In a few words", required=False, max_length=2_000)
    topic = WordsField(
        label="What should be learned or studied? Name no patient",
        required=False,
        max_length=300,
        help_text="The coordinators of the group see these words, as a topic for a webinar or for research.",
    )


class FollowUpForm(forms.Form):
    """For each advice three choices and a line; then the patient. ``advice`` is what is asked about, ``version`` the version of
    the outcome that gives it."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    benefit = forms.ChoiceField(label="Did the patient benefit?", choices=Benefit.choices, widget=forms.RadioSelect)
    patient_view = forms.CharField(
        label="What does the patient say?", required=False, max_length=5_000, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *args: Any, advice: list[Any], **options: Any) -> None:
        super().__init__(*args, **options)
        self.advice = advice
        for one in advice:
            label = f"What became of advice {one.number}?"
            self.fields[f"done-{one.number}"] = forms.ChoiceField(
                label=label, choices=Done.choices, widget=forms.RadioSelect
            )
            self.fields[f"because-{one.number}"] = WordsField(label="Because", required=False, max_length=1_000)

    @staticmethod
    def kept(typed: Mapping[str, Any], version: int) -> dict[str, Any]:
        """A draft for the advice as it stands now: what was chosen about the advice of another version is not said of this one."""
        same = str(typed.get("version", "")) == str(version)
        return {name: said for name, said in typed.items() if same or not name.startswith("done-")} | {
            "version": version
        }

    @property
    def rows(self) -> list[tuple[Any, Any, Any]]:
        """Each advice with its two fields."""
        return [(one, self[f"done-{one.number}"], self[f"because-{one.number}"]) for one in self.advice]

    @property
    def answers(self) -> dict[int, tuple[str, str]]:
        """Number of an advice to what became of it, and because of what."""
        clean = self.cleaned_data
        return {one.number: (clean[f"done-{one.number}"], clean[f"because-{one.number}"]) for one in self.advice}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for one in self.advice:
            if cleaned.get(f"done-{one.number}") == Done.NOT and not cleaned.get(f"because-{one.number}", "").strip():
                self.add_error(f"because-{one.number}", "Say in a few words why it was not followed.")
        return cleaned


class TopicForm(forms.Form):
    state = forms.ChoiceField(choices=TopicState.choices)
