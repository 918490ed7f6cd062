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


FORMS = {form.__name__: form for form in (reply, prepare, outcome, case_edit)}


class Writer:
    """One clinician in one form of a story of their own. All four write at the same time, as they do in a hospital."""

    def __init__(self, name: str, browser, url: str) -> None:
        self.name, self.browser, self.url = name, browser, url
        self.story = Story(name)
        self.path, self.selector = FORMS[name](self.story)
        self.moments: list[float] = []
        self.open()

    def open(self) -> None:
        self.person = Person(self.browser, self.url)
        take_session(self.person, self.story.lead)
        self.person.go(self.path)

    @property
    def field(self):
        return self.person.page.locator(self.selector).first

    @property
    def notice(self):
        return self.person.page.get_by_text("Your session has ended. Your text stays here.")

    def press(self, sign: str) -> None:
        self.field.press_sequentially(sign)
        self.moments.append(time.monotonic())


@pytest.fixture
def writers(live_server, browser):
    everybody = [Writer(name, browser, live_server.url) for name in FORMS]
    yield everybody
    for writer in everybody:
        writer.person.close()


def type_until(writers: list[Writer], seconds: float) -> None:
    """Key by key into the emptied fields, without a pause; keeps the moment of each key."""
    for writer in writers:
        writer.field.fill("")
    began = time.monotonic()
    for sign in WORDS:
        if time.monotonic() - began > seconds:
            break
        for writer in writers:
            writer.press(sign)
        writers[0].person.page.wait_for_timeout(60)  # as fast as people type


def test_a_sentence_survives_the_end_of_the_session_and_of_the_tab_in_every_form(writers):
    type_until(writers, AT_MOST + 2)
    ended = time.monotonic()
    Session.objects.all().delete()
    for writer in writers:
        writer.person.context.close()
    for writer in writers:
        due = sum(moment < ended - AT_MOST for moment in writer.moments)
        assert due > 3
        writer.open()
        kept = writer.field.input_value()
        assert WORDS.startswith(kept)
        assert len(kept) >= due, f"{writer.name}: {len(kept)} of {due} signs that were older than five seconds"


def test_what_was_typed_after_the_end_is_kept_by_every_form_and_saved_once_signed_in(writers):
    Session.objects.all().delete()
    for writer in writers:
        writer.field.fill(WORDS)
    for writer in writers:
        expect(writer.notice).to_be_visible()
        expect(writer.field).to_have_value(WORDS)
        take_session(writer.person, writer.story.lead)
    for writer in writers:
        expect(writer.notice).to_be_hidden()
        assert WORDS in Draft.objects.get(user=writer.story.lead).body
        writer.person.page.reload()
        expect(writer.field).to_have_value(WORDS)
