"""Pasting results on the page: read, check, add."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from consent import actions as consent
from consent.states import Stage
from cpms.terminology import catalogue
from panels.cases import actions as cases
from panels.cases.actions.editing import FULL
from panels.cases.lab_forms import LONGEST
from panels.cases.models import LabAlias, LabResult, name_token
from panels.cases.queries import room_in
from tests.clients import signed_in
from tests.factories import Story, UserFactory
from tests.vault.test_sealing import whole_database

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
NAMED = catalogue.analytes()
TABLE = "Calcium 7,6 (8,6-10,2) L\nPhosphat 2,31 mmol/l (1,05-1,85) H\nOstase neu 54 µg/l\nProbe leicht hämolytisch"


def page(story):
    return signed_in(story.lead), reverse("cases:labs", args=[story.case.pk])


def test_a_table_is_shown_line_by_line_before_anything_is_added():
    story = Story()
    client, address = page(story)
    answer = client.post(address, {"table": TABLE})
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert [line in shown for line in ("No unit is given.", "Which test is this?", "Probe leicht hämolytisch")] == [
        True
    ] * 3
    assert story.case.labs.count() == 1
    choices = answer.context["choices"]
    assert (len(choices.lines), choices.certain, len(choices.left_out)) == (3, 1, 1)


def test_ticked_lines_are_added_as_they_stood_and_matched_names_are_remembered_unreadably():
    story = Story()
    client, address = page(story)
    ticked = {
        "line0-take": "on",
        "line0-unit": "mg/dL",
        "line1-take": "on",
        "line2-take": "on",
        "line2-test": "alp_bone",
    }
    answer = client.post(address, {"table": TABLE, "taken_on": "2025-03-01", "add": "1", **ticked})
    assert answer.url == reverse("cases:edit", args=[story.case.pk])
    added = list(LabResult.objects.filter(case=story.case).order_by("position"))[1:]
    assert [(lab.label, lab.code, f"{lab.value:.2f}", lab.unit, lab.taken) for lab in added] == [
        ("Calcium, total", "17861-6", "7.60", "mg/dL", "2025-03-01"),
        ("Phosphate, inorganic", "14879-1", "2.31", "mmol/l", "2025-03-01"),
        ("Alkaline phosphatase, bone specific", "17838-4", "54.00", "µg/l", "2025-03-01"),
    ]
    assert added[0].note == "Unit confirmed on entry; the report read: Calcium 7,6 (8,6-10,2) L"
    assert LabAlias.objects.get().analyte == "alp_bone"
    assert b"Ostase neu" not in whole_database()
    again = client.post(address, {"table": "Ostase neu 54 µg/l"}).context["choices"].lines[0]
    assert again.line.analyte.key == "alp_bone"


@pytest.mark.parametrize(
    ("chosen", "label", "known"),
    [
        ("alp_bone", "Alkaline phosphatase, bone specific", "alp_bone"),
        ("vitd_25oh", NAMED["vitd_25oh"].name, "vitd_25oh"),
        ("other", "Ostase neu", None),
    ],
)
def test_a_match_of_before_is_shown_to_be_checked_and_can_be_put_right(chosen, label, known):
    """A colleague's slip must not name every later result of the hospital."""
    story = Story()
    client, address = page(story)
    cases.add_labs(story.case, [], names={"Ostase neu": "alp_bone", "Phosphat": "calcium"}, by=story.lead)
    table = {"table": "Ostase neu 54 µg/l\nPhosphat 2,31 mmol/l"}
    shown = client.post(address, table)
    lines = shown.context["choices"].lines
    assert [(one.asks_test, one["test"].value()) for one in lines] == [(True, "alp_bone"), (False, "")]
    assert shown.content.decode().count("Known by an earlier match at your hospital") == 1
    wrong = client.post(address, {**table, "add": "1", "line0-take": "on", "line0-test": "tsh"})
    assert "Thyrotropin (TSH) is not measured in µg/l." in wrong.content.decode()
    sent = {**table, "add": "1", "line0-take": "on", "line0-test": chosen}
    assert client.post(address, sent).status_code == 302
    assert story.case.labs.order_by("position").last().label == label
    rows = dict(LabAlias.objects.values_list("token", "analyte"))
    assert rows.get(name_token("Ostase neu")) == known


def test_a_doubtful_line_is_not_taken_without_an_answer():
    story = Story()
    client, address = page(story)
    answer = client.post(address, {"table": TABLE, "add": "1", "line0-take": "on", "line2-take": "on"})
    assert answer.status_code == 422
    assert "Choose the unit, or leave the line out." in answer.content.decode()
    assert "Choose the test, or leave the line out." in answer.content.decode()
    wrong = client.post(address, {"table": TABLE, "add": "1", "line2-take": "on", "line2-test": "tsh"})
    assert "Thyrotropin (TSH) is not measured in µg/l." in wrong.content.decode()
    kept = client.post(address, {"table": TABLE, "add": "1", "line2-take": "on", "line2-test": "other"})
    assert kept.status_code == 302
    assert story.case.labs.order_by("position").last().label == "Ostase neu"
    assert LabAlias.objects.count() == 0


