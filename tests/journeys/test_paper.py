"""A full panel on paper: two sheets of A4 hold the case, the question and the advice, and say what they leave out."""

import io
import unicodedata

import pytest
from pypdf import PdfReader

from panels import actions as panels
from panels.cases import actions as cases
from panels.models import Message
from tests.factories import Story, UserFactory
from tests.factories.story import every_line
from tests.journeys.person import Person
from tests.journeys.test_drafts_in_browser import take_session

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])]
LABS, FINDINGS, EXPERTS, MESSAGES = 30, 25, 6, 25
ADVICE = "Raise the dose of salt, look at renin again in two weeks and at the sodium of the night. " * 4


def full_panel() -> Story:
    """Thirty results, twenty-five findings, six experts with four lines of advice each, and more messages after it than a page shows."""
    story = Story()
    case = story.case
    labs = [{"label": f"Result {n}", "value": 100 + n, "unit": "mmol/L", "low": 90, "high": 120} for n in range(LABS)]
    findings = [{"label": f"Finding number {n}", "present": n % 5 > 0} for n in range(FINDINGS)]
    correction = cases.Correction(
        summary="Weak since birth. " * 20, labs=labs, findings=findings, gone=every_line(case)
    )
    story.case = cases.correct_case(case, correction, version=case.version, by=story.lead)
    people = [UserFactory(display_name=f"Dr Expert {n}") for n in range(EXPERTS)]
    story.open(*people)
    for number, person in enumerate(people):
        panels.accept(story.invitation(person), by=person)
        panels.contribute(story.fresh(), kind="treatment", text=f"{ADVICE}Said {number}.", by=person)
    panel = story.fresh()
    for _ in range(MESSAGES):
        message = Message(panel=panel, key=panel.key, author=story.lead)
        message.text = "Thank you, noted."
        message.save(force_insert=True)
    return story


@pytest.fixture
def lead(browser, live_server):
    person = Person(browser, live_server.url)
    yield person
    person.close()


def test_a_full_panel_is_two_sheets_and_says_what_they_leave_out(lead):
    story = full_panel()
    take_session(lead, story.lead)
    lead.go(f"/panels/{story.panel.ref}/")
    assert lead.page.get_by_text("Said 0.").count() == 1
    assert not lead.page.get_by_text("Said 0.").is_visible()
    paper = lead.page.pdf(prefer_css_page_size=True)
    printed = PdfReader(io.BytesIO(paper))
    text = " ".join(unicodedata.normalize("NFKC", " ".join(page.extract_text() for page in printed.pages)).split())
    assert len(printed.pages) <= 2
    said = (
        [f"Said {n}." for n in range(EXPERTS)]
        + [f"Result {n}" for n in range(LABS)]
        + [f"number {n}" for n in range(FINDINGS)]
    )
    assert [words for words in said if words not in text] == []
    assert f"{MESSAGES} messages or earlier statements" in text
    assert "Thank you, noted." not in text
