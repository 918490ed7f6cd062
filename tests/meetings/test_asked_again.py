"""Whoever need not come to a meeting and is asked to it again hears of both, every time; who has no place in it is not asked."""

from __future__ import annotations

import datetime as dt

import pytest
from icalendar import Calendar

from cpms import clock
from cpms.jobs.models import Job
from cpms.notifications import actions as notifications
from cpms.notifications.models import OutboxMessage
from cpms.notifications.states import MailState
from panels import actions as panels
from panels.meetings import actions
from panels.meetings.models import Meeting
from panels.meetings.states import Turn
from tests.factories import UserFactory
from tests.meetings.test_ended_panels import withdraw_consent

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.fixture
def board(story, chair, boards):
    """One slot: the second panel waits."""
    return boards(slots=1, people=[story.other.lead])


@pytest.fixture
def entries(mailoutbox):
    """What the calendar of somebody was told so far."""

    def told(person):
        notifications.dispatch_outbox()
        parts = [part for mail in mailoutbox if mail.to == [person.email] for part in mail.attachments]
        return [str(Calendar.from_ical(text)["method"]) for _name, text, _kind in parts]

    return told


def test_of_a_panel_that_is_taken_off_and_brought_again(story, board, entries):
    actions.take_off(story.other.fresh(), of=board, by=story.other.lead)
    assert entries(story.expert) == ["REQUEST"]
    for _ in range(2):
        actions.take_off(story.fresh(), of=board, by=story.lead)
        actions.bring(story.fresh(), to=board, invite=False, by=story.lead)
    assert entries(story.expert) == ["REQUEST", *["CANCEL", "REQUEST"] * 2]


def test_of_a_panel_that_freezes_twice(story, board, entries):
    actions.take_off(story.other.fresh(), of=board, by=story.other.lead)
    for _ in range(2):
        entries(story.expert)
        withdraw_consent(story)
        actions.clear_agendas(str(story.panel.pk), by=None)
        story.give_consent(story.patient)
        actions.bring(story.fresh(), to=board, invite=False, by=story.lead)
    assert entries(story.expert) == ["REQUEST", *["CANCEL", "REQUEST"] * 2]


def test_who_answers_for_the_patient_again(story, single, entries):
    first, other = story.lead, UserFactory(centre=story.lead.centre)
    assert entries(first) == ["REQUEST"]
    for giver, taker in ((first, other), (other, first)) * 2:
        panels.hand_over([story.patient], to=taker, by=giver)
        for job in Job.objects.filter(task__startswith="meetings.").order_by("asked_at"):
            getattr(actions, job.task.removeprefix("meetings."))(**job.ids, by=None)
            job.delete()
        entries(taker)
    assert entries(first) == ["REQUEST", *["CANCEL", "REQUEST"] * 2]
    assert entries(other) == ["REQUEST", "CANCEL"] * 2


def test_who_joins_a_panel_that_waits_for_a_place_is_not_asked_yet(story, board, entries):
    new = UserFactory()
    story.other.seat(new)
    actions.call_newcomer(str(story.other.panel.pk), str(new.pk), by=None)
    assert (entries(new), board.attendance.filter(who=new).exists()) == ([], False)
    actions.take_off(story.fresh(), of=board, by=story.lead)
    assert entries(new) == ["REQUEST"]


def soon(meeting, person):
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=clock.now() + dt.timedelta(minutes=10))
    actions.remind(by=None)
    assert reminded(person) == [MailState.WAITING]


def reminded(person):
    rows = OutboxMessage.objects.filter(notice="meeting_soon", recipient=person)
    return list(rows.order_by("written_at").values_list("state", flat=True))


def test_a_meeting_that_was_held_is_not_near(story, single):
    soon(single, story.expert)
    actions.hold(single, present=[story.expert], by=story.lead)
    assert reminded(story.expert) == [MailState.CANCELLED]


