"""A case reads in words: tests by the names that people use, kinds of variant without underscores."""

from __future__ import annotations

import json
import re

import pytest

from cpms.terminology import catalogue
from panels.cases import actions as cases
from panels.cases.importers import phenopacket
from panels.cases.models import LabResult, Variant
from panels.cases.queries import case_parts
from panels.cases.queries.words import name_and_material
from panels.cases.wording import CLASSES, class_words
from tests.clients import signed_in
from tests.factories import Story

SHOWN = [
    ("Corticotropin (P) [Mass/Vol]", "2141-0", "Corticotropin (ACTH)", ""),
    ("17-Hydroxyprogesterone[Mass/Vol]", "1668-3", "17-Hydroxyprogesterone", ""),
    ("2143-6", "2143-6", "Cortisol", ""),
    ("Normetanephrine [Moles/volume] in 24 hour Urine", "2671-6", "Normetanephrine, 24 h urine", "24 hour urine"),
    ("Ammonia [Moles/volume] in Plasma", "16362-6", "Ammonia", "plasma"),
    ("Morgencortisol [nüchtern]", "", "Morgencortisol [nüchtern]", ""),
    ("Cortisol at eight", "2143-6", "Cortisol at eight", ""),
]


@pytest.mark.parametrize(("label", "code", "name", "material"), SHOWN)
@pytest.mark.django_db
def test_a_test_is_called_as_people_call_it_and_what_was_typed_stays(label, code, name, material):
    story = Story()
    cases.add_labs(story.case, [{"label": label, "code": code, "value": 1, "unit": "g/L"}], names={}, by=story.lead)
    row = next(row for row in case_parts(story.case).results.rows if row.lab.label == label)
    assert (row.label, row.material) == (name, material)


def test_no_analyte_is_called_by_a_long_name():
    assert [one.name for one in catalogue.analytes().values() if name_and_material(one.name) != (one.name, "")] == []


def read_with(kind: str, label: str):
    file = {
        "id": "case",
        "subject": {"id": "one", "sex": "FEMALE"},
        "interpretations": [
            {
                "id": "first",
                "progressStatus": "SOLVED",
                "diagnosis": {
                    "disease": {"id": "ORPHA:90794", "label": "Classic congenital adrenal hyperplasia"},
                    "genomicInterpretations": [
                        {
                            "subjectOrBiosampleId": "one",
                            "interpretationStatus": "CAUSATIVE",
                            "variantInterpretation": {
                                "variationDescriptor": {
                                    "id": "v",
                                    "geneContext": {"valueId": "HGNC:2600", "symbol": "CYP21A2"},
                                    "structuralType": {"id": kind, "label": label},
                                }
                            },
                        }
                    ],
                },
            }
        ],
        "metaData": {"phenopacketSchemaVersion": "2.0"},
    }
    return phenopacket.read(json.dumps(file).encode())


@pytest.mark.django_db
def test_a_kind_of_variant_is_shown_in_words_and_kept_as_it_was_sent():
    story = Story()
    read = read_with("SO:1000029", "chromosomal_deletion")
    cases.take_read_case(story.case, read, filename="one.json", by=story.lead)
    kept = Variant.objects.filter(case=story.case).order_by("position").last()
    assert "chromosomal_deletion" in kept.note
    story.open()
    page = signed_in(story.lead).get(story.fresh().get_absolute_url()).content.decode()
    assert "deletion of a part of a chromosome" in page
    assert "chromosomal_deletion" not in page


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_every_class_has_words_and_only_a_whole_name_is_one(name):
    assert not re.search("_", CLASSES[name])
    assert class_words(f"{name}; causative") == f"{CLASSES[name]}; causative"
    assert class_words(f"my_{name} {name}_of x:{name}") == f"my_{name} {name}_of x:{name}"


@pytest.mark.django_db
def test_a_table_of_results_has_no_long_name():
    story = Story()
    row = {"label": "Sodium [Moles/volume] in Serum or Plasma", "code": "2951-2", "value": 129, "unit": "mmol/L"}
    cases.add_labs(story.case, [row], names={}, by=story.lead)
    story.open()
    page = signed_in(story.lead).get(story.fresh().get_absolute_url()).content.decode()
    table = page.partition('<table class="table labs"')[2]
    assert ("Sodium <small>serum or plasma" in table, "Moles" in table.partition("</section>")[0]) == (True, False)
    assert LabResult.objects.filter(case=story.case).last().label == row["label"]
