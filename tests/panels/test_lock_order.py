"""A panel is locked first, and what hangs on it afterwards: so no two deeds wait for each other."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpms.accounts.roles import Role
from panels import actions as panels
from panels.models import Dispatch
from tests.factories import Story, UserFactory, give_role

pytestmark = pytest.mark.django_db
LOCKED = re.compile(r'FROM "(panels_\w+)".*FOR UPDATE', re.DOTALL)


def told(story):
    story.seat(story.expert)
    return story.contribute(story.expert, kind="need_data")


def decided(story):
    coordinator = UserFactory(role="none")
    give_role(coordinator, Role.NETWORK_COORDINATOR, network=story.group.network)
    return {"dispatch": Dispatch.objects.get(panel=story.panel), "by": coordinator}


def asked(story):
    panels.invite_experts(story.fresh(), people=[story.expert], by=story.lead)
    return story.invitation(story.expert)


def declined(story):
    return panels.decline(asked(story), reason="time", by=story.expert)


DEEDS = {
    "accept": (asked, lambda it, story: panels.accept(it, by=story.expert)),
    "decline": (asked, lambda it, story: panels.decline(it, reason="time", by=story.expert)),
    "reconsider": (declined, lambda it, story: panels.reconsider(it, by=story.expert)),
    "end": (asked, lambda it, story: panels.end_invitation(it, by=story.lead)),
    "take a view": (told, lambda it, story: panels.take_stance(it, kind="agree", by=story.lead)),
    "mark": (told, lambda it, story: panels.mark(it, marked=True, by=story.lead)),
    "supply": (told, lambda it, story: panels.supply(it, by=story.lead)),
    "reword": (told, lambda it, story: panels.reword(it, text="Other words.", by=story.expert)),
    "recall": (told, lambda it, story: panels.recall(it, by=story.expert)),
    "take up": (decided, lambda it, story: panels.take_up(**it)),
    "return": (decided, lambda it, story: panels.return_with_question(**it, reason="Is renin known?")),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_the_panel_is_locked_first(deed):
    story = Story()
    story.open()
    before, act = DEEDS[deed]
    thing = before(story)
    with CaptureQueriesContext(connection) as caught:
        act(thing, story)
    locks = [found[1] for query in caught.captured_queries if (found := LOCKED.search(query["sql"]))]
    assert locks[0] == "panels_panel", locks
    assert len(locks) > 1
