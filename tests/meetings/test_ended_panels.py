"""A panel that ends, freezes, or changes hands: its slots, its meetings, who chairs them, and what calendars hear."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest
from django.urls import reverse
from icalendar import Calendar

from consent import actions as consent
from consent.states import Stage
from cpms import clock
from cpms.accounts.models import Membership
from cpms.accounts.roles import Role
from cpms.notifications import actions as notifications
from panels import actions as panels
from panels.meetings import actions
from panels.meetings.calendars import series_file
from panels.meetings.policy import may_change
from panels.meetings.states import MeetingState, Turn
from panels.states import Move
from tests.clients import signed_in
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.fixture
def board(story, chair, boards):
    """One slot: the second panel, which has an expert, waits."""
    story.other.seat(story.other.expert)
    return boards(slots=1, people=[chair, story.other.lead])


def withdraw_panel(story):
    panels.move(story.fresh(), Move.WITHDRAW, by=story.lead)


def withdraw_consent(story):
    consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)


def cleared(story):
    """As the worker does it, twice."""
    done = [actions.clear_agendas(str(story.panel.pk), by=None) for _ in range(2)]
    assert done[1] == 0
    return done[0]


def methods(mailoutbox, person):
    notifications.dispatch_outbox()
    parts = [part for mail in mailoutbox if mail.to == [person.email] for part in mail.attachments]
    return [str(Calendar.from_ical(text)["method"]) for _name, text, _kind in parts]


@pytest.mark.parametrize("end", [withdraw_panel, withdraw_consent])
def test_a_meeting_on_a_panel_that_ended_is_off_in_every_calendar(story, single, mailoutbox, end):
    assert methods(mailoutbox, story.expert) == ["REQUEST"]
    end(story)
    assert cleared(story) == 1
    single.refresh_from_db()
    assert single.state == MeetingState.CANCELLED
    assert methods(mailoutbox, story.expert) == ["REQUEST", "CANCEL"]
    assert methods(mailoutbox, story.lead)[-1] == "CANCEL"


@pytest.mark.parametrize("end", [withdraw_panel, withdraw_consent])
def test_a_panel_that_ended_gives_its_slot_to_the_one_that_waited(story, board, mailoutbox, end):
    methods(mailoutbox, story.expert)
    end(story)
    assert cleared(story) == 1
    assert [item.panel for item in board.with_slot()] == [story.other.panel]
    assert methods(mailoutbox, story.expert) == ["REQUEST", "CANCEL"]
    assert methods(mailoutbox, story.other.expert) == ["REQUEST"]
    asked = set(board.attendance.values_list("who", flat=True))
    assert story.expert.pk not in asked
    assert story.other.expert.pk in asked


def test_what_a_meeting_has_begun_on_stays_and_a_running_panel_is_left_alone(story, board):
    assert actions.clear_agendas(str(story.panel.pk), by=None) == 0
    board.agenda.filter(panel=story.panel).update(seconds=60)
    withdraw_panel(story)
    assert cleared(story) == 0


def test_who_came_for_a_panel_that_is_taken_off_hears_of_it_and_is_asked_again_when_it_is_back(
    story, board, mailoutbox
):
    methods(mailoutbox, story.expert)
    actions.take_off(story.fresh(), of=board, by=story.lead)
    assert methods(mailoutbox, story.expert) == ["REQUEST", "CANCEL"]
    actions.bring(story.fresh(), to=board, invite=False, by=story.lead)
    actions.take_off(story.other.fresh(), of=board, by=story.other.lead)
    assert methods(mailoutbox, story.expert) == ["REQUEST", "CANCEL", "REQUEST"]


def test_who_came_for_a_panel_that_is_put_behind_the_slots_need_not(story, board, chair, mailoutbox):
    methods(mailoutbox, story.expert)
    actions.put_in_order(board, ref=story.other.panel.ref, place=1, by=chair)
    assert methods(mailoutbox, story.expert) == ["REQUEST", "CANCEL"]
    assert methods(mailoutbox, story.other.expert) == ["REQUEST"]


def test_the_chair_takes_up_a_panel_that_waits(story, board, chair):
    taken = actions.turn(board, ref=story.other.panel.ref, do=Turn.BEGIN, by=chair)
    assert taken.panel == story.other.panel
    assert board.agenda.get(panel=story.other.panel).running


def test_a_panel_that_is_called_off_keeps_its_minutes_and_its_presenter(story, board, chair):
    actions.give_time(board, ref=story.panel.ref, minutes=25, presenter=story.expert, by=chair)
    actions.call_off(board, by=chair)
    item = board.next_of_series().agenda.get(panel=story.panel)
    assert (item.minutes, item.presenter) == (25, story.expert)


def test_a_meeting_is_run_by_whoever_leads_the_panel_now(story, single):
    to = UserFactory(centre=story.lead.centre)
    panels.hand_over([story.patient], to=to, by=story.lead)
    assert not may_change(story.lead, single)
    assert may_change(to, single)
    assert actions.leave(str(story.panel.pk), str(story.lead.pk), by=None) == 1
    assert story.lead.pk not in set(single.attendance.values_list("who", flat=True))


def test_the_chair_of_a_series_ends_with_the_role(board, chair):
    assert may_change(chair, board)
    Membership.objects.filter(user=chair, role=Role.GROUP_COORDINATOR).update(ended_at=clock.now(), ended_by=chair)
    assert not may_change(chair, board)


def test_who_has_the_series_in_the_calendar_downloads_one_of_its_days(board, chair):
    text = signed_in(chair).get(reverse("meetings:calendar", args=[board.pk])).content
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    assert str(event["uid"]) == f"{board.series.pk}@cpms"
    assert "recurrence-id" in event


def test_the_zone_of_a_mailed_series_is_right_for_years(board):
    calendar = Calendar.from_ical(series_file(board.series))
    (zone,) = calendar.walk("VTIMEZONE")
    named, own = zone.to_tz(lookup_tzid=False), board.series.zone
    for years in range(12):
        for month in (1, 7):
            moment = dt.datetime(board.series.first_on.year + years + 1, month, 15, 16, tzinfo=dt.UTC)
            there = moment.astimezone(zoneinfo.ZoneInfo(own))
            assert moment.astimezone(named).replace(tzinfo=None) == there.replace(tzinfo=None)
