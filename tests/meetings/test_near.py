"""Who is asked to a meeting hears that it is near: two days and an hour before, once each, and not of one that is near no more."""

from __future__ import annotations

import datetime as dt
from functools import partial

import pytest

from cpms import clock
from cpms.notifications.models import OutboxMessage
from cpms.notifications.states import MailState
from panels import actions as panels
from panels.meetings import actions
from panels.meetings.models import Meeting
from tests.panels.test_two_panels_of_one_case import one_before_the_other

pytestmark = pytest.mark.django_db


@pytest.fixture
def first(boards, always):
    """The first meeting of a series to which somebody always comes, five days from now."""
    meeting = boards(slots=2, people=[always])
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=meeting.starts_at + dt.timedelta(days=4))
    return Meeting.objects.get(pk=meeting.pk)


def reminders(*, to=None, **that):
    mails = OutboxMessage.objects.filter(notice="meeting_soon", **that)
    return mails if to is None else mails.filter(recipient=to)


@pytest.fixture
def remind(first, monkeypatch):
    """Does what the clock does, so many hours before the meeting; gives how many meetings were near."""

    def remind(*, before):
        moment = Meeting.objects.get(pk=first.pk).starts_at - dt.timedelta(hours=before)
        with monkeypatch.context() as here:
            here.setattr(clock, "now", lambda: moment)
            return actions.remind(by=None)

    return remind


def sequence(meeting):
    return Meeting.objects.get(pk=meeting.pk).sequence


def test_reminders_go_out_two_days_and_an_hour_before_once_each(first, always, remind):
    for before, expected in ((60, 0), (47, 1), (46, 1), (20, 1), (0.5, 2), (0.4, 2)):
        remind(before=before)
        assert reminders(to=always).count() == expected


def test_who_left_the_panel_is_not_reminded_of_its_meeting(story, first, always, chair, remind):
    panels.end_invitation(story.invitation(story.expert), by=story.lead)
    remind(before=0.5)
    reminded = set(reminders().values_list("recipient", flat=True))
    assert {always.pk, story.lead.pk} <= reminded
    assert story.expert.pk not in reminded


def test_another_length_is_told_and_does_not_remind_again(first, always, chair, remind):
    remind(before=47)
    actions.change(first, minutes=45, link="", seen=sequence(first), by=chair)
    remind(before=46)
    assert reminders(to=always).count() == 1


def test_a_meeting_at_another_time_is_reminded_of_again(first, always, chair, remind):
    remind(before=47)
    later = first.starts_at + dt.timedelta(days=9)
    actions.move(first, starts_at=later, seen=sequence(first), by=chair)
    assert remind(before=60) == 0
    remind(before=47)
    assert reminders(to=always, state=MailState.WAITING).count() == 1


def moved(meeting, chair):
    actions.move(meeting, starts_at=meeting.starts_at + dt.timedelta(days=9), seen=sequence(meeting), by=chair)


def called_off(meeting, chair):
    actions.call_off(meeting, by=chair)


@pytest.mark.parametrize("deed", [moved, called_off])
def test_a_reminder_that_waits_for_the_mail_server_goes_out_no_more_once_the_meeting_is_not_near(
    first, chair, deed, remind
):
    remind(before=47)
    assert reminders(state=MailState.WAITING).exists()
    deed(first, chair)
    assert not reminders(state=MailState.WAITING).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("deed", [moved, called_off])
def test_nobody_is_reminded_of_a_meeting_that_is_changed_at_that_moment(first, chair, deed, remind):
    one_before_the_other(partial(deed, first, chair), partial(remind, before=47))
    assert not reminders().exists()
