"""A meeting that nobody noted as held: who is asked, who is not, and what the clock does in the end."""

from __future__ import annotations

import datetime as dt

import pytest

from cpms import clock
from cpms.accounts.models import Membership
from cpms.accounts.roles import Role
from cpms.notifications import actions as notifications
from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.notifications.states import Verb
from panels import actions as panels
from panels.meetings import actions
from panels.meetings.models import Meeting
from panels.meetings.states import MeetingState, Turn
from panels.states import Move
from tests.factories import UserFactory, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.fixture
def board(chair, boards):
    """Room for two; the series has a second meeting."""
    return boards(slots=2, people=[chair])


def over(meeting, **ago):
    """The meeting's end lies so long ago."""
    starts_at = clock.now() - dt.timedelta(minutes=meeting.minutes) - dt.timedelta(**ago)
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=starts_at)
    meeting.refresh_from_db()


def asked(verb=Verb.HOLD):
    return [item.who for item in WorkItem.objects.open().filter(verb=verb).order_by("opened_at")]


def test_the_lead_is_asked_once_the_end_has_passed_and_reminded_until_it_is_said(story, single, mailoutbox):
    assert actions.look_after_unheld(by=None) == 0
    over(single, minutes=1)
    assert [actions.look_after_unheld(by=None) for _ in range(2)] == [1, 1]
    assert asked() == [story.lead]
    WorkItem.objects.filter(verb=Verb.HOLD).update(remind_at=clock.now())
    assert notifications.remind() == 1
    notifications.dispatch_outbox()
    (mail,) = [mail for mail in mailoutbox if "you chair is over" in mail.body]
    assert (mail.to, single.get_absolute_url() in mail.body) == ([story.lead.email], True)
    actions.hold(single, present=None, by=story.lead)
    assert asked() == []
    assert actions.look_after_unheld(by=None) == 0


@pytest.mark.parametrize(
    "end", [actions.call_off, lambda one, by: actions.move(one, starts_at=tomorrow(), seen=0, by=by)]
)
def test_a_meeting_that_is_called_off_or_moved_late_is_not_asked_about(story, single, end):
    over(single, minutes=1)
    actions.look_after_unheld(by=None)
    end(single, by=story.lead)
    assert asked() == []
    assert actions.look_after_unheld(by=None) == 0


def tomorrow():
    return clock.now() + dt.timedelta(days=1)


def test_a_panel_that_is_over_or_was_handed_on_asks_nobody_else(story, single):
    over(single, minutes=1)
    actions.look_after_unheld(by=None)
    to = UserFactory(centre=story.lead.centre)
    panels.hand_over([story.patient], to=to, by=story.lead)
    actions.look_after_unheld(by=None)
    assert asked() == [to]
    panels.move(story.fresh(), Move.WITHDRAW, by=to)
    assert actions.look_after_unheld(by=None) == 0
    assert asked() == []


def test_of_a_series_its_keeper_is_asked_and_after_the_role_ended_a_coordinator(story, board, chair):
    over(board, minutes=1)
    actions.look_after_unheld(by=None)
    assert asked() == [chair]
    colleague = UserFactory(role="none")
    give_role(colleague, Role.NETWORK_COORDINATOR, network=story.group.network)
    Membership.objects.filter(user=chair, role=Role.GROUP_COORDINATOR).update(ended_at=clock.now(), ended_by=chair)
    actions.look_after_unheld(by=None)
    assert asked() == [colleague]


def test_a_meeting_of_a_series_without_panels_is_nobodys_work(board, story):
    for one in (story, story.other):
        actions.take_off(one.fresh(), of=board, by=one.lead)
    over(board, days=9)
    assert actions.look_after_unheld(by=None) == 0
    board.refresh_from_db()
    assert board.state == MeetingState.PLANNED


def test_after_three_days_the_clock_holds_it_and_tells_the_leads(story, board, chair):
    over(board, minutes=1)
    actions.look_after_unheld(by=None)
    board.attendance.filter(who=chair).update(present=True)
    over(board, days=3, minutes=1)
    assert [actions.look_after_unheld(by=None) for _ in range(2)] == [1, 0]
    board.refresh_from_db()
    assert board.state == MeetingState.HELD
    assert set(board.attendance.filter(present=True).values_list("who", flat=True)) == {chair.pk}
    assert set(asked(Verb.WRITE_OUTCOME)) == {story.lead, story.other.lead}
    told = OutboxMessage.objects.filter(notice="meeting_held")
    assert set(told.values_list("recipient", flat=True)) == {story.lead.pk, story.other.lead.pk}
    assert asked() == []


def test_a_panel_with_a_slot_that_was_never_reached_goes_to_the_next_meeting(story, board, chair):
    over(board, minutes=-30)
    actions.turn(board, ref=story.panel.ref, do=Turn.BEGIN, by=chair)
    actions.hold(board, present=None, by=chair)
    assert [item.panel for item in board.agenda.all()] == [story.fresh()]
    assert [item.panel for item in board.next_of_series().agenda.all()] == [story.other.fresh()]
    assert asked(Verb.WRITE_OUTCOME) == [story.lead]
    assert OutboxMessage.objects.filter(notice="agenda", recipient=story.other.lead).exists()


def test_without_the_clock_every_panel_with_a_slot_counts_as_discussed(story, board, chair):
    over(board, minutes=-30)
    actions.hold(board, present=None, by=chair)
    assert board.agenda.count() == 2
