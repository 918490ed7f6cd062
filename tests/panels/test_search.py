"""A panel is found again by what a person may remember, among those they see, and never by what is said in it."""

from __future__ import annotations

import datetime as dt
import sys

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpms import clock
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from cpms.terminology.folding import fold
from cpms.terminology.models import Concept, ConceptSynonym, Terminology
from cpms.terminology.states import Kind, System
from panels import actions as panels
from panels import queries
from panels.cases import actions as cases
from panels.models import Panel
from tests.clients import signed_in
from tests.factories import Story, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def story():
    story = Story()
    story.open()
    story.seat(story.expert)
    return story


def refs(user, text, **more):
    return [panel.ref for panel in queries.search(user, text, **more)]


def test_by_number_pseudonym_title_nickname_gene_group_and_people(story):
    for text in (
        story.panel.ref,
        story.panel.ref.rpartition("-")[2],
        story.patient.pseudonym.lower(),
        story.canary("title"),
        story.canary("nickname"),
        "cyp21a2",
        "adrenal",
        "expert person",
        story.lead.centre.name,
        story.canary("diagnosis"),
        "cyp21a2 lead",
    ):
        assert refs(story.lead, text) == [story.panel.ref], text
    for text in ("", "  ", "zebra", "cyp21a2 zebra"):
        assert refs(story.lead, text) == [], text


def test_by_the_name_and_the_synonym_of_a_coded_condition(story):
    Terminology.objects.create(system=System.ORPHA, version="1")
    names = {"name": "Rare adrenal condition", "search_name": fold("Rare adrenal condition")}
    concept = Concept.objects.create(
        terminology_id=System.ORPHA,
        code="ORPHA:90794",
        kind=Kind.DISEASE,
        search_text=fold("Rare adrenal condition Wasting of salt ORPHA:90794"),
        **names,
    )
    ConceptSynonym.objects.create(concept=concept, text="Wasting of salt")
    for text in ("ORPHA:90794", "rare adrenal", "wasting salt", "HP:0000127"):
        assert refs(story.lead, text) == [story.panel.ref], text


def test_by_another_name_of_a_condition_that_the_case_has_in_omims_code():
    Terminology.objects.create(system=System.ORPHA, version="1")
    name, short = "Adrenal hyperplasia due to 21-hydroxylase deficiency", "CAH"
    text = {"search_name": fold(name), "search_text": fold(f"{name} {short} ORPHA:418")}
    concept = Concept.objects.create(
        terminology_id=System.ORPHA, code="ORPHA:418", name=name, kind=Kind.DISEASE, **text
    )
    ConceptSynonym.objects.create(concept=concept, text=short)
    labels = {
        "omim": "ADRENAL HYPERPLASIA, CONGENITAL, DUE TO 21-HYDROXYLASE DEFICIENCY; CAH1",
        "other": "Adrenal hypoplasia",
    }
    lead, found = UserFactory(), {}
    for tag, label in labels.items():
        story = Story(tag)
        story.lead = lead
        correction = cases.Correction(
            diagnoses=[{"label": label, "code": "OMIM:201910"[: 11 * (tag == "omim")], "status": "confirmed"}]
        )
        cases.correct_case(story.panel.case, correction, version=story.panel.case.version, by=lead)
        found[tag] = story.panel.ref
    ConceptSynonym.objects.create(concept=concept, text="Salt wasting")
    Concept.objects.filter(pk=concept.pk).update(search_text=f"{concept.search_text} salt wasting")
    assert refs(lead, "salt wasting") == [found["omim"]]
    assert refs(lead, "OMIM:201910") == [found["omim"]]


def test_what_is_said_is_not_searched(story):
    story.contribute(story.expert)
    assert refs(story.lead, story.canary("advice")) == []
    assert refs(story.lead, story.canary("question")) == []


def test_nobody_finds_what_they_do_not_see(story):
    other = Story("b")
    other.open()
    assert refs(story.expert, "cyp21a2") == [story.panel.ref]
    panels.end_invitation(story.invitation(story.expert), by=story.lead)
    assert refs(story.expert, "cyp21a2") == []
    assert refs(UserFactory(), story.panel.ref) == []


def test_by_state(story):
    assert refs(story.lead, "cyp21a2", state="open") == [story.panel.ref]
    assert refs(story.lead, "cyp21a2", state="closed") == []


