"""A fuller Orphanet file with its tree, loaded in place of the names of the set-up, and kept by later starts."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from cpms.terminology import queries
from cpms.terminology.importers import orphanet
from cpms.terminology.importers.release import ReleaseRefused
from cpms.terminology.models import Concept, ConceptEdge
from cpms.terminology.queries import Relatives
from cpms.terminology.states import System

CODES = """orphacode\tname\tdisorder_type\tclassifications\tsource\tsynonyms
101954\tRare adrenal disease\tCategory\t193\torphadata-2025-07\t
418\tCongenital adrenal hyperplasia\tDisease\t193\torphadata-2025-07\tCAH|Adrenogenital syndrome
90794\tClassic form\tClinical subtype\t193\torphadata-2025-07\t
7\t3C syndrome\t\t\thpoa-2025-01-16\t
"""
EDGES = "parent\tchild\tclassification\n101954\t418\t193\n418\t90794\t193\n418\t418\t193\n1\t418\t193\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "orphacodes.tsv").write_text(CODES)
    (tmp_path / "orpha_edges.tsv").write_text(EDGES)
    return tmp_path


@pytest.mark.django_db
def test_the_command_loads_codes_tree_and_version_and_says_so(folder, capsys):
    call_command("load_orphanet", folder)
    said = capsys.readouterr().out
    assert "Orphadata 2025-07: 4 codes, 2 links of the tree." in said
    assert "CC BY 4.0" in said
    assert (Concept.objects.count(), ConceptEdge.objects.count()) == (4, 2)
    assert queries.loaded_version(System.ORPHA) == "Orphadata 2025-07"
    assert "Orphadata 2025-07" in queries.acknowledgements()[0].attribution
    assert queries.relatives_of(["ORPHA:418"]) == Relatives({"ORPHA:101954"}, {"ORPHA:90794"})
    assert queries.relatives_of([]) == Relatives(set(), set())
    assert queries.conditions_meant("adrenogenital").codes == ["ORPHA:418"]
    assert queries.conditions_meant("rare adrenal").codes == ["ORPHA:101954"]
    hit = queries.conditions_meant("adrenogenitl sindrome").hits[0]
    assert (hit.code, hit.matched) == ("ORPHA:418", "Adrenogenital syndrome")


@pytest.mark.django_db
def test_a_later_start_keeps_the_fuller_file(folder, capsys):
    call_command("load_orphanet", folder)
    call_command("load_terminology")
    assert "kept" in capsys.readouterr().out
    assert queries.loaded_version(System.ORPHA) == "Orphadata 2025-07"


def test_what_is_no_such_file_is_refused(folder):
    for codes, edges in (("a\tb\n", EDGES), (CODES, "a\tb\n"), (CODES.replace("orphadata-", "x-"), EDGES)):
        with pytest.raises(ReleaseRefused):
            orphanet.read(codes.splitlines(), edges.splitlines())
    (folder / "orphacodes.tsv").write_text("a\tb\n")
    with pytest.raises(CommandError, match="lacks the columns"):
        call_command("load_orphanet", folder)
    (folder / "orpha_edges.tsv").unlink()
    with pytest.raises(CommandError, match="missing"):
        call_command("load_orphanet", folder)


MISSPELT = {
    "clasic congenital adrenl hyperplasya": "Classic congenital adrenal hyperplasia due to 21-hydroxylase deficiency",
    "pseudohypoparathyrodism": "Pseudohypoparathyroidism type 1A",
    "prader wili": "Prader-Willi syndrome",
    "von hipel lindau": "Von Hippel-Lindau disease",
    "craniofaringioma": "Craniopharyngioma",
    "kalman syndrome": "Kallmann syndrome",
    "hypofosfatemic rickets": "Autosomal dominant hypophosphatemic rickets",
}


@pytest.mark.django_db
def test_misspelt_conditions_of_the_shipped_names_are_understood():
    call_command("load_terminology")
    for typed, name in MISSPELT.items():
        assert (typed, name in [hit.name for hit in queries.conditions_meant(typed).hits]) == (typed, True)


@pytest.mark.django_db
def test_a_misspelt_word_means_every_condition_that_it_means_spelt_well():
    """By likeness of the whole, short names of something else stood before long names of what was meant."""
    call_command("load_terminology")
    meant = queries.conditions_meant("adrenal hyperplasia")
    assert queries.conditions_meant("adrenl hyperplasya") == meant
    assert len(meant.codes) > len(meant.hits) == 5
    assert all("adrenal hyperplasia" in hit.name.casefold() for hit in meant.hits)
