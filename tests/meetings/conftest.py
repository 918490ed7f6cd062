"""An open panel with one expert, and a chair who belongs to it."""

from __future__ import annotations

import pytest

from cpms.accounts.roles import Role
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
