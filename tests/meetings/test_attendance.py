"""Who was there: what somebody ticked or joined, and never what a page had ticked for them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from cpms import clock
from panels.meetings import actions
from panels.meetings.models import Attendance, Meeting
from tests.clients import signed_in
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.fixture
def meeting(story):
    """It begins now; the lead and two experts are asked."""
    story.second = UserFactory()
    story.seat(story.second)
    when = {"starts_at": clock.now(), "minutes": 30, "link": "https://video.example/x"}
    return actions.schedule(story.fresh(), by=story.lead, **when)


def noted(meeting, *people):
    rows = dict(Attendance.objects.filter(meeting=meeting).values_list("who", "present"))
    return [rows[person.pk] for person in people]


def page(client, meeting):
    """The hidden moment of the page, and how many are ticked in it."""
    text = client.get(meeting.get_absolute_url()).content.decode()
    return text.split('name="seen" value="')[1].split('"')[0], text.count(" checked")


def test_nobody_is_ticked_before_somebody_ticks_or_joins(story, meeting):
    client = signed_in(story.lead)
    assert page(client, meeting)[1] == 0
    actions.join(meeting, by=story.expert)
    assert page(client, meeting)[1] == 1


def test_who_joined_after_the_page_was_opened_stays_there(story, meeting):
    client, late, early = signed_in(story.lead), story.second, story.expert
    actions.join(meeting, by=early)
    seen, _ticked = page(client, meeting)
    actions.join(meeting, by=late)
    said = {"seen": seen, "ticked": [early.pk], "present": [story.lead.pk]}
    answer = client.post(reverse("meetings:hold", args=[meeting.pk]), said)
    assert answer.status_code == 302
    assert noted(meeting, story.lead, late, early) == [True, True, False]


def test_a_tick_that_somebody_else_made_after_the_page_was_opened_stays(story, meeting):
    client = signed_in(story.lead)
    actions.tick(meeting, who=story.lead, here=True, by=story.lead)
    seen, ticked = page(client, meeting)
    text = client.get(meeting.get_absolute_url()).content.decode()
    assert (ticked, f'name="ticked" value="{story.lead.pk}"' in text) == (1, True)
    actions.tick(meeting, who=story.second, here=True, by=story.lead)
    said = {"seen": seen, "ticked": [story.lead.pk], "present": [story.expert.pk]}
    client.post(reverse("meetings:hold", args=[meeting.pk]), said)
    assert noted(meeting, story.lead, story.expert, story.second) == [False, True, True]


@pytest.mark.parametrize(("by_hand", "said"), [(False, None), (True, False)])
def test_from_the_sheet_nobody_counts_as_missing_because_somebody_joined_by_video(story, meeting, by_hand, said):
    actions.join(meeting, by=story.expert)
    if by_hand:
        actions.tick(meeting, who=story.lead, here=True, by=story.lead)
    signed_in(story.lead).post(reverse("meetings:hold", args=[meeting.pk]), {"as_ticked": "yes"})
    assert noted(meeting, story.lead, story.expert, story.second) == [True if by_hand else None, True, said]


@pytest.mark.parametrize("seen", [{}, {"seen": "yesterday"}])
def test_a_list_that_does_not_say_when_it_was_shown_unticks_nobody_who_joined(story, meeting, seen):
    actions.join(meeting, by=story.expert)
    path = reverse("meetings:hold", args=[meeting.pk])
    signed_in(story.lead).post(path, {"present": [story.lead.pk], **seen})
    assert noted(meeting, story.lead, story.expert, story.second) == [True, True, False]


def test_everybody_was_there_only_when_it_is_said(story, meeting):
    client = signed_in(story.lead)
    client.post(reverse("meetings:hold", args=[meeting.pk]), {"seen": clock.now().isoformat(), "everybody": "yes"})
    assert noted(meeting, story.lead, story.expert, story.second) == [True, True, True]


def test_with_nobody_ticked_nothing_is_said_of_anybody(story, meeting):
    client = signed_in(story.lead)
    client.post(reverse("meetings:hold", args=[meeting.pk]), {"seen": clock.now().isoformat()})
    assert noted(meeting, story.lead, story.expert, story.second) == [None, None, None]
    text = client.get(meeting.get_absolute_url()).content.decode()
    assert (text.count("not noted"), "not there" in text) == (3, False)


def test_the_clock_says_of_nobody_that_they_were_not_there(story, meeting):
    actions.join(meeting, by=story.expert)
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=clock.now() - dt.timedelta(days=4))
    assert actions.look_after_unheld(by=None) == 1
    assert noted(meeting, story.lead, story.expert, story.second) == [None, True, None]
