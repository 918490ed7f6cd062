"""The case as rows that can be corrected, added to and taken away."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import SimpleLazyObject
from django.utils.text import Truncator

from consent.states import Giver
from cpms import clock
from cpms.drafts.queries import rows_of, with_newer
from cpms.forms import ClinicalDecimalField, DayField, DecimalInput, ResultField, WordsField
from cpms.terminology import queries as terminology
from panels.cases.models import plain
from panels.cases.queries import asked_about, asked_about_variant, lies_ahead
from panels.cases.row_forms import RowForm
from panels.cases.states import (
    AHEAD,
    CODE,
    MOST_ROWS,
    DiagnosisStatus,
    PartOf,
    RangeSource,
    TreatmentKind,
)


class CodeField(forms.RegexField):
    """A term's code. Codes stay readable in the tables, so nothing that could be a name is taken for one."""

    def __init__(self, label: str, **options: Any) -> None:
        wrong = {"invalid": "A code holds a digit and no space, for example ORPHA:418."}
        super().__init__(CODE, label=label, max_length=30, required=False, error_messages=wrong, **options)


class DiagnosisRow(RowForm):
    label = WordsField(label="Diagnosis", max_length=300)
    code = CodeField("Code")
    status = forms.ChoiceField(
        label="Status",
        choices=[("", "Choose"), *DiagnosisStatus.choices],
        error_messages={"required": "Say whether it is confirmed, suspected or ruled out."},
    )


class SeenField(forms.TypedChoiceField):
    """Whether a finding is there. Nothing is chosen beforehand."""

    def __init__(self, label: str) -> None:
        choices = [("", "Choose"), ("1", "Present"), ("0", "Absent")]
        wrong = {"required": "Say whether it is present or absent."}
        super().__init__(label=label, choices=choices, coerce=lambda text: text == "1", error_messages=wrong)


class FindingRow(RowForm):
    label = WordsField(label="Finding", max_length=300)
    code = CodeField("HPO")
    present = SeenField("Present?")
    onset = WordsField(label="Onset", max_length=120, required=False)


class OneFindingForm(forms.Form):
    """A finding typed while the case is prepared, found by its HPO name. The button that adds it says whether it is present."""

    label = WordsField(label="Add a finding", max_length=300)
    code = CodeField("Code", widget=forms.HiddenInput)
    present = SeenField("It is")
    onset = WordsField(label="Since", max_length=120, required=False)


class LetterForm(forms.Form):
    """A letter to find findings in. It is read and forgotten."""

    letter = forms.CharField(
        label="Paste a letter",
        max_length=20_000,
        widget=forms.Textarea({"rows": 6}),
        help_text="English names of findings are recognised. The letter is read and not kept.",
    )


class LabRow(RowForm):
    label = WordsField(label="Test", max_length=300, widget=forms.TextInput({"data-measured": "test"}))
    comparator = forms.ChoiceField(
        label="Sign", required=False, choices=[("", "="), ("<", "<"), (">", ">"), ("<=", "≤"), (">=", "≥")]
    )
    value = ResultField(
        label="Result",
        required=False,
        widget=DecimalInput({"data-measured": "value"}),
        error_messages={"operator": "Choose < or > as the sign beside the result and enter the number alone."},
    )
    unit = WordsField(label="Unit", max_length=40, required=False, widget=forms.TextInput({"data-measured": "unit"}))
    low = ClinicalDecimalField(label="Range from", required=False)
    high = ClinicalDecimalField(label="to", required=False)
    taken = WordsField(label="When", max_length=120, required=False)

    measured = "test value unit"

    @property
    def known_code(self) -> str:
        """The code of a saved line, as long as its test is called what it was."""
        was = self.before
        return str(was["code"]) if was and was["label"] == self["label"].value() else ""

    @property
    def asks(self) -> str:
        """A question beside the row about a value that nobody can have, or nothing."""
        test, value, unit = (str(self[name].value() or "") for name in ("label", "value", "unit"))
        return asked_about(self.known_code, value, unit) or asked_about(test, value, unit)

    def clean_taken(self) -> str:
        taken: str = self.cleaned_data["taken"]
        if taken != self.before.get("taken") and lies_ahead(taken):
            raise forms.ValidationError(AHEAD)
        return taken

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        low, high = cleaned.get("low"), cleaned.get("high")
        if isinstance(low, Decimal) and isinstance(high, Decimal) and low > high:
            self.add_error("high", "The range ends below where it begins.")
        cleaned["range_source"] = RangeSource.NONE if low is None and high is None else RangeSource.LABORATORY
        return cleaned | self.in_words(cleaned.get("value"), cleaned.get("comparator"))

    def in_words(self, result: Any, sign: str | None) -> dict[str, Any]:
        """A result in words has no number, and a new number no words; what a file said in both stays as long as the number does."""
        if isinstance(result, str):
            if sign:
                self.add_error("comparator", "A sign goes with a number.")
            return {"value": None, "text_value": result}
        same = isinstance(result, Decimal) and plain(result) == self.before.get("value")
        return {} if same or self.errors else {"text_value": ""}


