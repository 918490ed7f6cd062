"""A value that nobody can have, and a day that is still to come, are asked about while they are typed."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.urls import reverse

from cpms import clock, identifiers
from cpms.terminology import catalogue
from panels.cases.forms import LabRow
from panels.cases.importers import phenopacket
from panels.cases.lab_forms import LabTableForm
from panels.cases.queries import asked_about
from tests.cases.test_meanwhile import page_of
from tests.cases.test_published_cases import DEMO
from tests.clients import signed_in
from tests.factories import Story

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
SODIUM = "Sodium: 1400 mmol/L is outside what is possible"
TOMORROW = (clock.today() + dt.timedelta(days=2)).isoformat()


@pytest.mark.parametrize(
    ("test", "value", "unit", "asks"),
    [
        ("Sodium", "1400", "mmol/L", True),
        ("2951-2", ">1400", "mmol/L", True),
        ("Natrium", "140,5", "mmol/l", False),
        ("Sodium", "one", "mmol/L", False),
        ("Sodium", "", "mmol/L", False),
        ("Gsalpha act.", "1400", "mmol/L", False),
    ],
)
def test_a_value_that_nobody_can_have_is_asked_about(test, value, unit, asks):
    assert asked_about(test, value, unit).startswith(SODIUM) is asks


def test_the_middle_of_what_is_possible_is_never_asked_about():
    for analyte in catalogue.analytes().values():
        middle = (analyte.lowest + analyte.highest) / 2
        assert asked_about(analyte.name, f"{middle:f}", analyte.unit) == ""


def test_the_page_asks_as_a_person_types_and_keeps_nothing():
    story = Story()
    ask = {
        "data": json.dumps({"test": "Sodium", "value": "1400", "unit": "mmol/L"}),
        "content_type": "application/json",
    }
    body = signed_in(story.lead).post(reverse("cases:question"), **ask).content.decode()
    assert SODIUM in body
    assert "You can save it as it stands." in body
    nothing = signed_in(story.lead).post(reverse("cases:question"), data="[", content_type="application/json")
    assert nothing.content.decode().strip() == ""


def test_a_row_asks_beside_itself_and_is_saved_as_typed():
    row = LabRow({"label": "Sodium", "value": "1400", "unit": "mmol/L"})
    assert row.is_valid()
    assert row.asks.startswith(SODIUM)
    assert LabRow().asks == ""


def test_a_saved_line_is_asked_about_by_its_code_while_its_test_is_called_the_same():
    story = Story()
    line = story.case.labs.get()
    line.label, line.code, line.value, line.unit = "Sodium [Moles/volume] in Serum or Plasma", "2951-2", 140, "mmol/L"
    line.save()
    path = reverse("cases:edit", args=[story.case.pk])
    page = page_of(story.case) | {"labs-0-value": "1400", "diagnoses-0-label": ""}
    row = signed_in(story.lead).post(path, page).context["forms"].sets["labs"][0]
    assert (row.known_code, row.asks.startswith(SODIUM)) == ("2951-2", True)
    page |= {"labs-0-label": "Something else"}
    row = signed_in(story.lead).post(path, page).context["forms"].sets["labs"][0]
    assert (row.known_code, row.asks) == ("", "")


def test_a_groups_form_asks_beside_its_field():
    story = Story()
    client, url = signed_in(story.lead), reverse("cases:form", args=[story.case.pk, "adrenal"])
    sent = {"version": 0, "lab-sodium": "1400", "lab-sodium-unit": "mmol/L", "lab-potassium": "<>"}
    body = client.post(url, sent).content.decode()
    assert body.count(SODIUM) == 1
    assert client.post(url, sent | {"lab-potassium": ""}).status_code == 302
    assert story.case.labs.filter(value=1400).exists()


def test_a_day_that_is_still_to_come_is_refused_beside_the_field():
    assert LabTableForm({"table": "Sodium 131 mmol/l", "taken_on": TOMORROW}).errors["taken_on"] == [
        "This day lies ahead. When was the sample taken?"
    ]
    assert LabTableForm({"table": "Sodium 131 mmol/l", "taken_on": clock.today().isoformat()}).is_valid()
    typed = {"label": "Sodium", "value": "131", "unit": "mmol/L", "taken": TOMORROW}
    assert LabRow(typed).errors["taken"] == ["This day lies ahead. When was the sample taken?"]
    assert LabRow(typed | {"taken": "4 years"}).is_valid()


def test_a_pasted_line_of_a_day_to_come_is_not_ticked_and_not_taken():
    story = Story()
    client, url = signed_in(story.lead), reverse("cases:labs", args=[story.case.pk])
    table = {"table": f"Sodium 131 mmol/l {TOMORROW}\nPotassium 4,1 mmol/l"}
    choices = client.post(url, table).context["choices"]
    assert [(line.is_ahead, line["take"].value()) for line in choices.lines] == [(True, False), (False, True)]
    assert choices.certain == 1
    answer = client.post(url, table | {"add": "1", "line0-take": "on", "line1-take": "on"})
    assert answer.status_code == 422
    assert "Correct the day in the table and read it again" in answer.content.decode()
    assert client.post(url, table | {"add": "1", "line1-take": "on"}).status_code == 302


def test_genes_variants_and_units_are_watched_and_bring_no_false_alarm():
    read = [phenopacket.read(path.read_bytes()) for path in DEMO]
    words = [text for case in read for one in case.variants for text in (one.gene, one.name)]
    words += [unit for analyte in catalogue.analytes().values() for unit in analyte.units]
    assert len(words) > 100
    assert [text for text in words if identifiers.marks(text)] == []
