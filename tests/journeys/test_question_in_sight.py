"""On a phone the question stands where the expert answers it."""

import pytest
from playwright.sync_api import expect

from tests.browser import check_page
from tests.factories import Story
from tests.journeys.person import Person
from tests.journeys.test_drafts_in_browser import take_session

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])]
BEGINS, ENDS = "Raise the dose of fludrocortisone", "or is there a second cause?"
LONG = f"{BEGINS}, {'although sodium stays low on two samples a week, ' * 6}{ENDS}"
PHONE_WITH_KEYBOARD = 460  # pixels that a phone's keyboard leaves of the page


@pytest.fixture(params=[f"{BEGINS}, {ENDS}", LONG], ids=["short", "long"])
def expert(browser, live_server, request):
    """Just in, by the invitation, on a phone."""
    story = Story()
    story.panel.question = request.param
    story.panel.save()
    story.open(story.expert)
    person = Person(browser, live_server.url, width=390, height=844)
    take_session(person, story.expert)
    person.go(story.invitation(story.expert).get_absolute_url())
    person.click("Accept and open the case")
    yield person
    person.close()


def test_the_question_stands_over_the_box_that_answers_it(expert):
    page, box = expert.page, expert.page.get_by_label("Your reply")
    question = page.locator("#reply").get_by_text(BEGINS).locator("visible=true")
    expect(question).to_be_in_viewport(ratio=1)
    expect(box).to_be_in_viewport(ratio=1)
    page.set_viewport_size({"width": 390, "height": PHONE_WITH_KEYBOARD})
    box.focus()
    page.keyboard.type("Look for a second cause.")
    expect(question).to_be_in_viewport(ratio=1)
    expect(box).to_be_in_viewport(ratio=1)


def test_a_long_question_is_read_to_its_end_there(expert):
    end = expert.page.locator("#reply").get_by_text(ENDS)
    more = expert.page.locator("#reply").get_by_text("More", exact=True)
    if more.count():
        expect(end).to_be_hidden()
        more.click()
    expect(end).to_be_in_viewport()
    assert check_page(expert.page) == []


def test_beside_the_whole_case_it_is_not_said_twice(expert):
    expert.page.set_viewport_size({"width": 1280, "height": 900})
    expect(expert.page.get_by_text(BEGINS).locator("visible=true")).to_have_count(1)
