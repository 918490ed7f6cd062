"""Finding concepts by the words clinicians type."""

from __future__ import annotations

import pytest

from cpms.terminology import actions, queries
from cpms.terminology.importers import hpoa, obo
from cpms.terminology.queries import Hit
from cpms.terminology.states import Kind
from tests.terminology.releases import HP_OBO, HPOA, lines

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def loaded(db):
    actions.load(obo.read(lines(HP_OBO)), by=None)
    actions.load(hpoa.read(lines(HPOA)), by=None)


def test_the_beginning_of_a_word_finds_the_closest_name_first():
    assert queries.search("HP", "goit") == [
        Hit("HP", "HP:0000853", "Goiter"),
        Hit("HP", "HP:0005994", "Nodular goiter"),
    ]


def test_a_synonym_finds_its_concept_and_is_named():
    assert queries.search("HP", "thyroid enlarg") == [
        Hit("HP", "HP:0000853", "Goiter", "Enlarged thyroid gland in neck")
    ]


@pytest.mark.parametrize("text", ["hürthle", "Hurthle", "HÜRTHLE cell aden", "adenoma hur"])
def test_accents_case_and_order_do_not_matter(text):
    assert [hit.code for hit in queries.search("HP", text)] == ["HP:0006781"]


@pytest.mark.parametrize("text", ["ORPHA:90794", "90794", "21-hydroxylase", "cong adr"])
def test_a_disease_is_found_by_code_or_words(text):
    assert [hit.code for hit in queries.search("ORPHA", text)] == ["ORPHA:90794"]


@pytest.mark.parametrize("text", ["", "g", " ", "…", "zzz", "goiter zzz", "clitoromegaly", "neonatal"])
def test_too_little_unknown_obsolete_or_not_a_phenotype_finds_nothing(text):
    assert queries.search("HP", text) == []


@pytest.mark.parametrize("text", ["goit' | !x", "goit:* & (", "goit\\", "goit\x00 <->", "goit " + "a " * 500])
def test_signs_of_the_query_language_do_no_harm(text):
    assert isinstance(queries.search("HP", text), list)


def test_onsets_are_found_when_asked_for():
    assert [hit.code for hit in queries.search("HP", "neonatal", kind=Kind.ONSET)] == ["HP:0003623"]


def test_the_limit_holds():
    assert len(queries.search("HP", "goit", limit=1)) == 1


@pytest.mark.parametrize(("limit", "count"), [(1, 2), (10, 2)])
def test_a_search_takes_two_queries_at_most(django_assert_num_queries, limit, count):
    with django_assert_num_queries(count):
        queries.search("HP", "goitre", limit=limit)


def test_names_are_told_for_current_former_and_unknown_codes():
    codes = ["HP:0000853", "HP:0009799", "HP:9999999"]
    assert queries.names_of("HP", codes) == {"HP:0000853": "Goiter", "HP:0009799": "Goiter"}
    assert (queries.name_of("ORPHA", "ORPHA:478"), queries.name_of("ORPHA", "HP:0000853")) == ("Kallmann syndrome", "")


def test_each_loaded_terminology_is_acknowledged():
    first, second, *shipped = queries.acknowledgements()
    assert [source.name for source in shipped] == ["LOINC", "UCUM"]
    assert (first.name, first.version) == ("Human Phenotype Ontology", "2025-01-16")
    assert "CC BY 4.0" in second.licence
