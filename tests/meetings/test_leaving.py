"""Whoever leaves a panel leaves the meetings on it: the list, and their own calendar."""

from __future__ import annotations

import datetime as dt
from functools import partial

import pytest
from icalendar import Calendar

from cpms import clock
from cpms.jobs.models import Job
from cpms.notifications import actions as notifications
from panels import actions as panels
from panels.meetings import actions
from panels.models import Invitation
from tests.factories import CANARIES, Story, UserFactory
from tests.panels.test_races import rights  # noqa: F401 a fixture
from tests.panels.test_two_panels_of_one_case import one_before_the_other

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.fixture
def meeting(story):
    starts_at = clock.now() + dt.timedelta(days=3)
    return actions.schedule(story.fresh(), starts_at=starts_at, minutes=30, link="", by=story.lead)


def ended(story, person):
    """End the membership and do what it asked for, as the worker would."""
    panels.end_invitation(story.invitation(person), by=story.lead)
    job = Job.objects.get(task="meetings.leave")
    return actions.leave(**job.ids, by=None)


def entries(mailoutbox, person):
    notifications.dispatch_outbox()
    parts = [part for mail in mailoutbox if mail.to == [person.email] for part in mail.attachments]
    return [Calendar.from_ical(text) for _name, text, _kind in parts]


def test_who_is_removed_is_off_the_list_and_their_calendar_takes_the_meeting_out(story, meeting, mailoutbox):
    other = UserFactory()
    story.seat(other)
    actions.call_newcomer(str(story.panel.pk), str(other.pk), by=None)
    meeting.agenda.update(presenter=story.expert)
    entries(mailoutbox, other)
    assert ended(story, story.expert) == 1
    assert set(meeting.attendance.values_list("who", flat=True)) == {story.lead.pk, other.pk}
    assert meeting.agenda.get().presenter is None
    asked, out = entries(mailoutbox, story.expert)
    assert [str(calendar["method"]) for calendar in (asked, out)] == ["REQUEST", "CANCEL"]
    (first,), (last,) = (list(calendar.walk("VEVENT")) for calendar in (asked, out))
    assert (first["uid"], first["sequence"]) == (last["uid"], last["sequence"])
    assert str(last["attendee"]) == f"mailto:{story.expert.email}"
    mail = mailoutbox[-1]
    assert mail.to == [story.expert.email]
    assert not [canary for canary in CANARIES if canary in mail.message().as_string()]
    assert [str(calendar["method"]) for calendar in entries(mailoutbox, other)] == ["REQUEST"]


def test_who_comes_back_is_asked_again(story, meeting, mailoutbox):
    entries(mailoutbox, story.expert)
    ended(story, story.expert)
    (again,) = panels.invite_experts(story.fresh(), people=[story.expert], by=story.lead)
    panels.accept(again, by=story.expert)
    actions.call_newcomer(str(story.panel.pk), str(story.expert.pk), by=None)
    methods = [str(calendar["method"]) for calendar in entries(mailoutbox, story.expert)]
    assert methods == ["REQUEST", "CANCEL", "REQUEST"]


def test_who_takes_part_in_another_panel_of_the_meeting_stays_on_the_list(story, meeting):
    other = Story("b")
    other.lead = story.lead
    other.open()
    other.seat(story.expert)
    meeting.agenda.create(panel=other.panel, position=2)
    assert ended(story, story.expert) == 0
    assert meeting.attendance.filter(who=story.expert).exists()


def test_a_guest_whose_date_has_passed_leaves_too_and_only_once(story, meeting, mailoutbox):
    seat = Invitation.objects.filter(invitee=story.expert)
    seat.update(kind="guest", guest_until=clock.now() - dt.timedelta(minutes=1))
    assert [actions.let_guests_go(by=None) for _ in range(2)] == [1, 0]
    assert not meeting.attendance.filter(who=story.expert).exists()
    assert str(entries(mailoutbox, story.expert)[-1]["method"]) == "CANCEL"


def moved(meeting, by):
    actions.move(meeting, starts_at=meeting.starts_at + dt.timedelta(days=2), seen=meeting.sequence, by=by)


@pytest.mark.django_db(transaction=True)
def test_who_joins_while_the_meeting_is_moved_gets_its_new_time(story, meeting, mailoutbox):
    other = UserFactory()
    story.seat(other)
    join = partial(actions.call_newcomer, str(story.panel.pk), str(other.pk), by=None)
    one_before_the_other(partial(moved, meeting, story.lead), join)
    (entry,) = entries(mailoutbox, other)
    meeting.refresh_from_db()
    assert [event.decoded("dtstart") for event in entry.walk("VEVENT")] == [meeting.starts_at.replace(microsecond=0)]


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_says_that_somebody_need_not_come(story, meeting, mailoutbox):
    panels.end_invitation(story.invitation(story.expert), by=story.lead)
    go = partial(actions.leave, str(story.panel.pk), str(story.expert.pk), by=None)
    one_before_the_other(go, go)
    assert [str(one["method"]) for one in entries(mailoutbox, story.expert)] == ["CANCEL"]
