"""A panel's page offers the next meeting of its group; times are said in both zones wherever somebody chooses by them."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest
from django.urls import reverse

from cpms import clock, words
from cpms.accounts.access import Refused
from cpms.accounts.roles import Role
from panels import actions as panels
from panels.meetings import actions
from panels.meetings.models import MeetingSeries
from panels.meetings.states import Rhythm
from tests.clients import signed_in
from tests.factories import GroupFactory, Story, UserFactory, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
AZORES = "Atlantic/Azores"


def start(story, by, *, slots=2, first=7):
    when = {"rhythm": Rhythm.WEEKLY, "first_on": clock.today() + dt.timedelta(days=first), "at": dt.time(16)}
    size = {"minutes": 60, "slots": slots, "link": ""}
    return actions.start_series(groups=[story.group], name="Board", people=[story.lead], by=by, **when, **size)


def page(story):
    return signed_in(story.lead).get(story.fresh().get_absolute_url()).content.decode()


def offered(meeting, left):
    return f"Bring to {words.day(meeting.starts_at)} ({left})"


def test_the_next_meeting_is_one_press_away_and_then_no_other_is_offered(story, coordinator, always):
    series = start(story, coordinator)
    first = series.meetings.first()
    text = page(story)
    assert offered(first, "2 places left") in text
    assert "Bring to another meeting" in text
    assert "Bring to" not in signed_in(story.expert).get(story.fresh().get_absolute_url()).content.decode()
    path = reverse("meetings:bring", args=[story.panel.ref])
    assert signed_in(story.lead).post(path, {"meeting": first.pk, "invite": "on"}).url == first.get_absolute_url()
    text = page(story)
    assert ("Bring to a meeting" in text, "places left" in text, "place left" in text) == (True, False, False)


def test_who_comes_to_the_series_and_is_no_clinician_any_more_is_not_asked_in(story, coordinator):
    series = start(story, coordinator)
    stays, left = UserFactory(centre=story.lead.centre), UserFactory(centre=story.lead.centre)
    series.people.add(stays, left)
    yesterday = clock.rights_day() - dt.timedelta(days=1)
    left.memberships.update(valid_from=yesterday, valid_to=yesterday)
    before = set(story.panel.invitations.values_list("invitee", flat=True))
    actions.bring(story.fresh(), to=series.meetings.first(), invite=True, by=story.lead)
    assert set(story.panel.invitations.values_list("invitee", flat=True)) - before == {stays.pk}


def test_a_full_meeting_says_that_the_panel_would_wait(story, coordinator):
    first = start(story, coordinator, slots=1).meetings.first()
    other = Story("b")
    other.group = story.group
    other.open()
    actions.bring(other.fresh(), to=first, invite=False, by=other.lead)
    assert offered(first, "full, waits for a place") in page(story)


def test_a_panel_that_was_withdrawn_since_its_page_was_read_comes_to_no_meeting(story, coordinator):
    first, read_before = start(story, coordinator).meetings.first(), story.fresh()
    panels.withdraw(story.fresh(), by=story.lead)
    with pytest.raises(Refused):
        actions.bring(read_before, to=first, invite=False, by=story.lead)
    assert not first.agenda.exists()


def test_only_the_panels_own_group_is_offered(story):
    far, keeper = GroupFactory(number=9, name="Far group"), UserFactory(role="none")
    give_role(keeper, Role.GROUP_COORDINATOR, group=far)
    story.lead.groups_of_interest.add(far)
    when = {"rhythm": Rhythm.WEEKLY, "first_on": clock.today() + dt.timedelta(days=3), "at": dt.time(16)}
    size = {"minutes": 60, "slots": 2, "link": ""}
    actions.start_series(groups=[far], name="Far board", people=[story.lead], by=keeper, **when, **size)
    assert MeetingSeries.objects.visible_to(story.lead).count() == 1
    assert "places left" not in page(story)


def test_the_offered_meeting_is_taken_however_many_of_other_groups_come_before_it(story, coordinator):
    far, keeper = GroupFactory(number=9, name="Far group"), UserFactory(role="none")
    give_role(keeper, Role.GROUP_COORDINATOR, group=far)
    story.lead.groups_of_interest.add(far)
    when = {"rhythm": Rhythm.WEEKLY, "first_on": clock.today() + dt.timedelta(days=1), "at": dt.time(16)}
    size = {"minutes": 60, "slots": 2, "link": ""}
    actions.start_series(groups=[far], name="Far board", people=[], by=keeper, **when, **size)
    first = start(story, coordinator, first=80).meetings.first()
    text, path = page(story), reverse("meetings:bring", args=[story.panel.ref])
    assert offered(first, "2 places left") in text
    assert "Everybody who comes to this series (1 person) is invited to the panel." in text
    assert str(first.pk) not in signed_in(story.lead).get(path).content.decode(), "not among the first eight"
    assert signed_in(story.lead).post(path, {"meeting": first.pk, "invite": "on"}).url == first.get_absolute_url()


def test_times_are_said_in_the_zone_of_the_meeting_too(story, coordinator):
    coordinator.zone = AZORES
    coordinator.save(update_fields=["zone"])
    series = start(story, coordinator)
    first = series.meetings.first()
    there = f"{first.starts_at.astimezone(zoneinfo.ZoneInfo(AZORES)):%H:%M} in Azores"
    pages = [reverse("meetings:list"), series.get_absolute_url(), reverse("meetings:bring", args=[story.panel.ref])]
    for path in [*pages, story.fresh().get_absolute_url()]:
        assert there in signed_in(story.lead).get(path).content.decode(), path
    for path in pages[:2]:
        assert there not in signed_in(coordinator).get(path).content.decode(), path