def test_a_meeting_is_not_near_for_who_need_not_come(story, board, chair):
    story.expert.groups_of_interest.add(story.group)
    soon(board, story.expert)
    actions.take_off(story.fresh(), of=board, by=story.lead)
    assert reminded(story.expert) == [MailState.CANCELLED]


def test_a_meeting_that_comes_back_to_its_time_is_near_again(story, single):
    soon(single, story.expert)
    at = Meeting.objects.get(pk=single.pk).starts_at
    for moment in (at + dt.timedelta(days=9), at):
        seen = Meeting.objects.get(pk=single.pk).sequence
        actions.move(single, starts_at=moment, seen=seen, by=story.lead)
    actions.remind(by=None)
    assert reminded(story.expert) == [MailState.CANCELLED, MailState.WAITING]


def test_whose_panel_comes_to_the_same_meeting_twice_hears_so_each_time(story, chair, boards):
    first, second, third = boards(slots=4, people=[story.lead]).series.meetings.order_by("day")[:3]
    at = first
    for meeting in (second, first):
        actions.take_off(story.fresh(), of=at, by=story.lead)
        actions.bring(story.fresh(), to=meeting, invite=False, by=story.lead)
        actions.call_off(meeting, by=chair)
        at = third
    assert third.agenda.filter(panel=story.panel).exists()
    assert OutboxMessage.objects.filter(notice="agenda", recipient=story.lead, about_id=third.pk).count() == 2


def presenting(person):
    """The mails that ask them to present: about which meeting, and what became of each."""
    rows = OutboxMessage.objects.filter(notice="presenter", recipient=person).order_by("written_at")
    return list(rows.values_list("about_id", "state"))


def called_off(meeting, chair):
    actions.call_off(meeting, by=chair)


def held_without(meeting, chair):
    """Another panel had its turn, this one none."""
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=clock.now())
    other = meeting.agenda.order_by("position").last()
    actions.turn(meeting, ref=other.panel.ref, do=Turn.BEGIN, by=chair)
    actions.hold(meeting, present=None, by=chair)


@pytest.mark.parametrize("deed", [called_off, held_without])
def test_who_presents_is_asked_to_in_the_meeting_that_the_panel_goes_on_to(story, chair, boards, deed):
    meeting = boards(slots=4, people=[])
    after = meeting.next_of_series()
    actions.give_time(meeting, ref=story.panel.ref, minutes=None, presenter=story.expert, by=chair)
    deed(meeting, chair)
    assert after.agenda.get(panel=story.panel).presenter == story.expert
    assert presenting(story.expert) == [(meeting.pk, MailState.CANCELLED), (after.pk, MailState.WAITING)]


def ended(meeting, chair):
    actions.end_series(meeting.series, by=chair)


def held(meeting, chair):
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=clock.now())
    actions.hold(meeting, present=None, by=chair)


@pytest.mark.parametrize("deed", [ended, held])
def test_who_would_have_presented_is_asked_no_more(story, chair, boards, deed):
    meeting = boards(slots=4, people=[])
    actions.give_time(meeting, ref=story.panel.ref, minutes=None, presenter=story.expert, by=chair)
    deed(meeting, chair)
    assert presenting(story.expert) == [(meeting.pk, MailState.CANCELLED)]


def test_who_would_have_presented_a_panel_that_freezes_is_asked_no_more(story, board, chair):
    actions.give_time(board, ref=story.panel.ref, minutes=None, presenter=story.expert, by=chair)
    withdraw_consent(story)
    actions.clear_agendas(str(story.panel.pk), by=None)
    assert presenting(story.expert) == [(board.pk, MailState.CANCELLED)]


def test_a_panel_that_froze_leads_to_itself_and_not_to_a_meeting_that_it_is_not_brought_to(story, chair, boards):
    meeting = boards(slots=4, people=[])
    withdraw_consent(story)
    held_without(meeting, chair)
    rows = OutboxMessage.objects.filter(notice="agenda", recipient=story.lead, about_id=meeting.pk)
    assert [row.link for row in rows] == [story.panel.get_absolute_url()]
