"""Pages that show something of a case say in a sentence what its patient's consents allow."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from cpms import clock
from cpms.accounts.roles import Role
from panels.meetings import actions as meetings
from panels.models import Dispatch
from tests.clients import signed_in
from tests.factories import Story, UserFactory, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.fixture
def story():
    made = Story()
    made.open()
    made.seat(made.expert)
    return made


def says(person, address: str) -> bool:
    return "May be discussed in Endo-ERN" in signed_in(person).get(address).content.decode()


def test_beside_ones_own_words_and_views(story):
    said = story.contribute(story.expert)
    assert says(story.expert, reverse("panels:reword_statement", args=[said.pk]))
    assert says(story.lead, f"{reverse('panels:stance', args=[said.pk])}?kind=dissent")


def test_on_the_sheet_of_a_meeting(story):
    when = {"starts_at": clock.now() + dt.timedelta(days=2), "minutes": 30, "link": ""}
    meeting = meetings.schedule(story.fresh(), by=story.lead, **when)
    assert says(story.expert, reverse("meetings:sheet", args=[meeting.pk]))


def test_before_coordinators_who_see_the_question(story):
    coordinator = UserFactory(role="none")
    give_role(coordinator, Role.GROUP_COORDINATOR, group=story.group)
    assert says(coordinator, Dispatch.objects.get(panel=story.panel).get_absolute_url())
