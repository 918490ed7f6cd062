"""The document's fixed words in the reader's language: six of them alike in every key, each made once, each checked by its own code."""

from __future__ import annotations

import io
import string

import pikepdf
import pypdfium2
import pytest
from django.urls import reverse

from consent.states import Giver
from cpms import countries
from cpms.accounts.access import Refused
from cpms.accounts.models import Centre, User
from cpms.jobs.models import Job
from cpms.patients.states import Sex
from outcomes import actions as outcomes
from outcomes import pdf
from outcomes.models import OutcomeDocument
from outcomes.states import AdviceKind, Language, Strength
from outcomes.wording import language_for, words_of
from panels.cases.states import DiagnosisStatus
from tests.clients import signed_in
from tests.factories import UserFactory
from tests.outcomes.test_corrections import correct
from tests.outcomes.test_document_checks import structure
from tests.outcomes.test_document_layout import written_outcome

OTHERS = [language for language in Language if language != Language.EN]


def places(sentence):
    return {name for _text, name, _spec, _turn in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_says_the_same_things_and_fills_the_same_places(language):
    english, theirs = words_of(Language.EN), words_of(language)
    assert set(theirs) == set(english)
    assert theirs["as_written"]
    for key, words in english.items():
        if isinstance(words, str):
            assert places(theirs[key]) == places(words), key
        elif key != "countries":
            assert set(theirs[key]) == set(words), key
    own = {code for code in countries.EUROPE if theirs["countries"][code] != countries.EUROPE[code]}
    assert len(own) > len(countries.EUROPE) / 2


def test_english_says_what_the_pages_say():
    for key, labels in {
        "sex": Sex, "giver": Giver, "status": DiagnosisStatus, "kinds": AdviceKind, "strengths": Strength
    }.items():  # fmt: skip
        assert words_of(Language.EN)[key] == dict(labels.choices)


@pytest.mark.parametrize(("country", "language"), [("AT", "de"), ("PL", "pl"), ("BE", "en"), ("FI", "en")])
def test_the_language_is_that_of_the_hospital_where_it_has_one_of_ours(country, language):
    assert language_for(User(centre=Centre(country=country))) == language


@pytest.fixture
def closed():
    """A closed panel whose English document is made."""
    story = written_outcome("Give salt.")
    outcomes.make_document(str(story.panel.documents.get().pk), by=None)
    story.document = story.panel.documents.get()
    return story


def asked(story, person, language):
    return signed_in(person).post(reverse("outcomes:language", args=[story.document.pk]), {"language": language})


@pytest.mark.django_db(databases=["default", "cachedb"])
def test_a_reader_has_it_made_once_in_their_language_and_the_copy_is_checked(closed):
    assert [asked(closed, closed.expert, word).status_code for word in ("pl", "pl", "xx")] == [302] * 3
    made = closed.panel.documents.get(language="pl")
    assert Job.objects.filter(task="outcomes.make_document", ids__document_id=str(made.pk)).count() == 1
    outcomes.make_document(str(made.pk), by=None)
    made.refresh_from_db()
    assert (made.fingerprint, made.code == closed.document.code) == (closed.document.fingerprint, False)
    assert made.file_hash != closed.document.file_hash
    with pikepdf.open(io.BytesIO(made.pdf)) as file:
        assert str(file.Root.Lang) == "pl"
        with file.open_metadata() as words:
            assert words["dc:title"] == f"Wynik panelu {closed.panel.ref}, wersja 1"
        quotes = [element for tag, element in structure(file.Root.StructTreeRoot) if tag == "/BlockQuote"]
        assert {str(quote.Lang) for quote in quotes} == {"en"}
    text = " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(made.pdf))
    flat = " ".join(text.split())
    for words in ("Zalecenia", "Give salt.", "Tampere, Finlandia", "Strona 1 / ", made.code):
        assert words in flat, words
    assert "Conclusion" not in flat
    client = signed_in(closed.expert)
    assert f"{closed.panel.ref}-outcome-1-pl.pdf" in client.get(made.get_absolute_url())["Content-Disposition"]
    assert "polski" in client.post(reverse("outcomes:verify"), {"code": made.code}).content.decode()
    page = client.get(reverse("outcomes:edit", args=[closed.panel.ref])).content.decode()
    assert [f'value="{word}"' in page for word in ("pl", "en", "de")] == [False, False, True]


@pytest.mark.django_db
def test_no_word_of_ours_stays_english_and_no_place_stays_open():
    document = written_outcome("Give salt.").panel.documents.get()
    for language in OTHERS:
        document.language = language
        page, theirs = pdf.written(pdf.gather(document)), words_of(language)
        assert f'<html lang="{language}" data-quotes="en">' in page
        assert "{" not in page
        pairs = ((words, theirs[key]) for key, words in words_of(Language.EN).items() if isinstance(words, str))
        assert [ours for ours, other in pairs if ours and ours != other and f">{ours}<" in page] == []


@pytest.mark.django_db
def test_who_sees_nothing_orders_nothing_and_an_earlier_version_is_not_spread(closed):
    assert asked(closed, UserFactory(), "de").status_code == 404
    correct(closed)
    with pytest.raises(Refused, match="not in force"):
        outcomes.order_language(closed.document, Language.DE, by=closed.lead)
    assert set(OutcomeDocument.objects.values_list("number", "language")) == {(1, "en"), (2, "en")}
