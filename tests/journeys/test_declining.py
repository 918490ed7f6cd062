"""A no to an invitation takes along what was typed beside it."""

import pytest
from playwright.sync_api import expect

from panels.states import InvitationState
from tests.browser import check_page
from tests.factories import Story
from tests.journeys.person import Person
from tests.journeys.test_drafts_in_browser import take_session

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])]
BETTER, WHY = "Professor Okonkwo Berg", "I have seen the brother."


@pytest.fixture
def asked(browser, live_server):
    story = Story()
    story.open(story.expert)
    person = Person(browser, live_server.url, width=390, height=844)
    person.story = story
    take_session(person, story.expert)
    person.go(story.invitation(story.expert).get_absolute_url())
    person.page.get_by_text("Another reason, or a better name").click()
    person.type("Who would be better?", BETTER)
    yield person
    person.close()


@pytest.mark.parametrize(("button", "reason"), [("Conflict of interest", "conflict"), ("Decline", "other")])
def test_each_reason_takes_along_the_better_name_and_the_words(asked, button, reason):
    asked.type("Reason, seen by the lead", WHY)
    assert check_page(asked.page) == []
    asked.click(button, exact=True)
    asked.sees("Your answer is with the lead.")
    said = asked.story.invitation(asked.story.expert)
    assert (said.state, said.reason, said.better_name, said.reason_text) == (
        InvitationState.DECLINED,
        reason,
        BETTER,
        WHY,
    )


def test_enter_in_the_name_chooses_none_of_the_ready_reasons(asked):
    asked.page.get_by_label("Who would be better?").press("Enter")
    expect(asked.page.locator("body")).to_contain_text("Your answer is with the lead.")
    said = asked.story.invitation(asked.story.expert)
    assert (said.reason, said.better_name) == ("other", BETTER)
