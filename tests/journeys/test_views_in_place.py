"""An amendment or a dissent is written below its statement, under a heading that says which it is."""

import pytest
from playwright.sync_api import expect

from tests.browser import check_page
from tests.factories import Story
from tests.journeys.person import Person
from tests.journeys.test_drafts_in_browser import take_session

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])]


@pytest.fixture
def reader(browser, live_server):
    story = Story.of_two()
    person = Person(browser, live_server.url)
    person.story, person.said = story, story.contribute(story.expert)
    take_session(person, story.second)
    yield person
    person.close()


@pytest.mark.parametrize(
    ("button", "heading", "kind"),
    [("Amend 0", "Amend: what should change?", "amend"), ("Dissent 0", "Dissent: why?", "dissent")],
)
def test_the_form_below_a_statement_has_its_heading(reader, button, heading, kind):
    reader.go(reader.story.fresh().get_absolute_url())
    reader.click(button, role="link")
    place = reader.page.locator(f"#say-{reader.said.pk}")
    expect(place.get_by_role("heading", name=heading)).to_be_visible()
    assert check_page(reader.page) == []
    reader.go(f"/statements/{reader.said.pk}/stance/?kind={kind}")
    expect(reader.page.get_by_role("heading", level=1)).to_be_visible()
    expect(reader.page.get_by_text(heading)).to_be_hidden()
