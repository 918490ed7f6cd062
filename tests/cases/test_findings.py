"""Findings by name and from a letter: what is named, what is denied, and that nothing is taken unasked."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from cpms import clock
from cpms.accounts.access import Refused
from cpms.terminology import queries as terminology
from cpms.terminology.folding import fold
from cpms.terminology.models import Concept, ConceptSynonym, Terminology
from cpms.terminology.queries import mentions
from panels.cases import actions as cases
from tests.clients import signed_in
from tests.factories import Story, UserFactory

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
NAMES = {
    "HP:0001250": "Seizure",
    "HP:0000127": "Renal salt wasting",
    "HP:0000822": "Hypertension",
    "HP:0004322": "Short stature",
}


@pytest.fixture
def names():
    mentions._phenotypes.cache_clear()
    hpo = Terminology.objects.update_or_create(
        system="HP",
        defaults={"version": "1", "licence": "free", "attribution": "theirs", "loaded_at": clock.now()},
    )[0]
    Concept.objects.filter(terminology=hpo).delete()
    for code, name in NAMES.items():
        folded = fold(name)
        concept = Concept.objects.create(
            terminology=hpo, code=code, name=name, kind="phenotype", search_name=folded, search_text=folded
        )
    ConceptSynonym.objects.create(concept=concept, text="Small stature")
    yield
    mentions._phenotypes.cache_clear()


def found(text: str) -> dict[str, bool]:
    return {one.name: one.absent for one in terminology.mentioned(text)}


def test_a_letter_names_findings_and_denies_others(names):
    letter = "She had renal salt-wasting as a newborn. No history of seizures. Small stature; hypertension was not looked for."
    assert found(letter) == {
        "Renal salt wasting": False,
        "Seizure": True,
        "Short stature": False,
        "Hypertension": False,
    }
    assert found("Keine Seizures, ohne Hypertension.") == {"Seizure": True, "Hypertension": True}
    assert found("Nothing of note.") == {}


def test_proposals_are_taken_only_when_ticked_and_under_the_name_of_their_code(names):
    story = Story()
    client, url = signed_in(story.lead), reverse("cases:findings", args=[story.case.pk])
    page = client.post(url, {"do": "read", "letter": "Seizure and hypertension. Renal salt wasting."}).content.decode()
    assert "“Seizure”" in page
    assert "“Renal salt wasting”" not in page
    assert story.case.findings.count() == 1
    part = client.post(
        url,
        {"do": "take", "take": ["HP:0001250", "HP:9999999"], "is-HP:0001250": "0"},
        headers={"hx-request": "true"},
        follow=True,
    )
    assert b"<html" not in part.content
    last = story.case.findings.order_by("-position").first()
    assert (last.label, last.code, last.present) == ("Seizure", "HP:0001250", False)
    assert client.post(url, {"do": "read", "letter": ""}).status_code == 422


def test_a_finding_is_added_once(names):
    story = Story()
    client, url = signed_in(story.lead), reverse("cases:findings", args=[story.case.pk])
    row = {"do": "add", "label": "Hypertension", "code": "HP:0000822", "present": "1", "onset": "since 2020"}
    for _twice in range(2):
        client.post(url, row)
    assert [one.label for one in story.case.findings.filter(code="HP:0000822")] == ["Hypertension"]
    assert client.post(url, {**row, "label": ""}).status_code == 422
    with pytest.raises(Refused):
        cases.add_findings(story.case, [], by=UserFactory())


def test_a_finding_is_present_or_absent_by_the_button_that_adds_it(names):
    story = Story()
    client, url = signed_in(story.lead), reverse("cases:findings", args=[story.case.pk])
    assert "checked" not in client.get(url).content.decode().partition("findings-entry")[2]
    row = {"do": "add", "label": "Hypertension", "code": "HP:0000822"}
    unsaid = client.post(url, row)
    assert (unsaid.status_code, unsaid.context["form"].errors) == (
        422,
        {"present": ["Say whether it is present or absent."]},
    )
    assert 'value="Hypertension"' in unsaid.content.decode()
    client.post(url, {**row, "present": "0"})
    assert [one.present for one in story.case.findings.filter(code="HP:0000822")] == [False]


def test_what_is_typed_into_a_typeahead_never_stands_in_an_address(names):
    client, url = signed_in(UserFactory()), reverse("cases:terms") + "?system=HPO"
    answer = client.post(url, json.dumps({"text": "seiz"}), content_type="application/json")
    assert "HP:0001250" in answer.content.decode()
    assert client.get(f"{url}&q=seiz").status_code == 405
    for bad in ("[]", "{", '{"text": 4}'):
        assert b"HP:" not in client.post(url, bad, content_type="application/json").content


def test_a_finding_that_the_case_says_otherwise_is_not_passed_over(names):
    story = Story()
    client, url = signed_in(story.lead), reverse("cases:findings", args=[story.case.pk])
    row = {"do": "add", "label": "Hypertension", "code": "HP:0000822"}
    client.post(url, {**row, "present": "0"})
    other = client.post(url, {**row, "present": "1", "onset": "since 2020"})
    assert other.status_code == 422
    assert "The case holds this finding already: Hypertension, absent." in other.content.decode()
    assert [one.present for one in story.case.findings.filter(code="HP:0000822")] == [False]


def test_a_letter_about_what_the_case_holds_is_not_said_to_name_nothing(names):
    story = Story()
    client, url = signed_in(story.lead), reverse("cases:findings", args=[story.case.pk])
    for code, present in (("HP:0000822", "1"), ("HP:0001250", "1")):
        client.post(url, {"do": "add", "label": NAMES[code], "code": code, "present": present})
    page = " ".join(client.post(url, {"do": "read", "letter": "Hypertension. No seizures."}).content.decode().split())
    assert "No other finding was recognised." in page
    assert "<li> Hypertension </li>" in page
    assert "<li> Seizure: present in the case, absent in the letter </li>" in page
    assert "No finding was recognised." in client.post(url, {"do": "read", "letter": "Nothing."}).content.decode()
