"""Orphanet's nomenclature as Orphadata publishes it, in XML. Codes and names here are a small, made-up part in the files' shape."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from cpms.terminology import queries
from cpms.terminology.importers import orphadata
from cpms.terminology.importers.release import ReleaseRefused
from cpms.terminology.models import Concept, ConceptEdge
from cpms.terminology.queries import Relatives
from cpms.terminology.states import Kind, System

OPEN = '<?xml version="1.0" encoding="ISO-8859-1"?>\n<JDBOR date="2026-06-23 07:05:53" version="1.3.42">'


def disorder(code, name, *, of="Disease", group="Disorder", synonyms=(), more="", lang="en"):
    said = "".join(f'<Synonym lang="{lang}">{text}</Synonym>' for text in synonyms)
    return (
        f'<Disorder id="1{code}"><OrphaCode>{code}</OrphaCode><Name lang="{lang}">{name}</Name>'
        f"<SynonymList>{said}</SynonymList>"
        f'<DisorderType id="1"><Name lang="{lang}">{of}</Name></DisorderType>'
        f'<DisorderGroup id="2"><Name lang="{lang}">{group}</Name></DisorderGroup>'
        "<ExternalReferenceList><ExternalReference><Source>OMIM</Source></ExternalReference></ExternalReferenceList>"
        f"{more}</Disorder>"
    )


FLAG = "<DisorderFlagList><DisorderFlag><Value>8192</Value><Label>Inactive</Label></DisorderFlag></DisorderFlagList>"
MOVED = """<DisorderDisorderAssociationList><DisorderDisorderAssociation><TargetDisorder><OrphaCode>418</OrphaCode>
<Name lang="en">x</Name></TargetDisorder><RootDisorder cycle="true"/><DisorderDisorderAssociationType><Name lang="en">Moved to</Name>
</DisorderDisorderAssociationType></DisorderDisorderAssociation></DisorderDisorderAssociationList>"""
NAMES = "".join(
    [
        OPEN,
        "<DisorderList>",
        disorder("418", "Congenital adrenal hyperplasia", synonyms=["CAH", "CAH", "Syndrome of H\u00fcrthle"]),
        disorder("90794", "Classic form", of="Clinical subtype", group="Subtype of disorder"),
        disorder("9", "An old name", more=FLAG + MOVED),
        disorder("10", ""),
        "</DisorderList></JDBOR>",
    ]
)


def node(code, name, below="", **kind):
    children = f"<ClassificationNodeChildList>{below}</ClassificationNodeChildList>"
    return f"<ClassificationNode>{disorder(code, name, **kind)}{children}</ClassificationNode>"


TREE = "".join(
    [
        OPEN,
        "<ClassificationList><Classification><ClassificationNodeRootList>",
        node(
            "101954",
            "Rare adrenal disease",
            node("418", "Congenital adrenal hyperplasia", node("90794", "Classic form")),
            of="Category",
            group="Group of disorders",
        ),
        "</ClassificationNodeRootList></Classification></ClassificationList></JDBOR>",
    ]
)


def written(text):
    return text.encode("latin-1")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "en_product1.xml").write_bytes(written(NAMES))
    (tmp_path / "en_product3_146.xml").write_bytes(written(TREE))
    return tmp_path


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["", "en_product1.xml"])
def test_the_files_of_orphadata_are_read_with_synonyms_tree_and_what_became_of_old_codes(folder, name, capsys):
    call_command("load_orphanet", folder / name)
    assert "Orphadata 2026-06: 4 codes, 2 links of the tree." in capsys.readouterr().out
    assert (Concept.objects.count(), ConceptEdge.objects.count()) == (4, 2)
    assert queries.relatives_of(["ORPHA:418"]) == Relatives({"ORPHA:101954"}, {"ORPHA:90794"})
    hit = queries.conditions_meant("syndrome of hurthle").hits[0]
    assert (hit.code, hit.matched) == ("ORPHA:418", "Syndrome of H\u00fcrthle")
    kinds = dict(Concept.objects.of(System.ORPHA).values_list("code", "kind"))
    assert (kinds["ORPHA:101954"], kinds["ORPHA:90794"]) == (Kind.GROUP, Kind.DISEASE)
    old = Concept.objects.get(code="ORPHA:9")
    assert (old.active, old.replaced_by) == (False, "ORPHA:418")


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (NAMES[:-20], "no whole XML"),
        (NAMES.replace('date="2026-06-23 07:05:53"', ""), "does not say when"),
        (OPEN + "</JDBOR>", "holds no named disorders"),
        (f"{OPEN}<DisorderList>{disorder('7', '')}</DisorderList></JDBOR>", "holds no named disorders"),
        (f"{OPEN}<DisorderList>{disorder('7', 'Maladie', lang='fr')}</DisorderList></JDBOR>", "in English"),
    ],
)
def test_what_is_no_such_file_is_refused(names, words):
    with pytest.raises(ReleaseRefused, match=words):
        orphadata.read(io.BytesIO(written(names)), [])


def test_of_several_languages_none_is_guessed(folder):
    (folder / "fr_product1.xml").write_bytes(written(NAMES))
    with pytest.raises(CommandError, match="several languages"):
        call_command("load_orphanet", folder)
