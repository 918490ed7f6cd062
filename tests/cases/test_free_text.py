"""Every field in which somebody could write about a patient says beside it what could name a person."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from django import forms

import consent
import outcomes
import panels
from cpms.forms import WordsField
from panels.cases.forms import VariantRow
from panels.cases.group_forms import field_of
from panels.cases.questionnaire import Item

# One line of text that is no free text about a patient: codes, numbers, addresses, and names that are asked for
NOT_ABOUT_PATIENTS = {
    "AdviceForm.owner": "who does it, a hospital or a person who treats",
    "ColleagueForm.better_name": "the name of an expert",
    "DeclineForm.better_name": "the name of an expert",
    "EraseForm.pseudonym": "a pseudonym, repeated",
    "GuestForm.hospital": "a hospital",
    "GuestForm.name": "the guest's name",
    "LeaveForm.better_name": "the name of an expert",
    "PlaceForm.ref": "the number of a panel",
    "RangeForm.condition": "when a range of a laboratory holds",
    "RangeForm.source": "who published a range",
    "RangeForm.unit": "a unit of measurement",
    "ReferralForm.hospital": "a hospital",
    "ReferralForm.name": "the physician's name",
    "DescribeForm.local_id": "the hospital's own number, sealed under the patient's key",
    "PatientForm.local_id": "the hospital's own number, sealed under the patient's key",
    "NewPanelForm.local_id": "the hospital's own number, sealed under the patient's key",
    "SearchForm.words": "words to search for, which are not kept",
    "SeriesChangeForm.name": "the name of a series of meetings",
    "SeriesForm.name": "the name of a series of meetings",
    "VerifyForm.code": "the code printed on a document",
}
PLAIN = (forms.TextInput,)
TYPED_OTHERWISE = (forms.HiddenInput, forms.NumberInput, forms.EmailInput, forms.URLInput, forms.DateInput)


def own_forms() -> list[type[forms.BaseForm]]:
    """Every form class of the clinical apps."""
    for app in (panels, consent, outcomes):
        for module in pkgutil.walk_packages(app.__path__, f"{app.__name__}."):
            if "forms" in module.name.rpartition(".")[2] or ".forms." in module.name:
                importlib.import_module(module.name)

    def below(kind: type) -> list[type]:
        return [one for child in kind.__subclasses__() for one in (child, *below(child))]

    return [
        kind for kind in below(forms.BaseForm) if kind.__module__.split(".")[0] in {"panels", "consent", "outcomes"}
    ]


def plain_lines() -> dict[str, forms.Field]:
    """One-line text controls that are read as they are typed: by form and name."""
    found = {}
    for kind in own_forms():
        for name, field in getattr(kind, "base_fields", {}).items():
            is_line = type(field) is forms.CharField and type(field.widget) in PLAIN
            if is_line and not isinstance(field.widget, TYPED_OTHERWISE):
                found[f"{kind.__name__}.{name}"] = field
    return found


def test_a_line_of_text_is_watched_or_named_here_with_the_reason():
    assert len(own_forms()) > 30
    assert set(plain_lines()) - set(NOT_ABOUT_PATIENTS) == set()


def test_a_watched_line_says_so_to_the_page():
    class Example(forms.Form):
        onset = WordsField(label="Onset")

    assert "data-words" in str(Example()["onset"])


@pytest.mark.parametrize("kind", ["string", "open-choice"])
def test_answers_in_words_of_a_groups_form_are_watched(kind):
    item = Item(link="a", text="Relatives who carry the variant", kind=kind, options=(("x", "X"),))
    assert isinstance(field_of(item), WordsField)


@pytest.mark.parametrize(
    "name",
    [
        "c.518T>A",
        "NM_000500.9:c.293-13C>G",
        "p.(Gln319Ter)",
        "NM_000500.9(CYP21A2):c.955C>T",
        "46,XX,t(9;22)(q34;q11.2)",
        "del(22)(q11.2)",
        "",
    ],
)
def test_a_variant_named_by_the_rules_is_not_asked_about(name):
    assert VariantRow(initial={"gene": "CYP21A2", "hgvs": name}).asks == ""


@pytest.mark.parametrize("name", ["Q318X", "I2 splice", "del 30 kb"])
def test_another_spelling_is_asked_about_and_kept(name):
    row = VariantRow({"gene": "CYP21A2", "hgvs": name})
    assert row.asks == f"Is “{name}” HGVS? For example c.518T>A."
    assert row.is_valid()
    assert row.cleaned_data["hgvs"] == name


def test_a_change_that_lies_in_no_gene_is_named_alone():
    assert VariantRow({"hgvs": "46,XX,t(9;22)(q34;q11.2)"}).is_valid()
    assert VariantRow({"gene": "CYP21A2"}).is_valid()
    assert VariantRow({"zygosity": "heterozygous"}).errors == {"gene": ["Name the gene, or the variant."]}
