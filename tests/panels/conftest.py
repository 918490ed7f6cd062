import pytest

from cpms.accounts.roles import Role
from panels import actions as panels
from tests.factories import Story, UserFactory, give_role


@pytest.fixture
def story(db):
    """Of an open panel whose group has a coordinator: one expert sits in it, a second one has not answered. Files that need
    another beginning make their own."""
    story = Story()
    story.coordinator = UserFactory(role="none")
    give_role(story.coordinator, Role.GROUP_COORDINATOR, group=story.group)
    story.second = UserFactory()
    story.open(story.expert, story.second)
    panels.accept(story.invitation(story.expert), by=story.expert)
    return story
