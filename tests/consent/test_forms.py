"""The sheets in their languages, who signed which version, and where the paper is kept."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import re
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from consent import actions, wording
from consent.forms import language_choices, language_of
from consent.models import Consent, ConsentForm, Registry
from consent.policy import in_a_sentence
from consent.queries import past
from consent.states import Giver
from cpms import clock
from cpms.accounts.access import Refused
from cpms.words import when
from tests.clients import signed_in
from tests.factories import Story, UserFactory
from tests.vault.test_sealing import whole_database

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
TEXTS = Path(__file__).resolve().parents[2] / "consent" / "texts"


def test_six_model_texts_have_the_same_parts():
    forms = ConsentForm.objects.published()
    assert [form.language for form in forms] == ["de", "en", "es", "fr", "it", "pl"]
    shapes = {tuple(kind for kind, _ in form.parts) for form in forms}
    assert len(shapes) == 1
    assert next(iter(shapes)).count("choice") == 3
    assert all(form.is_model for form in forms)


def answer(story, **more):
    client = signed_in(story.lead)
    fields = {"stage": "1", "answer": "given", "given_by": "parent", "given_on": clock.today().isoformat(), **more}
    return client, client.post(reverse("patients:consent", args=[story.patient.pseudonym]), fields)


def test_an_answer_keeps_the_version_that_was_signed_and_where_the_sheet_lies():
    story = Story()
    client, said = answer(story, language="de", kept_at="Archiv 3, Mappe 17")
    assert said.status_code == 302
    consent = Consent.objects.in_force(1).get(patient=story.patient)
    assert (consent.form.language, consent.form.version, consent.kept_at) == ("de", 1, "Archiv 3, Mappe 17")
    assert b"Mappe 17" not in whole_database()
    page = client.get(story.patient.get_absolute_url()).content.decode()
    assert "form Deutsch 1" in page
    assert "Archiv 3, Mappe 17" in page


def test_earlier_answers_say_from_when_to_when_each_counted_and_why_it_ended(monkeypatch):
    """One transaction may not read the clock twice: a later answer begins where the earlier one ends."""
    story = Story()
    ticks, days, start = itertools.count(), itertools.count(), clock.now() - dt.timedelta(days=20)

    def on_the_next_day():
        day = start + dt.timedelta(days=next(days))
        monkeypatch.setattr(clock, "now", lambda: day + dt.timedelta(milliseconds=next(ticks)))

    for said in ("refused", "given"):
        on_the_next_day()
        answer(story, stage="2", answer=said)
    on_the_next_day()
    actions.withdraw_consent(story.patient, by=story.lead, stage=2)
    on_the_next_day()
    answer(story, stage="2", answer="given")
    rows = list(Consent.objects.filter(patient=story.patient, stage=2).order_by("recorded_at"))
    assert [one.answer for one in rows] == ["refused", "given", "given"]
    assert rows[0].withdrawn_at == rows[1].recorded_at
    assert rows[1].withdrawn_at < rows[2].recorded_at
    assert [(one.answer.pk, one.replaced) for one in past(rows)] == [(rows[0].pk, True), (rows[1].pk, False)]
    monkeypatch.undo()
    page = signed_in(story.lead).get(story.patient.get_absolute_url()).content.decode()
    shown = re.findall(
        r"count: (.{1,20}), recorded by Dr Lead Person. Ended: (.{1,20}), ([a-z ]+) by Dr Lead Person", page
    )
    with timezone.override(story.lead.zone):
        spans = [(when(one.recorded_at), when(one.withdrawn_at)) for one in rows[:2]]
    assert sorted(shown) == sorted([(*spans[0], "another answer recorded"), (*spans[1], "withdrawn")])


def test_a_missing_language_is_said_and_never_becomes_english():
    story = Story()
    _, said = answer(story, language="fi")
    assert said.status_code == 302
    consent = Consent.objects.in_force(1).get(patient=story.patient)
    assert (consent.form, consent.language) == (None, "fi")
    assert dict(language_choices())["fi"] == "suomi (no form in this language yet)"
    assert signed_in(story.lead).get(reverse("patients:sheet", args=["fi"])).status_code == 404
    assert (language_of("AT"), language_of("XX")) == ("de", "")


def test_a_registry_belongs_to_stage_two_and_is_named_in_the_sentence():
    story = Story()
    Registry.objects.create(code="eurreca", name="European registries for rare endocrine conditions")
    assert answer(story, registry="eurreca")[1].status_code == 422
    assert answer(story, stage="2", registry="eurreca")[1].status_code == 302
    page = signed_in(story.lead).get(story.patient.get_absolute_url()).content.decode()
    assert "European registries for rare endocrine conditions: by" in page
    assert in_a_sentence(story.patient) == (
        "May be discussed in the networks; may go to European registries for rare endocrine conditions only; not about research."
    )


def test_the_sheet_is_a_page_and_a_tagged_file_to_sign():
    client = signed_in(UserFactory())
    page = client.get(reverse("patients:sheet", args=["fr"])).content.decode()
    assert "Model text, to be approved by the data-protection officer" in page
    answer = client.get(reverse("patients:sheet_pdf", args=["pl"]))
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    assert answer["Content-Type"] == "application/pdf"
    assert "Zgoda na konsultację" in text
    assert client.get(reverse("patients:sheet_pdf", args=["pl"])).content == answer.content


def paper(language: str) -> str:
    answer = signed_in(UserFactory()).get(reverse("patients:sheet_pdf", args=[language]))
    return " ".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages).split())


def test_every_language_has_words_for_each_box_and_line():
    """The same keys in each, no word left out, and who may sign is who may be recorded."""
    known = wording.words_of("en")
    assert {path.stem for path in TEXTS.glob("*.txt")} == wording.languages()
    for language in wording.languages():
        said = wording.words_of(language)
        assert said.keys() == known.keys()
        assert list(said["giver"]) == list(Giver)
        assert all(words for words in [*said.values(), *said["giver"].values()])


@pytest.mark.parametrize("language", ["de", "pl"])
def test_the_sheet_says_in_its_language_what_to_tick_and_who_signs_where(language):
    Registry.objects.create(code="adrenal", name="Register of adrenal conditions (invented)")
    say = wording.words_of(language)
    page = signed_in(UserFactory()).get(reverse("patients:sheet", args=[language])).content.decode()
    for text in (page, paper(language)):
        for words in ("model", "hospital", "pseudonym", "registries", "who", "name", "date", "signature", "second"):
            assert say[words] in text, words
        assert all(giver in text for giver in say["giver"].values())
        assert text.count(f"☐ {say['no']}") == 4
        assert "Register of adrenal conditions (invented)" in text
        assert "in English" not in text


def test_a_language_without_fixed_words_says_that_they_are_english():
    ConsentForm.objects.create(
        language="fi", version=1, title="Suostumus", body="# 1.\n[] Suostun.", published_on=clock.today()
    )
    page = signed_in(UserFactory()).get(reverse("patients:sheet", args=["fi"])).content.decode()
    assert "The words beside boxes and lines are in English." in page
    assert '<p class="sheet-boxes" lang="en">' in page
    assert "The words beside boxes and lines are in English" in paper("fi")


def test_staff_add_versions_and_never_change_a_published_one():
    story = Story()
    with pytest.raises(Refused):
        actions.save_form(ConsentForm(language="fi", version=1, title="x", body="x"), by=story.lead)
    with pytest.raises(Refused):
        actions.save_registry(Registry(code="x", name="x"), by=story.lead)