def test_the_page_is_asked_by_post_and_leaves_one_read_event(story):
    client = signed_in(story.lead)
    assert client.get("/search/").status_code == 200
    page = client.post("/search/", {"words": "cyp21a2"})
    assert story.panel.ref in page.content.decode()
    event = AuditEvent.objects.filter(event=Event.PATIENT_READ, route="panels:search").get()
    assert event.detail == {"ids": [str(story.panel.pk)], "count": 1}
    assert "Nothing found" in client.post("/search/", {"words": "zebra"}).content.decode()
    assert client.post("/search/", {"words": ""}).status_code == 422


def test_searching_costs_the_same_for_one_panel_and_for_thirty():
    lead = UserFactory()
    client = signed_in(lead)

    def another(number):
        story = Story(f"s{number}")
        story.lead = lead
        story.open(UserFactory())
        return story

    def cost():
        with CaptureQueriesContext(connection) as caught:
            assert client.post("/search/", {"words": "cyp21a2"}).status_code == 200
        return len(caught)

    another(0)
    few = cost()
    for number in range(1, 30):
        another(number)
    assert (few, cost()) == (26, 26)


def test_a_corrected_case_is_found_by_its_new_words(story):
    case = story.fresh().case
    gone = {variant.pk for variant in case.variants.all()}
    correction = cases.Correction(variants=[{"gene": "GNAS", "hgvs": ""}], gone=gone)
    cases.correct_case(case, correction, version=case.version, by=story.lead)
    assert refs(story.lead, "gnas") == [story.panel.ref]
    assert refs(story.lead, "cyp21a2") == []


def test_people_and_groups_are_found_however_many_newer_panels_there_are(story, monkeypatch):
    monkeypatch.setattr(sys.modules["panels.queries.search"], "LOOKED_THROUGH", 0)
    for text in ("adrenal", "Expert Person", "lead person", story.lead.centre.name):
        assert refs(story.lead, text) == [story.panel.ref], text
    assert refs(story.lead, story.canary("title")) == []


def test_the_days_are_looked_at_before_the_newest_are_looked_through(story, monkeypatch):
    older = Story("zq")
    older.lead = story.lead
    older.open()
    monkeypatch.setattr(sys.modules["panels.queries.search"], "LOOKED_THROUGH", 1)
    long_ago, title = clock.now().replace(hour=12) - dt.timedelta(days=400), older.canary("title")
    Panel.objects.filter(pk=older.panel.pk).update(drafted_at=long_ago)
    assert refs(story.lead, title) == []
    assert refs(story.lead, title, until=long_ago.date()) == [older.panel.ref]
    typed = {"words": title, "since": long_ago.date(), "until": long_ago.date()}
    assert older.panel.ref in signed_in(story.lead).post("/search/", typed).content.decode()


def greek(story):
    """The story's panel with a title, a lead, a hospital and a group of other alphabets."""
    panel, lead = story.fresh(), story.lead
    panel.title = "Σύνδρομο Cushing με έλλειψη 5α-ρεδουκτάσης, 11β-hydroxylase"
    panel.save(update_fields=["title"])
    lead.display_name, lead.centre.name, panel.group.name = "Δρ Γεώργιος Άγγελος", "Болница Йордановска", "Επινεφρίδια"
    for row in (lead, lead.centre, panel.group):
        row.save()


def test_what_is_written_in_another_alphabet_is_found_with_and_without_its_accents(story):
    greek(story)
    for text in (
        "σύνδρομο",
        "ΣΥΝΔΡΟΜΟ cushing",
        "συνδρομο ελλειψη",
        "11-beta-hydroxylase",
        "11β-hydroxylase",
        "γεωργιος",
        "Γεώργιοσ άγγελος",
        "йордановска",
        "Иордановска",
        "επινεφριδια",
    ):
        assert refs(story.lead, text) == [story.panel.ref], text
    for text in ("νεφρός", "Синдром", "γεωργιος νεφρός", "Σύνδρομο zebra"):
        assert refs(story.lead, text) == [], text


def test_names_of_another_alphabet_are_found_however_many_newer_panels_there_are(story, monkeypatch):
    greek(story)
    monkeypatch.setattr(sys.modules["panels.queries.search"], "LOOKED_THROUGH", 0)
    for text in ("γεωργιοσ αγγελος", "ИОРДАНОВСКА", "επινεφριδια"):
        assert refs(story.lead, text) == [story.panel.ref], text
    assert refs(story.lead, "συνδρομο") == []
    assert refs(UserFactory(), "γεωργιος") == []
