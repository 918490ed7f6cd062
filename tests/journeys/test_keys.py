"""Single keys of a keyboard: they point at what the page has, never while somebody types, and can be turned off."""

import pytest
from playwright.sync_api import expect

from tests.browser import check_page
from tests.clients import signed_in
from tests.factories import Story
from tests.journeys.person import Person
from tests.journeys.test_drafts_in_browser import take_session

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])]
FOCUS = "document.activeElement.id || document.activeElement.textContent"


@pytest.fixture
def reader(browser, live_server):
    person = Person(browser, live_server.url)
    person.story = Story()
    person.story.open(person.story.expert)
    take_session(person, person.story.lead)
    yield person
    person.close()


def opened(reader, path):
    """The keys come with a module that the page asks for when it stands."""
    reader.go(path)
    reader.page.wait_for_load_state("networkidle")


def test_single_keys_go_where_the_list_says_and_never_while_somebody_types(reader):
    page, story = reader.page, reader.story
    opened(reader, "/panels/")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('tr') !== null")
    page.keyboard.press("/")
    assert page.evaluate(FOCUS) == "search-bar"
    page.keyboard.type("n?/")
    expect(page.locator("#search-bar")).to_have_value("n?/")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("Tab")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    assert check_page(page) == []
    page.keyboard.press("Escape")
    opened(reader, f"/panels/{story.panel.ref}/")
    page.keyboard.press("r")
    assert page.evaluate("document.activeElement.closest('#reply') !== null")
    opened(reader, "/panels/")
    page.keyboard.press("n")
    expect(page).to_have_url(f"{reader.url}/panels/new/")


def test_who_turned_them_off_has_none(reader):
    lead = reader.story.lead
    sent = {"display_name": lead.display_name, "zone": lead.zone, "theme": "auto", "version": lead.version}
    assert signed_in(lead).post("/accounts/profile/", sent).status_code == 302
    opened(reader, "/panels/")
    reader.page.keyboard.press("/")
    assert reader.page.evaluate(FOCUS) != "search-bar"
    expect(reader.page.locator("#keys")).to_have_count(0)
