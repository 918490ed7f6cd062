"""The agenda: order, minutes, presenter; whom it concerns is told, once a day."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from cpms import clock
from cpms.accounts.access import Refused
from cpms.notifications.actions import dispatch_outbox
from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.notifications.states import Verb
from outcomes.policy import may_start
from panels.meetings import actions
from panels.meetings.models import Meeting
from panels.meetings.states import Rhythm, Turn
from tests.clients import signed_in
from tests.factories import Story

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.fixture
def meeting(story, chair):
    """One slot and two panels: the second, whose lead is another, waits."""
    other = Story("b")
    other.group = story.group
    other.open()
    when = {"rhythm": Rhythm.WEEKLY, "first_on": clock.today() + dt.timedelta(days=1), "at": dt.time(16)}
    size = {"minutes": 60, "slots": 1, "link": ""}
    people = [chair, other.lead]
    series = actions.start_series(groups=[story.group], name="Board", people=people, by=chair, **when, **size)
    first = series.meetings.first()
    for one in (story, other):
        actions.bring(one.fresh(), to=first, invite=False, by=one.lead)
    first.other = other
    return first


def told(person, notice="agenda"):
    return OutboxMessage.objects.filter(recipient=person, notice=notice).count()


def test_minutes_and_presenter_are_set_on_one_page_and_told_to_whom_it_concerns(story, meeting, chair):
    item, client = meeting.agenda.get(panel=story.panel), signed_in(chair)
    path = reverse("meetings:time", args=[item.pk])
    assert 'value="60"' in client.get(path).content.decode()
    assert client.post(path, {"minutes": "25", "presenter": story.expert.pk}).status_code == 302
    item.refresh_from_db()
    assert (item.minutes, item.presenter) == (25, story.expert)
    assert (told(story.expert, "presenter"), told(story.expert), told(story.lead), told(chair)) == (1, 1, 1, 0)
    client.post(path, {"minutes": "20", "presenter": story.expert.pk})
    assert (told(story.expert, "presenter"), told(story.lead)) == (1, 1)
    page = client.get(meeting.get_absolute_url()).content.decode()
    assert "20 min" in page
    assert "Dr Expert Person presents" in page
    assert client.post(path, {"minutes": "0", "presenter": meeting.other.lead.pk}).status_code == 422
    with pytest.raises(Refused, match="takes part"):
        actions.give_time(meeting, ref=story.panel.ref, minutes=5, presenter=meeting.other.lead, by=chair)
    with pytest.raises(Refused):
        actions.give_time(meeting, ref=story.panel.ref, minutes=5, presenter=None, by=story.lead)


def presents(meeting, person, *, of, by):
    actions.give_time(meeting, ref=of.panel.ref, minutes=None, presenter=person, by=by)


def mails(person):
    """Of presenting, as they go out or not."""
    rows = OutboxMessage.objects.filter(recipient=person, notice__in=["presenter", "not_presenter"])
    return list(rows.order_by("written_at").values_list("notice", "state"))


def test_who_need_not_present_any_more_is_not_asked_to_and_hears_it_if_they_were(story, meeting, chair):
    story.seat(story.second)
    presents(meeting, story.expert, of=story, by=chair)
    presents(meeting, story.second, of=story, by=chair)
    assert mails(story.expert) == [("presenter", "cancelled")]
    dispatch_outbox()
    presents(meeting, story.expert, of=story, by=chair)
    assert mails(story.second) == [("presenter", "sent"), ("not_presenter", "waiting")]
    assert mails(story.expert) == [("presenter", "cancelled"), ("presenter", "waiting")]
    dispatch_outbox()
    actions.take_off(story.fresh(), of=meeting, by=story.lead)
    assert mails(story.expert)[1:] == [("presenter", "sent"), ("not_presenter", "waiting")]


def test_who_presents_two_panels_is_still_asked_to_present_the_other(story, meeting, chair):
    meeting.other.seat(story.expert)
    for one in (story, meeting.other):
        presents(meeting, story.expert, of=one, by=chair)
    presents(meeting, None, of=story, by=chair)
    waiting = OutboxMessage.objects.filter(recipient=story.expert, notice="presenter", state="waiting")
    assert list(waiting.values_list("ref", flat=True)) == [meeting.other.panel.ref]


def test_a_panel_that_gets_the_slot_by_order_has_its_members_asked_and_both_leads_told(story, meeting, chair):
    other = meeting.other
    actions.put_in_order(meeting, ref=other.panel.ref, place=1, by=chair)
    assert [item.panel.ref for item in meeting.with_slot()] == [other.panel.ref]
    assert (told(story.lead), told(other.lead)) == (1, 1)
    actions.put_in_order(meeting, ref=story.panel.ref, place=1, by=chair)
    actions.put_in_order(meeting, ref=story.panel.ref, place=1, by=chair)
    assert (told(story.lead), told(other.lead)) == (1, 1)


def test_what_waited_to_the_end_of_a_held_meeting_goes_to_the_next_and_counts_as_not_discussed(story, meeting, chair):
    other, client = meeting.other, signed_in(chair)
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=clock.now() - dt.timedelta(minutes=5))
    client.post(reverse("meetings:hold", args=[meeting.pk]), {"as_ticked": "yes"})
    assert [item.panel for item in meeting.agenda.all()] == [story.panel]
    after = meeting.series.meetings.all()[1]
    assert [item.panel for item in after.agenda.all()] == [other.panel]
    assert (bool(may_start(story.lead, story.fresh())), bool(may_start(other.lead, other.fresh()))) == (True, False)
    assert (told(story.lead), told(other.lead)) == (0, 1)
    open_work = WorkItem.objects.open().filter(verb=Verb.WRITE_OUTCOME)
    assert list(open_work.values_list("who", "ref")) == [(story.lead.pk, story.panel.ref)]


def test_a_panel_that_waited_for_the_last_meeting_of_a_series_leaves_its_agenda_with_word_to_its_lead(
    story, meeting, chair
):
    Meeting.objects.filter(series=meeting.series).exclude(pk=meeting.pk).update(state="cancelled")
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=clock.now() - dt.timedelta(minutes=5))
    actions.hold(meeting, present=[], by=chair)
    assert [item.panel for item in meeting.agenda.all()] == [story.panel]
    mail = OutboxMessage.objects.get(recipient=meeting.other.lead, notice="agenda")
    assert mail.link == meeting.other.fresh().get_absolute_url()


def test_a_meeting_is_held_once_it_has_begun_and_not_the_day_before(story, meeting, chair):
    with pytest.raises(Refused, match="begun"):
        actions.hold(meeting, present=[], by=chair)
    page = signed_in(chair).get(meeting.get_absolute_url()).content.decode()
    assert "The meeting was held" not in page
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=clock.now() + dt.timedelta(minutes=14))
    meeting.refresh_from_db()
    assert actions.hold(meeting, present=[], by=chair).state == "held"


def test_who_keeps_the_series_takes_a_panel_off_and_its_lead_hears_of_it(story, meeting, chair):
    Story.seat(meeting.other, chair)
    page = signed_in(chair).get(meeting.get_absolute_url()).content.decode()
    assert page.count("Take off<") == 2
    path, ref = reverse("meetings:drop", args=[meeting.pk]), story.panel.ref
    assert signed_in(story.expert).post(path, {"ref": ref}).status_code == 403
    assert signed_in(chair).post(path, {"ref": ref}).status_code == 302
    assert [item.panel for item in meeting.agenda.all()] == [meeting.other.fresh()]
    mail = OutboxMessage.objects.get(recipient=story.lead, notice="taken_off")
    assert (mail.ref, mail.link) == (ref, story.fresh().get_absolute_url())
    assert told(chair, "taken_off") == 0
    assert OutboxMessage.objects.filter(recipient=story.expert, notice="meeting_left").exists()
    assert OutboxMessage.objects.filter(recipient=chair, notice="meeting_left").count() == 0
    answer = signed_in(chair).post(path, {"ref": ref}, follow=True).content.decode()
    assert ("is not on this agenda any more" in answer, "is off the agenda" in answer) == (True, False)
    assert told(story.lead, "taken_off") == 1


def test_a_panel_whose_turn_has_begun_stays_and_one_that_was_taken_off_takes_no_decision(story, meeting, chair):
    item = meeting.agenda.get(panel=story.panel)
    actions.turn(meeting, ref=story.panel.ref, do=Turn.BEGIN, by=chair)
    assert (
        "Take off<"
        not in signed_in(chair).get(meeting.get_absolute_url()).content.decode().split(meeting.other.panel.ref)[0]
    )
    with pytest.raises(Refused, match="begun to discuss"):
        actions.take_off(story.fresh(), of=meeting, by=story.lead)
    type(item).objects.update(begun_at=None)
    actions.take_off(story.fresh(), of=meeting, by=story.lead)
    with pytest.raises(Refused, match="taken off the agenda"):
        actions.decide(item, text="Scan first.", dissent="", owner=None, due_on=None, by=story.lead)


def test_what_the_meeting_has_decided_on_stays_and_a_meeting_for_its_panel_alone_is_no_agenda(
    story, meeting, chair, single
):
    item = meeting.agenda.get(panel=story.panel)
    actions.decide(item, text="Scan first.", dissent="", owner=None, due_on=None, by=story.lead)
    with pytest.raises(Refused, match="has decided"):
        actions.drop(meeting, ref=story.panel.ref, by=chair)
    with pytest.raises(Refused, match="called off instead"):
        actions.drop(single, ref=story.panel.ref, by=story.lead)
    with pytest.raises(Refused):
        actions.drop(meeting, ref=story.panel.ref, by=story.lead)
