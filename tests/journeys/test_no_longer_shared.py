"""A page that stands open when its panel is no longer shared with its reader."""

from __future__ import annotations

import pytest

from consent import actions as consent
from consent.states import Stage
from tests.browser import until
from tests.factories import CANARIES, Story
from tests.journeys.person import Person
from tests.journeys.test_drafts_in_browser import take_session

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])]

LOOKED_AGAIN = """() => {
    document.dispatchEvent(new Event("visibilitychange"));
    return document.body?.innerText.includes("This panel is no longer shared with you");
}"""


def test_an_open_page_gives_way_to_a_neutral_notice(pages, browser):
    """Its next look for news finds nothing, and nothing of the patient stays on the screen."""
    story = Story()
    story.open()
    story.seat(story.expert)
    member = Person(browser, pages.url)
    take_session(member, story.expert)
    member.go(f"/panels/{story.panel.ref}/")
    member.sees(story.canary("question"))
    consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)
    until(member.page, LOOKED_AGAIN)
    shown = member.page.content()
    assert [word for word in CANARIES if word in shown] == []