def test_an_uploaded_file_becomes_the_text_and_bad_ones_are_refused_beside_the_field():
    story = Story()
    client, address = page(story)
    file = SimpleUploadedFile("r.csv", b"Untersuchung;Wert;Einheit\nTSH;2,5;mU/l\n")
    assert len(client.post(address, {"file": file}).context["choices"].lines) == 1
    for data, words in (
        (b"PK\x03\x04x", "could not be read as a table"),
        (b" ", "table"),
    ):
        answer = client.post(address, {"file": SimpleUploadedFile("r.xlsx", data)})
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert client.post(address, {"table": " "}).status_code == 422


def test_only_the_treating_side_adds_and_only_under_consent():
    from cpms.accounts.access import Refused

    story = Story()
    with pytest.raises(Refused):
        cases.add_labs(story.case, [], names={}, by=UserFactory())


@pytest.mark.parametrize("lines", [1, 30])
def test_the_page_costs_the_same_for_one_line_and_for_thirty(lines, django_assert_num_queries):
    story = Story()
    client, address = page(story)
    table = "\n".join(f"TSH {number},5 mU/l" for number in range(1, lines + 1))
    client.get(address)
    with django_assert_num_queries(22):
        client.post(address, {"table": table})


def test_a_table_pasted_twice_is_not_ticked_twice():
    story = Story()
    client, address = page(story)
    table = {"table": "TSH 2,5 mU/l\nPhosphat 2,31 mmol/l\nTSH 2,5 mU/l", "taken_on": "2025-03-01"}
    first = client.post(address, table)
    assert [one["take"].value() for one in first.context["choices"].lines] == [True, True, False]
    assert client.post(address, {**table, "add": "1", "line0-take": "on", "line1-take": "on"}).status_code == 302
    again = client.post(
        address, {**table, "table": "TSH 2,5 mU/l\nPhosphat 2,31 mmol/l\nPhosphat 2,31 mg/dl\nTSH 2,6 mU/l"}
    )
    choices = again.context["choices"]
    assert [(one.is_held, one["take"].value()) for one in choices.lines] == [
        (True, False),
        (True, False),
        (False, True),
        (False, True),
    ]
    assert choices.certain == 2
    assert again.content.decode().count("Already in the case or in this table") == 2
    other_day = client.post(address, {**table, "taken_on": "2025-03-02"})
    assert other_day.context["choices"].certain == 2


def test_a_case_that_is_full_says_so_beside_the_table_and_keeps_what_was_ticked():
    story = Story()
    client, address = page(story)
    rows = [
        LabResult(case=story.case, key=story.case.key, label="TSH", value=one) for one in range(room_in(story.case))
    ]
    LabResult.objects.bulk_create(rows)
    sent = {"table": "Phosphat 2,31 mmol/l", "taken_on": "2025-03-01", "add": "1", "line0-take": "on"}
    answer = client.post(address, sent)
    assert answer.status_code == 422
    assert answer.context["form"].errors["table"] == [FULL]
    assert answer.context["choices"].lines[0]["take"].value() is True
    assert answer.content.decode().count("Phosphat 2,31 mmol/l") > 1


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("x" * (LONGEST + 1), "The table is longer than 60,000 characters. Paste it in parts."),
        ("Probe leicht hämolytisch", "No line could be read as a result"),
        ("TSH\x002,5 mU/l", "Null characters are not allowed."),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_beside_the_field_and_kept(table, words):
    story = Story()
    client, address = page(story)
    answer = client.post(address, {"table": table})
    assert answer.status_code == 422
    assert answer.context["form"].errors["table"][0].startswith(words)
    assert answer.context["form"]["table"].value() == table
    assert "maxlength" not in str(
        answer.context["form"]["table"]
    )  # a browser would cut what is pasted, and say nothing


def test_more_than_a_request_may_hold_is_said_in_words():
    client, address = page(Story())
    client.get(address)
    client.handler.enforce_csrf_checks = True  # the first that reads what was sent
    answer = client.post(address, {"table": "x" * 2_600_000})
    assert (answer.status_code, answer.templates[0].name) == (400, "refusal.html")
    assert "This is more than can be taken at once. Nothing was changed." in answer.content.decode()


def test_no_line_ticked_is_said_beside_the_table():
    story = Story()
    client, address = page(story)
    answer = client.post(address, {"table": "TSH 2,5 mU/l", "add": "1"})
    assert answer.status_code == 422
    assert answer.context["form"].errors["table"] == ["Tick at least one line to add."]


def test_a_table_sent_after_consent_was_withdrawn_stands_beside_the_reason_and_can_be_sent_again():
    story = Story()
    client, address = page(story)
    consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)
    sent = {"table": TABLE, "taken_on": "2025-03-01", "add": "1", "line1-take": "on", "line2-test": "alp_bone"}
    answer = client.post(address, sent)
    shown = answer.content.decode()
    assert answer.status_code == 403
    assert answer.context["form"]["table"].value() == TABLE
    assert [len(answer.context["form"].errors["table"]), story.patient.nickname in shown] == [1, False]
    assert answer.context["ticked"] == [("line1-take", "on"), ("line2-test", "alp_bone")]
    assert ("2025-03-01" in shown, story.case.labs.count()) == (True, 1)
    assert client.get(address).status_code == 403
    assert client.get(address).templates[0].name == "refusal.html"


def test_whoever_sees_no_case_gets_the_page_of_one_that_does_not_exist():
    story = Story()
    _client, address = page(story)
    answer = signed_in(UserFactory()).post(address, {"table": TABLE})
    assert answer.status_code == 404
    assert "Phosphat" not in answer.content.decode()
