"""Loading a release: all or nothing, again and again, and what the database refuses."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from cpms.terminology import actions, queries
from cpms.terminology.importers import obo
from cpms.terminology.models import Concept, ConceptEdge, ConceptSynonym, Terminology
from tests.terminology.releases import GENES, HP_OBO, HPOA, lines

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded():
    actions.load(obo.read(lines(HP_OBO)), by=None)


def counts():
    return Concept.objects.count(), ConceptSynonym.objects.count(), ConceptEdge.objects.count()


def test_loading_twice_leaves_the_same_rows(loaded):
    before, keys = counts(), set(Concept.objects.values_list("code", "pk"))
    actions.load(obo.read(lines(HP_OBO)), by=None)
    assert (counts(), set(Concept.objects.values_list("code", "pk"))) == (before, keys)
    assert before == (9, 2, 6)


def test_a_newer_release_renames_and_retires(loaded):
    release = obo.read(lines(HP_OBO.replace("2025-01-16", "2026-01-16").replace("Nodular goiter", "Lumpy goiter")))
    kept = tuple(concept for concept in release.concepts if concept.code != "HP:0006781")
    actions.load(replace(release, concepts=kept), by=None)
    assert queries.loaded_version("HP") == "2026-01-16"
    assert queries.name_of("HP", "HP:0005994") == "Lumpy goiter"
    assert [hit.code for hit in queries.search("HP", "lumpy")] == ["HP:0005994"]
    assert queries.search("HP", "hurthle") == []
    assert queries.name_of("HP", "HP:0006781") == "Hürthle cell thyroid adenoma"


def test_a_failed_load_changes_nothing(loaded):
    release = obo.read(lines(HP_OBO.replace("2025-01-16", "2026-01-16")))
    broken = replace(release.concepts[0], name="")
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.load(replace(release, concepts=(broken, *release.concepts[1:])), by=None)
    assert queries.loaded_version("HP") == "2025-01-16"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "hp.obo").write_text(HP_OBO, encoding="utf-8")
    (tmp_path / "phenotype.hpoa").write_text(HPOA, encoding="utf-8")
    (tmp_path / "genes_to_phenotype.txt").write_text(GENES, encoding="utf-8")
    return tmp_path


def run(folder, **options):
    out = io.StringIO()
    call_command("load_terminology", dir=folder, stdout=out, **options)
    return out.getvalue()


def test_the_command_loads_once_and_then_leaves_it(folder):
    assert "Human Phenotype Ontology: 9 codes in" in run(folder)
    loaded_at = Terminology.objects.get(system="HP").loaded_at
    assert run(folder).splitlines() == [
        "Human Phenotype Ontology 2025-01-16 is loaded already.",
        "Orphanet rare diseases 2025-01-16 is loaded already.",
        "Genes of rare diseases 2025-01-16 is loaded already.",
    ]
    assert Terminology.objects.get(system="HP").loaded_at == loaded_at
    assert "reading hp.obo" in run(folder, force=True)


def test_the_command_reads_the_configured_folder(folder, settings):
    settings.TERMINOLOGY_DIR = folder
    assert "Orphanet rare diseases: 2 codes" in run(None)


def test_the_command_says_what_is_missing_or_wrong(folder):
    (folder / "phenotype.hpoa").write_text("nothing", encoding="utf-8")
    with pytest.raises(CommandError, match=r"not phenotype\.hpoa"):
        run(folder)
    (folder / "phenotype.hpoa").write_text(HPOA, encoding="utf-8")
    (folder / "genes_to_phenotype.txt").write_text("nothing", encoding="utf-8")
    with pytest.raises(CommandError, match=r"not genes_to_phenotype\.txt"):
        run(folder)
    (folder / "hp.obo").unlink()
    with pytest.raises(CommandError, match="Run bin/setup"):
        run(folder)


def refused(name):
    return pytest.raises(IntegrityError, match=name)


def concept(**fields):
    given = {
        "terminology_id": "HP",
        "code": "HP:1",
        "name": "x",
        "kind": "phenotype",
        "search_name": "",
        "search_text": "",
    }
    return Concept.objects.create(**{**given, **fields})


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("concept_code_once_per_terminology", {"code": "HP:0000853"}),
        ("concept_name_given", {"name": ""}),
        ("concept_kind_known", {"kind": "colour"}),
        ("concept_active_not_replaced", {"replaced_by": "HP:0000853"}),
    ],
)
def test_the_database_refuses_a_wrong_concept(loaded, name, fields):
    with refused(name), transaction.atomic():
        concept(**fields)


def test_the_database_refuses_a_synonym_or_an_edge_twice_and_an_edge_to_itself(loaded):
    goiter, nodular = (Concept.objects.get(code=code) for code in ("HP:0000853", "HP:0005994"))
    with refused("concept_synonym_once"), transaction.atomic():
        ConceptSynonym.objects.create(concept=goiter, text="Goitre")
    with refused("concept_edge_once"), transaction.atomic():
        ConceptEdge.objects.create(parent=goiter, child=nodular)
    with refused("concept_edge_not_to_itself"), transaction.atomic():
        ConceptEdge.objects.create(parent=goiter, child=goiter)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("terminology_system_known", {"system": "XX", "version": "1"}),
        ("terminology_version_given", {"system": "ORPHA"}),
    ],
)
def test_the_database_refuses_an_unknown_terminology_or_one_without_version(name, fields):
    with refused(name), transaction.atomic():
        Terminology.objects.create(**fields)


def test_rows_say_what_they_are(loaded):
    goiter = Concept.objects.get(code="HP:0000853")
    assert str(goiter) == "HP:0000853 Goiter"
    assert str(goiter.terminology) == "Human Phenotype Ontology 2025-01-16"
    assert str(goiter.synonyms.order_by("text").last()) == "Goitre"
    assert str(goiter.edges_up.get()).endswith(f"is a {Concept.objects.get(code='HP:0000118').pk}")
