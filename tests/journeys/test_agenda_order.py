"""The running order of a meeting: dragged with the mouse, and moved with the keyboard."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import expect

from cpms import clock
from cpms.accounts.roles import Role
from panels.meetings import actions
from panels.meetings.states import Rhythm
from tests.factories import Story, UserFactory, give_role
from tests.journeys.person import Person
from tests.journeys.test_drafts_in_browser import take_session

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])]


def test_the_agenda_is_put_in_order(pages, browser):
    stories = [Story(tag) for tag in "abc"]
    for story in stories:
        story.group = stories[0].group
        story.open()
    chair = UserFactory()
    give_role(chair, Role.GROUP_COORDINATOR, group=stories[0].group)
    when = {"rhythm": Rhythm.WEEKLY, "first_on": clock.today() + dt.timedelta(days=7), "at": dt.time(16)}
    size = {"minutes": 60, "slots": 3, "link": ""}
    series = actions.start_series(groups=[stories[0].group], name="Board", people=[chair], by=chair, **when, **size)
    meeting = series.meetings.first()
    first, second, third = (actions.bring(s.fresh(), to=meeting, invite=False, by=s.lead).panel.ref for s in stories)
    person = Person(browser, pages.url)
    take_session(person, chair)
    person.go(meeting.get_absolute_url())
    lines = person.page.locator("#agenda-list > li")

    def stand(*refs: str) -> None:
        """On the page, and once it is asked again."""
        for _again in range(2):
            expect(lines).to_have_count(3)
            for line, ref in zip(lines.all(), refs, strict=True):
                expect(line).to_contain_text(ref)
            person.page.reload()

    def answered():
        return person.page.expect_response(lambda answer: answer.request.method == "POST" and "/order/" in answer.url)

    stand(first, second, third)
    with answered():
        lines.nth(2).drag_to(lines.nth(0), target_position={"x": 40, "y": 3})
    stand(third, first, second)
    person.page.get_by_role("button", name=f"{third} one place down").focus()
    with answered():
        person.page.keyboard.press("Enter")
    stand(first, third, second)
    person.close()
