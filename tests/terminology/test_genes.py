"""Genes by their symbols: suggested, told apart from misspelt ones, and kept where words are left out."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from cpms.accounts import actions as accounts
from cpms.accounts import queries as directory
from cpms.accounts.models import Expertise
from cpms.terminology import actions, queries
from cpms.terminology.importers import genes
from cpms.terminology.models import Concept
from panels.cases.exports.deidentified import without_words
from panels.cases.forms import VariantRow
from panels.cases.importers.read_case import ReadCase, ReadVariant
from tests.clients import signed_in
from tests.factories import UserFactory
from tests.terminology.releases import GENES, lines

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def loaded():
    actions.load(genes.read(lines(GENES), "2025-01-16"), by=None)


def test_each_gene_is_there_once_under_its_number():
    rows = Concept.objects.of("NCBIGene").order_by("code").values_list("code", "name")
    assert list(rows) == [
        ("NCBIGene:1589", "CYP21A2"),
        ("NCBIGene:203228", "C9orf72"),
        ("NCBIGene:4221", "MEN1"),
        ("NCBIGene:5428", "ATM"),
    ]
    assert "2025-01-16" in {one.name: one for one in queries.acknowledgements()}["Genes of rare diseases"].attribution


@pytest.mark.parametrize(
    ("typed", "found"),
    [("cyp", ["CYP21A2"]), ("C9ORF", ["C9orf72"]), ("CYP21A", ["CYP21A2"]), ("CYP12A2", ["CYP21A2"]), ("MEN2", [])],
)
def test_what_begins_so_is_suggested_or_else_the_one_that_is_like_it(typed, found):
    assert [hit.name for hit in queries.suggested_genes(typed)] == found
    ask = {"data": json.dumps({"text": typed}), "content_type": "application/json", "secure": True}
    options = signed_in(UserFactory()).post(f"{reverse('cases:terms')}?system=GENE", **ask).content.decode()
    assert options.count("<li") == len(found)


@pytest.mark.parametrize(
    ("gene", "asked"),
    [
        ("CYP21A", "Is the gene “CYP21A” or CYP21A2?"),
        ("cyp21a2", ""),
        ("c9orf72", ""),
        ("NOVEL7", ""),
        ("MEN2", ""),
        ("ATN", ""),
    ],
)
def test_a_misspelt_gene_is_asked_about_and_kept(gene, asked):
    row = VariantRow({"gene": gene, "hgvs": "c.518T>A"}, genes=queries.genes())
    assert (row.asks, row.is_valid(), row.cleaned_data["gene"]) == (asked, True, gene)
    ask = {"data": json.dumps({"gene": gene, "hgvs": "c.1A>T"}), "content_type": "application/json", "secure": True}
    said = signed_in(UserFactory()).post(reverse("cases:question"), **ask).content.decode()
    assert (asked in said) if asked else said.strip() == ""


def test_experts_are_found_by_a_misspelt_gene_and_by_one_that_no_release_names():
    asker = UserFactory()
    for symbol in ("CYP21A2", "CYP21A1P"):
        person = UserFactory(display_name=f"Dr {symbol}")
        accounts.declare_expertise(person, system=Expertise.GENE, code=symbol, name=symbol, by=person)

    def found(gene):
        answer = directory.find_experts(directory.Wanted(gene=gene), by=asker)
        return {person.display_name for person in answer.experts}, answer.gene

    assert found("cyp21a2") == ({"Dr CYP21A2"}, "")
    assert found("CYP21A") == ({"Dr CYP21A2"}, "CYP21A2")
    assert found("CYP21A1P")[0] >= {"Dr CYP21A1P"}


def test_a_surname_in_capitals_is_no_gene_where_words_are_left_out():
    typed = ("CYP21A2", "ATM", "atm", "NOVEL7", "C9orf72", "KRAUSE", "VAN-DYCK", "Krause2")
    case = ReadCase("female", variants=tuple(ReadVariant(gene=gene, hgvs_c="c.518T>A") for gene in typed))
    assert [one.gene for one in without_words(case).variants] == ["CYP21A2", "ATM", "atm", "NOVEL7", "C9orf72"]
