"""A thematic group's form as a Django form, made at run time from its Questionnaire."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms

from cpms.forms import ClinicalDecimalField, DecimalInput, ExactSelect, WordsField
from panels.cases.models import plain
from panels.cases.queries import TRI_STATE, analyte_of, asked_about, is_asked, spoken
from panels.cases.questionnaire import BOOLEAN, DISPLAY, GROUP, QUANTITY, Item, Questionnaire

FEW = 6
MONTH = r"\d{4}(-(0[1-9]|1[0-2]))?"
LOINC_CODE = re.compile(r"\d{1,7}-\d")
BEYOND = re.compile(r"\s*(<=|>=|[<>≤≥])(.*)", re.DOTALL)
AS_KEPT = {"≤": "<=", "≥": ">="}


class MeasuredInput(DecimalInput):
    """A phone's keys for numbers have no "<"."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({**(attrs or {}), "inputmode": "text", "data-measured": "value"})


class MeasuredField(ClinicalDecimalField):
    """A result as a laboratory prints it: ``<0.5`` where it measured no lower. Cleans to the sign, mostly empty, and the number."""

    widget = MeasuredInput
    default_error_messages = {
        "invalid": "Enter a number, for example 2.86 or <0.5.",
        "operator": "Enter one sign at most and then the number, for example <0.5.",
    }

    def clean(self, value: Any) -> tuple[str, Decimal] | None:
        match = BEYOND.fullmatch(str(value or ""))
        sign, rest = (match[1], match[2].strip()) if match else ("", value)
        if sign and not rest:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        number = super().clean(rest)
        return None if number is None else (AS_KEPT.get(sign, sign), number)


@dataclass
class Row:
    """A question as the page shows it; ``unit`` is the field beside the value, ``default`` the range of a laboratory test."""

    item: Item
    value: Any = None
    unit: Any = None
    known: Any = None

    @property
    def asks(self) -> str:
        """A question about a value that nobody can have, or nothing."""
        unit = self.unit.value() if self.unit else self.item.units[0] if self.item.units else ""
        return asked_about(self.item.code, str(self.value.value() or ""), unit or "") if self.item.is_lab else ""


@dataclass
class Section:
    item: Item
    rows: list[Row] = field(default_factory=list)

    @property
    def is_lab(self) -> bool:
        return any(row.item.is_lab for row in self.rows)


def field_of(item: Item) -> forms.Field:
    """Three answers to every yes-or-no: nothing clinical is ever filled in unasked."""
    common: dict[str, Any] = {"label": item.text, "required": item.required}
    if item.kind == BOOLEAN:
        return forms.ChoiceField(choices=TRI_STATE, widget=forms.RadioSelect, **common)
    if item.kind == "choice" and item.repeats:
        return forms.MultipleChoiceField(choices=item.options, widget=forms.CheckboxSelectMultiple, **common)
    if item.kind == "choice":
        few = len(item.options) <= FEW
        choices = list(item.options) if few else [("", "Choose"), *item.options]
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect if few else forms.Select, **common)
    if item.kind == "open-choice":
        known = ", ".join(words for _, words in item.options)
        return WordsField(max_length=item.longest or 200, help_text=f"For example: {known}.", **common)
    return plain_field(item, common)


def plain_field(item: Item, common: dict[str, Any]) -> forms.Field:
    if item.kind == "text":
        return forms.CharField(max_length=item.longest or 4000, widget=forms.Textarea({"rows": 3}), **common)
    if item.kind == "integer":
        return forms.IntegerField(min_value=-100_000, max_value=100_000, **common)
    if item.is_lab:
        return MeasuredField(**common)
    if item.kind in {"decimal", QUANTITY}:
        if item.kind == QUANTITY and len(item.units) == 1:
            common["label"] = f"{item.text}, {spoken(item.units[0])}"
        return ClinicalDecimalField(**common)
    if item.kind == "date":
        wrong = {"invalid": "A year, or year and month: 2024 or 2024-03. An exact day could name the patient."}
        return forms.RegexField(rf"^{MONTH}$", help_text="2024 or 2024-03", error_messages=wrong, **common)
    return WordsField(max_length=item.longest or 200, **common)


class AnswersForm(forms.Form):
    """``known`` are results of the case by the code of the laboratory test: what is there is shown, not asked again."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        questionnaire: Questionnaire,
        answers: Mapping[str, Any],
        version: int,
        known: Mapping[str, Any],
        typed: Mapping[str, Any],
    ) -> None:
        self.questionnaire, self.before, self.known = questionnaire, dict(answers), known
        units = {f"{link}-unit": answer["unit"] for link, answer in answers.items() if isinstance(answer, dict)}
        values = {link: initial_of(answer) for link, answer in answers.items()}
        initial = {**values, **units, "version": version, **typed}
        super().__init__(data, initial=initial)
        for item in questionnaire.questions():
            self.fields[item.link] = field_of(item)
            if len(item.units) > 1:
                choices = [(unit, spoken(unit)) for unit in item.units]
                self.fields[f"{item.link}-unit"] = forms.ChoiceField(
                    label=f"Unit of {item.text}",
                    choices=choices,
                    required=False,
                    widget=ExactSelect({"data-measured": "unit"} if item.is_lab else None),
                )

    @property
    def sections(self) -> Iterator[Section]:
        """Top level by top level; what stands in no group makes a section of its own."""
        for item in self.questionnaire.items:
            yield Section(item, list(self._rows(item)))

    def _rows(self, item: Item) -> Iterator[Row]:
        if item.kind == DISPLAY:
            yield Row(item)
        elif item.kind != GROUP:
            unit = f"{item.link}-unit"
            yield Row(item, self[item.link], self[unit] if unit in self.fields else None, self.known.get(item.link))
        for inner in item.items:
            yield from self._rows(inner)

    def answers(self) -> dict[str, Any]:
        """What is answered now. What hides behind another answer keeps what it said before."""
        given = {item.link: self._answer(item) for item in self.questionnaire.questions() if not item.is_lab}
        asked = {item.link for item in self.questionnaire.questions() if is_asked(item, self.questionnaire, given)}
        kept = {link: answer for link, answer in self.before.items() if link not in asked}
        return kept | {link: answer for link, answer in given.items() if link in asked and answer not in ("", [], None)}

    def _answer(self, item: Item) -> Any:
        value = self.cleaned_data.get(item.link)
        if value in (None, "", []):
            return None
        if item.kind == QUANTITY:
            return {"value": plain(value), "unit": self._unit(item)}
        return plain(value) if isinstance(value, Decimal) else value

    def _unit(self, item: Item) -> str:
        chosen: str = self.cleaned_data.get(f"{item.link}-unit") or (item.units[0] if item.units else "")
        return chosen

    def lab_rows(self) -> list[dict[str, Any]]:
        """Values typed beside laboratory tests become results of the case: one place for them, with ranges and trends.

        A test that the catalogue does not know keeps the form's words for it: nothing that was typed is dropped.
        """
        rows = []
        for item in self.questionnaire.questions():
            measured = self.cleaned_data.get(item.link) if item.is_lab else None
            if measured:
                (sign, number), unit, analyte = measured, self._unit(item), analyte_of(item)
                code = analyte.code_for(unit) if analyte else item.code if LOINC_CODE.fullmatch(item.code) else ""
                rows.append(
                    {
                        "system": "LOINC" if code else "",
                        "code": code,
                        "label": analyte.name if analyte else item.text,
                        "comparator": sign,
                        "value": number,
                        "unit": unit,
                    }
                )
        return rows


def initial_of(answer: Any) -> Any:
    return answer.get("value") if isinstance(answer, dict) else answer
