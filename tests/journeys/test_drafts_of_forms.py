"""A session that ends, and a tab that dies, in the middle of a sentence: nothing older than five seconds is lost, in any form."""

from __future__ import annotations

import time

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from cpms.drafts.models import Draft
from outcomes import actions as outcomes
from tests.factories import Story
from tests.journeys.person import Person
from tests.journeys.test_drafts_in_browser import take_session

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])]
AT_MOST = 5.0  # seconds of typing that may be lost (product budget)
WORDS = "Sodium stays low on fludrocortisone, and the renin is high; raise the dose step by step, and look again after three days."


def reply(story) -> tuple[str, str]:
    story.open(story.expert)
    return f"/panels/{story.panel.ref}/", "#reply [name=text]"


def prepare(story) -> tuple[str, str]:
    return f"/panels/{story.panel.ref}/prepare/", "main form [name=question]"


def outcome(story) -> tuple[str, str]:
    story.open()
    story.contribute(story.lead)
    outcomes.start_outcome(story.fresh(), by=story.lead)
    return f"/panels/{story.panel.ref}/outcome/", "main form [name=conclusion]"


def case_edit(story) -> tuple[str, str]:
    return f"/cases/{story.case.pk}/edit/", "main form [name=summary]"


def type_until(person: Person, field: str, seconds: float) -> list[float]:
    """Key by key into the emptied field, without a pause; gives the moment of each key."""
    person.page.locator(field).first.fill("")
    began, moments = time.monotonic(), []
    for sign in WORDS:
        if time.monotonic() - began > seconds:
            break
        person.page.locator(field).first.press_sequentially(sign)
        moments.append(time.monotonic())
        person.page.wait_for_timeout(60)  # as fast as people type
    return moments


@pytest.mark.parametrize("form", [reply, prepare, outcome, case_edit], ids=lambda form: form.__name__)
def test_a_sentence_survives_the_end_of_the_session_and_of_the_tab(form, live_server, browser):
    story = Story()
    path, field = form(story)
    person = Person(browser, live_server.url)
    take_session(person, story.lead)
    person.go(path)
    moments = type_until(person, field, AT_MOST + 2)
    ended = time.monotonic()
    Session.objects.all().delete()
    person.page.close()
    due = sum(moment < ended - AT_MOST for moment in moments)
    assert due > 3
    again = Person(browser, live_server.url)
    take_session(again, story.lead)
    again.go(path)
    kept = again.page.locator(field).first.input_value()
    assert WORDS.startswith(kept)
    assert len(kept) >= due, f"{len(kept)} of {due} signs that were older than five seconds"
    person.context.close()
    again.close()


@pytest.mark.parametrize("form", [reply, prepare, outcome, case_edit], ids=lambda form: form.__name__)
def test_what_was_typed_after_the_end_is_kept_by_the_page_and_saved_once_signed_in(form, live_server, browser):
    story = Story()
    path, field = form(story)
    person = Person(browser, live_server.url)
    take_session(person, story.lead)
    person.go(path)
    Session.objects.all().delete()
    person.page.locator(field).first.fill(WORDS)
    notice = person.page.get_by_text("Your session has ended. Your text stays here.")
    expect(notice).to_be_visible()
    expect(person.page.locator(field).first).to_have_value(WORDS)
    take_session(person, story.lead)
    expect(notice).to_be_hidden()
    assert WORDS in Draft.objects.get(user=story.lead).body
    person.page.reload()
    expect(person.page.locator(field).first).to_have_value(WORDS)
    person.close()
