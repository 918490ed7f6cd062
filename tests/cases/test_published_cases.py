"""Real published cases, and our own invented ones: equal counts out of the reader, and nothing unexplained left out."""

from __future__ import annotations

import json
import os
from decimal import Decimal
from pathlib import Path

import pytest
from google.protobuf import json_format
from phenopackets import Phenopacket

from panels.cases.actions.importing import unplaced
from panels.cases.importers import phenopacket
from panels.cases.importers.fitting import DECIMALS
from panels.cases.importers.ledger import NOT_UNDERSTOOD
from panels.cases.importers.left_out import heaps
from panels.cases.importers.phenopacket import IDENTIFIER, SAMPLE
from panels.cases.importers.read_case import LeftOut
from tests.cases.conftest import published_files
from tests.cases.counting import codes, counts
from tests.cases.every_field import leaves

DEMO = sorted((Path(__file__).parents[2] / "helpdesk" / "demo" / "cases").glob("*.json"))


def held(text):
    """The number as a case holds it: programs write 220 as 220.00000000000003."""
    return None if text is None else round(Decimal(text), DECIMALS)


def check(path: Path) -> None:
    data = path.read_bytes()
    case, expected = phenopacket.read(data), codes(data)
    assert case.counts == counts(data)
    assert [finding.code for finding in case.findings] == expected["findings"]
    assert [lab.code for lab in case.labs] == expected["labs"]
    assert [lab.value for lab in case.labs] == [held(text) for text in expected["values"]]
    assert [lab.low for lab in case.labs] == [held(text) for text in expected["lows"]]
    assert [lab.high for lab in case.labs] == [held(text) for text in expected["highs"]]
    assert [left.path for left in case.left_out if left.why == NOT_UNDERSTOOD] == []
    assert json.loads(data)["subject"]["id"] not in [left.shown for left in case.left_out]


@pytest.mark.parametrize("path", DEMO, ids=lambda path: path.stem)
def test_of_a_demonstration_case_nothing_that_belongs_to_it_is_left_out(path):
    case = phenopacket.read(path.read_bytes())
    left = heaps([*case.left_out, *unplaced(case)])
    assert left.look == ()
    assert len(left) == len(left.aside) >= len(case.left_out) > 0


def test_what_was_not_understood_is_to_be_looked_at_and_nothing_is_lost():
    sent = [LeftOut("id", IDENTIFIER), LeftOut("subject.shoeSize", NOT_UNDERSTOOD, "39"), LeftOut("x", SAMPLE)]
    left = heaps(sent)
    assert (left.look, left.aside) == (tuple(sent[1:]), (sent[0],))


def test_a_published_case_is_read_with_equal_counts(published):
    check(published)


@pytest.mark.parametrize("path", DEMO, ids=lambda path: path.stem)
def test_a_demonstration_case_is_read_with_equal_counts(path):
    check(path)


@pytest.mark.parametrize("path", DEMO, ids=lambda path: path.stem)
def test_a_demonstration_case_is_a_valid_phenopacket_marked_as_invented(path):
    tree = json.loads(path.read_text(encoding="utf-8"))
    message = json_format.ParseDict(tree, Phenopacket())
    assert sum(1 for _ in leaves(json_format.MessageToDict(message))) == sum(1 for _ in leaves(tree))
    assert [entry["description"] for entry in tree["metaData"]["externalReferences"]] == [
        "Invented case for demonstration"
    ]


def test_there_are_twelve_demonstration_cases():
    assert len(DEMO) == 12


@pytest.mark.skipif(not os.environ.get("CPMS_PUBLISHED_CASES"), reason="no folder of published cases is named")
def test_every_published_case_of_the_folder_is_read():
    """As many as the folder holds, down to its subfolders; the set the project is measured by holds 113."""
    folder = Path(os.environ["CPMS_PUBLISHED_CASES"])
    held = [name for _where, _folders, names in os.walk(folder) for name in names if name.endswith(".json")]
    assert sorted(path.name for path in published_files()) == sorted(held)
    assert len(held) >= 113
