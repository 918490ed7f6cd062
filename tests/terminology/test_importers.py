"""What is read out of hp.obo and phenotype.hpoa, and what is not."""

from __future__ import annotations

import pytest

from cpms.terminology.folding import fold, fold_name
from cpms.terminology.importers import hpoa, obo
from cpms.terminology.importers.release import ReleaseRefused
from cpms.terminology.states import Kind
from tests.terminology.releases import HP_OBO, HPOA, lines


def by_code(release):
    return {concept.code: concept for concept in release.concepts}


def test_a_term_keeps_name_synonyms_definition_and_parents():
    goiter = by_code(obo.read(lines(HP_OBO)))["HP:0000853"]
    assert (goiter.name, goiter.kind, goiter.active) == ("Goiter", Kind.PHENOTYPE, True)
    assert goiter.synonyms == ("Enlarged thyroid gland in neck", "Goitre")
    assert goiter.definition == 'An enlargement of the "thyroid" gland.'
    assert goiter.parents == ("HP:0000118",)


def test_references_into_licensed_terminologies_are_not_read():
    assert "SNOMED" not in repr(obo.read(lines(HP_OBO)).concepts)
    assert "UMLS" not in repr(obo.read(lines(HP_OBO)).concepts)


def test_obsolete_and_former_codes_are_inactive_and_point_on():
    found = by_code(obo.read(lines(HP_OBO)))
    assert (found["HP:0000057"].active, found["HP:0000057"].replaced_by) == (False, "HP:0000853")
    assert (found["HP:0009799"].name, found["HP:0009799"].active) == ("Goiter", False)
    assert found["HP:0009799"].replaced_by == "HP:0000853"


def test_the_branch_says_what_a_term_is_about():
    found = by_code(obo.read(lines(HP_OBO)))
    assert (found["HP:0003623"].kind, found["HP:0005994"].kind) == (Kind.ONSET, Kind.PHENOTYPE)
    assert found["HP:0000001"].kind == Kind.OTHER


def test_the_version_and_the_sentence_its_licence_asks_for_are_read():
    release = obo.read(lines(HP_OBO))
    assert release.version == "2025-01-16"
    assert release.attribution.startswith("This service is using the Human Phenotype Ontology (version 2025-01-16).")


def test_only_orpha_names_are_read_and_each_once():
    release = hpoa.read(lines(HPOA))
    assert [(concept.code, concept.name) for concept in release.concepts] == [
        ("ORPHA:478", "Kallmann syndrome"),
        ("ORPHA:90794", "Classic congenital adrenal hyperplasia due to 21-hydroxylase deficiency"),
    ]


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (obo.read, "format-version: 1.2\n\n[Term]\nid: HP:0000001\n"),
        (obo.read, ""),
        (hpoa.read, "database_id\tdisease_name\n"),
        (hpoa.read, ""),
        (hpoa.read, "#version: 2025-01-16\nOMIM:1\tone\t\t\n"),
    ],
)
def test_what_is_no_release_is_refused(read, text):
    with pytest.raises(ReleaseRefused):
        read(lines(text))


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Hürthle-cell", "hurthle cell"), ("46,XY", "46 xy"), ("  A  b ", "a b"), ("ORPHA:418", "orpha 418"), ("…", "")],
)
def test_folding_leaves_plain_words(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Hürthle-cell_2", "hurthle cell 2"),
        ("Γεώργιος Παπαδόπουλος", "γεωργιοσ παπαδοπουλοσ"),
        ("ΓΕΩΡΓΙΟΣ ΠΑΠΑΔΟΠΟΥΛΟΣ", "γεωργιοσ παπαδοπουλοσ"),
        ("Йорданка Ёлкина", "иорданка елкина"),
        ("11β-Hydroxylase", "11 beta hydroxylase"),
        ("α-glucosidase, TNFα", "alpha glucosidase tnf alpha"),
        ("Κλινική Α", "κλινικη α"),
        ("…", ""),
    ],
)
def test_what_people_write_is_folded_in_every_alphabet(text, folded):
    assert fold_name(text) == folded
