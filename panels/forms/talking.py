"""What people say in a panel, and quick questions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from cpms.accounts import queries as accounts
from cpms.accounts.forms import GroupField
from cpms.accounts.models import ThematicGroup, User
from panels.forms.acting import ForWhomField, offer_clinicians
from panels.states import Certainty, ContributionKind, StanceKind


class ContributionForm(forms.Form):
    """Advice or a message; ``kind`` "message" is plain conversation. Of advice neither kind nor certainty is chosen beforehand;
    how sure somebody is may stay unsaid."""

    kind = forms.ChoiceField(
        label="What is it?",
        choices=[("message", "Message"), *ContributionKind.choices],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what it is: a message, or which kind of advice."},
    )
    text = forms.CharField(label="Your reply", widget=forms.Textarea({"rows": 3}), max_length=20_000, required=False)
    certainty = forms.ChoiceField(label="How sure", choices=[("", "Not said"), *Certainty.choices], required=False)

    answers = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    mentions = forms.ModelMultipleChoiceField(
        label="Mention", queryset=User.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    quote = forms.ChoiceField(label="Quote from the case", required=False)

    def __init__(self, *args: Any, people: Iterable[Any] = (), quotes: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["mentions"]
        chosen.queryset = User.objects.filter(pk__in=[person.pk for person in people])
        chosen.choices = [(person.pk, person.display_name) for person in people]
        words: Any = self.fields["quote"]
        words.choices = [("", "Nothing"), *((quote, quote) for quote in quotes)]

    def clean(self) -> dict[str, Any]:
        """ "No experience with this" needs no words; everything else does."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not (cleaned.get("text") or "").strip() and cleaned.get("kind") != ContributionKind.NO_EXPERIENCE:
            self.add_error("text", "Write your reply.")
        return cleaned


class RewordForm(forms.Form):
    text = forms.CharField(label="Your words", widget=forms.Textarea({"rows": 6}), max_length=20_000)


class QuestionForm(forms.Form):
    """A quick question to a group of one of the person's networks."""

    clinician = ForWhomField()
    group = GroupField(label="To which group", empty_label="Choose a group")
    text = forms.CharField(
        label="Your question",
        widget=forms.Textarea({"rows": 5}),
        max_length=4000,
        help_text="About no patient: no name, no age, nothing that points to one person. For a patient, start a panel.",
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_clinicians(self, user)
        networks = accounts.networks_of(user)
        own = ThematicGroup.objects.in_tree().filter(network__in=networks)
        self.fields["group"].queryset = own  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    text = forms.CharField(label="Your answer", widget=forms.Textarea({"rows": 3}), max_length=8000)


class StanceForm(forms.Form):
    """A view of a statement. Agreeing needs no words; amending and dissenting do."""

    kind = forms.ChoiceField(choices=StanceKind.choices)
    text = forms.CharField(
        label="In your words",
        max_length=4000,
        widget=forms.Textarea({"rows": 3, "autofocus": True}),
        error_messages={"required": "Say in words what you would change, or why you dissent."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].required = self["kind"].value() != StanceKind.AGREE


class ThanksForm(forms.Form):
    useful = forms.TypedChoiceField(
        label="How useful was the advice? 0 not at all, 10 very",
        choices=[(number, str(number)) for number in range(11)],
        coerce=int,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label="A word to those who helped", required=False, max_length=1000, widget=forms.Textarea({"rows": 2})
    )
