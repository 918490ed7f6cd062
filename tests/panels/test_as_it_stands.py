"""A deed is judged by the panel as it stands, held until the deed is done: not as its page was read a moment before."""

from __future__ import annotations

import datetime as dt

import pytest

from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.roles import Role
from cpms.notifications.models import WorkItem
from panels import actions as panels
from panels.meetings import actions as meetings
from panels.models import Assist, Panel
from panels.policy.parts import part_of
from tests.factories import GroupFactory, Story, UserFactory, give_role
from tests.panels.test_races import race, rights  # noqa: F401 a fixture

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def story():
    story = Story()
    story.other, story.desk = GroupFactory(network=story.network, number=8, name="Thyroid"), UserFactory(role="none")
    give_role(UserFactory(role="none"), Role.GROUP_COORDINATOR, group=story.other)
    give_role(story.desk, Role.HELPDESK_ADULT, network=story.network)
    story.open()
    story.seat(story.expert)
    return story


def read_by(story, person):
    """The panel as a page loads it, its reader's part in it looked up."""
    panel = Panel.objects.visible_to(person).with_surroundings().get(ref=story.panel.ref)
    part_of(person, panel)
    return panel


def dates():
    return [clock.now() + dt.timedelta(days=days) for days in (2, 3)]


DEEDS = {
    "address": ("lead", lambda s, panel: panels.address(panel, network=s.network, group=s.other, by=s.lead)),
    "contribute": ("expert", lambda s, panel: panels.contribute(panel, kind="need_data", text="Renin?", by=s.expert)),
    "comment": ("expert", lambda s, panel: panels.comment(panel, text="Renin?", by=s.expert)),
    "wish": ("expert", lambda s, panel: panels.wish_meeting(panel, by=s.expert)),
    "let in": ("lead", lambda s, panel: panels.let_in(panel, who=s.desk, by=s.lead)),
    "dates": ("lead", lambda s, panel: meetings.propose_dates(panel, dates=dates(), minutes=30, link="", by=s.lead)),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_nothing_is_done_to_a_panel_that_was_withdrawn_since(story, deed):
    who, act = DEEDS[deed]
    panel = read_by(story, getattr(story, who))
    panels.withdraw(story.fresh(), by=story.lead)
    with pytest.raises(Refused):
        act(story, panel)
    assert not WorkItem.objects.open().filter(ref=panel.ref).exists()


@pytest.mark.parametrize("deed", ["contribute", "comment", "wish"])
def test_whose_membership_ended_since_says_nothing_more(story, deed):
    panel = read_by(story, story.expert)
    panels.end_invitation(story.invitation(story.expert), by=story.lead)
    with pytest.raises(Refused):
        DEEDS[deed][1](story, panel)


def test_advice_against_a_withdrawal_leaves_nothing_that_waits(story):
    race(
        lambda: panels.withdraw(story.fresh(), by=story.lead),
        lambda: DEEDS["contribute"][1](story, read_by(story, story.expert)),
    )
    assert not WorkItem.objects.open().filter(ref=story.panel.ref).exists()


def test_one_person_is_let_in_once_however_many_do_it(story):
    assert race(lambda: panels.let_in(story.fresh(), who=story.desk, by=story.lead)) == [1]
    panels.end_assist(Assist.objects.get(), by=story.lead)
    assert not Panel.objects.visible_to(story.desk).exists()


def prepared(panel, **what):
    return panels.prepare(panel, by=panel.lead, version=panel.version, question="Which dose?", **what)


def test_a_question_is_written_while_the_panel_is_a_draft_and_by_who_treats_the_patient():
    story = Story("b")
    page = read_by(story, story.lead)
    panels.hand_over([story.patient], to=UserFactory(centre=story.lead.centre), by=story.lead)
    with pytest.raises(Refused, match="Only the lead"):
        prepared(page)
    other = Story("c")
    page = read_by(other, other.lead)
    other.open()
    with pytest.raises(Refused, match="open already"):
        prepared(page)
    assert Panel.objects.get(pk=other.panel.pk).question == page.question != "Which dose?"