class VariantRow(RowForm):
    """A gene's symbol as HGNC has it (genenames.org), a variant's name as HGVS has it (hgvs-nomenclature.org). Another spelling is
    kept, and asked about."""

    gene = WordsField(label="Gene", max_length=40, required=False)
    hgvs = WordsField(
        label="Variant (HGVS)", max_length=300, required=False, widget=forms.TextInput({"data-measured": "hgvs"})
    )
    zygosity = WordsField(label="Zygosity", max_length=60, required=False)
    significance = WordsField(label="Significance", max_length=80, required=False)

    measured = "gene hgvs"

    @property
    def asks(self) -> str:
        """A question beside the row, or nothing."""
        gene, hgvs = (str(self[name].value() or "") for name in ("gene", "hgvs"))
        return asked_about_variant(gene, hgvs, self.genes)

    def clean(self) -> dict[str, Any]:
        """A change that lies in no gene, as a translocation, is named alone."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        said = cleaned.get("gene") or cleaned.get("hgvs")
        if not said and not self.errors and (not self.before or self.before["gene"] or self.before["hgvs"]):
            self.add_error("gene", "Name the gene, or the variant.")
        return cleaned


class TreatmentRow(RowForm):
    label = WordsField(label="Medicine or procedure", max_length=300)
    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "Choose"), *TreatmentKind.choices])
    note = WordsField(label="Dose, route and time", max_length=2000, required=False)


class RectifyForm(forms.Form):
    """Which line is wrong, and what the patient says instead. ``lines`` as ``queries.lines`` gives them."""

    about = forms.ChoiceField(label="What is it about?")
    says = forms.CharField(
        label="What does the patient say instead?", max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    asked_by = forms.ChoiceField(label="Asked by", choices=Giver.choices)
    asked_on = DayField(label="Asked on", initial=clock.today)

    def __init__(self, *args: Any, lines: Mapping[str, tuple[PartOf, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grouped: dict[str, list[tuple[str, str]]] = {}
        for key, (part, words) in lines.items():
            grouped.setdefault(str(part.label), []).append((key, Truncator(words).chars(90)))
        field: Any = self.fields["about"]
        field.choices = [("", "Choose the line"), *grouped.items()]

    def clean_asked_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["asked_on"]
        if day > clock.today():
            raise forms.ValidationError("This day lies ahead. When did the patient ask?")
        return day


class SummaryForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    summary = forms.CharField(label="Summary", required=False, max_length=20_000, widget=forms.Textarea({"rows": 4}))


ROWS = {
    "diagnoses": DiagnosisRow,
    "findings": FindingRow,
    "labs": LabRow,
    "variants": VariantRow,
    "treatments": TreatmentRow,
}


def initial_of(part: Any, row: type[RowForm]) -> dict[str, Any]:
    """A part as the row's initial values; numbers without trailing zeros, because they are shown to be checked; a result in words
    where there is no number."""
    values = {name: getattr(part, name) for name in row.base_fields if name not in {"id", "present"}}
    if "value" in values and values["value"] is None:
        values["value"] = part.text_value
    values = {name: plain(value) if isinstance(value, Decimal) else value for name, value in values.items()}
    if "present" in row.base_fields:
        values["present"] = "1" if part.present else "0"
    return {"code": getattr(part, "code", ""), **values, "id": part.pk}


class CaseForms:
    """The summary form and one formset per kind of part; each offers one empty row."""

    def __init__(self, case: Any, data: Any = None, *, typed: dict[str, Any]) -> None:
        """``typed`` is a draft's fields: what was typed and not sent stands in the form again, over the version it was typed
        over, and before the lines that came to the case meanwhile."""
        initial = {name: typed.get(name, getattr(case, name)) for name in ("version", "summary")}
        self.summary = SummaryForm(data, initial=initial)
        self.sets: dict[str, Any] = {}
        genes = SimpleLazyObject(terminology.genes)
        for name, row in ROWS.items():
            factory = forms.formset_factory(row, extra=1, can_delete=True, absolute_max=MOST_ROWS, max_num=MOST_ROWS)
            saved = [initial_of(part, row) for part in getattr(case, name).all()]
            drafted = rows_of(typed, name, begun_by=row.typed_names())
            shown = None if data else with_newer(drafted, saved)  # what is sent may be older than what is saved
            known = {"saved": {str(one["id"]): one for one in saved}, "genes": genes}
            self.sets[name] = factory(data, initial=shown, prefix=name, form_kwargs=known)

    def is_valid(self) -> bool:
        return all([self.summary.is_valid(), *(one.is_valid() for one in self.sets.values())])

    @property
    def wrong(self) -> list[tuple[str, int, Any]]:
        """What is marked in the rows: of which part, in which row of it, and the field."""
        rows = [(name, number, row) for name, one in self.sets.items() for number, row in enumerate(one, 1)]
        return [(PartOf(name).label, number, field) for name, number, row in rows for field in row if field.errors]

    def rows(self, name: str) -> list[dict[str, Any]]:
        """The clean rows that stay, in their order; an empty last row is none."""
        kept = [form.cleaned_data for form in self.sets[name] if form.cleaned_data and not form.cleaned_data["DELETE"]]
        return [{key: value for key, value in row.items() if key != "DELETE"} for row in kept]

    def gone(self) -> set[uuid.UUID]:
        """The lines that were taken out, of every part. A line that the form did not show is none of them."""
        forms = [form.cleaned_data for one in self.sets.values() for form in one if form.cleaned_data]
        return {row["id"] for row in forms if row["DELETE"] and row["id"]}
