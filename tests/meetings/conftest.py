"""An open panel with one expert, and a chair who belongs to it."""

from __future__ import annotations

import datetime as dt

import pytest

from cpms import clock
from cpms.accounts.roles import Role
from panels.meetings import actions
from panels.meetings.states import Rhythm
from tests.factories import Story, UserFactory, give_role


@pytest.fixture
def story():
    story = Story("a")
    story.open()
    story.seat(story.expert)
    return story


@pytest.fixture
def chair(story):
    """Keeps the series of the panel's group."""
    person = UserFactory(display_name="Dr In Chair")
    give_role(person, Role.GROUP_COORDINATOR, group=story.group)
    story.seat(person)
    return person


@pytest.fixture
def coordinator(story):
    person = UserFactory(role="none")
    give_role(person, Role.NETWORK_COORDINATOR, network=story.group.network)
    return person


@pytest.fixture
def always():
    return UserFactory(display_name="Dr Always There")


@pytest.fixture
def single(story):
    """A meeting on the panel alone."""
    starts_at = clock.now() + dt.timedelta(days=3)
    return actions.schedule(story.fresh(), starts_at=starts_at, minutes=30, link="", by=story.lead)


@pytest.fixture
def boards(story, chair):
    """Starts a weekly series and brings two panels of two leads to its first meeting, which it gives; ``story.other`` is the
    second."""

    def start(*, slots, people):
        when = {"rhythm": Rhythm.WEEKLY, "first_on": clock.today() + dt.timedelta(days=1), "at": dt.time(16)}
        size = {"minutes": 60, "slots": slots, "link": ""}
        series = actions.start_series(groups=[story.group], name="Board", people=people, by=chair, **when, **size)
        for one in (story, story.other):
            actions.bring(one.fresh(), to=series.meetings.first(), invite=False, by=one.lead)
        return series.meetings.first()

    story.other = Story("b")
    story.other.group = story.group
    story.other.open()
    return start
