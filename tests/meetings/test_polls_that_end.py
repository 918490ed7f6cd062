"""A poll of dates ends without one: by its lead, by another meeting, by the clock; who joins meanwhile is asked too."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from cpms import clock
from cpms.accounts.access import Refused
from cpms.jobs.models import Job
from cpms.notifications import actions as notifications
from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.notifications.states import Verb
from panels import actions as panels
from panels.meetings import actions
from panels.meetings.models import ProposedDate
from panels.meetings.states import Can
from panels.states import Move
from tests.clients import signed_in
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.fixture
def poll(story):
    return propose(story)


def propose(story):
    dates = [clock.now() + dt.timedelta(days=days) for days in (5, 6)]
    return actions.propose_dates(story.fresh(), dates=dates, minutes=30, link="", by=story.lead)


def waiting(person):
    return list(WorkItem.objects.open().filter(who=person, verb=Verb.DATES).values_list("path", flat=True))


def mailed(person, notice="dates"):
    return OutboxMessage.objects.filter(recipient=person, notice=notice).count()


def passed(poll, *, days=7):
    """So many of its dates' days have gone by."""
    for date in poll.dates.all():
        ProposedDate.objects.filter(pk=date.pk).update(starts_at=date.starts_at - dt.timedelta(days=days))


def test_the_lead_ends_it_without_a_date_and_it_waits_for_nobody(story, poll):
    path, client = reverse("meetings:end_dates", args=[poll.pk]), signed_in(story.lead)
    assert signed_in(story.expert).post(path).status_code == 403
    assert "End without a date" not in signed_in(story.expert).get(poll.get_absolute_url()).content.decode()
    assert waiting(story.expert) == [poll.get_absolute_url()]
    assert client.post(path).status_code == 302
    assert waiting(story.expert) == []
    page = client.get(poll.get_absolute_url()).content.decode()
    assert ("Ended without a date" in page, "Pick" in page, "A date is picked" in page) == (True, False, False)
    with pytest.raises(Refused, match="asked about these dates"):
        actions.answer_dates(poll, answers={poll.dates.first().pk: Can.YES}, by=story.expert)
    with pytest.raises(Refused, match="asked about these dates"):
        actions.end_dates(poll, by=story.lead)


def test_ending_an_older_poll_leaves_the_newer_one_waiting(story, poll):
    newer = propose(story)
    actions.end_dates(poll, by=story.lead)
    assert waiting(story.expert) == [newer.get_absolute_url()]
    actions.end_dates(newer, by=story.lead)
    assert waiting(story.expert) == []


@pytest.mark.parametrize("way", ["schedule", "bring"])
def test_a_meeting_called_another_way_ends_it(story, chair, boards, way):
    first = boards(slots=3, people=[chair])
    actions.take_off(story.fresh(), of=first, by=story.lead)
    poll = propose(story)
    if way == "schedule":
        actions.schedule(story.fresh(), starts_at=clock.now(), minutes=30, link="", by=story.lead)
    else:
        actions.bring(story.fresh(), to=first, invite=False, by=story.lead)
    poll.refresh_from_db()
    assert (poll.closed_at is not None, poll.meeting, waiting(story.expert)) == (True, None, [])


def test_a_panel_that_waits_for_a_place_in_a_meeting_is_asked_on(story, chair, boards):
    first = boards(slots=1, people=[chair])
    actions.take_off(story.fresh(), of=first, by=story.lead)
    poll = propose(story)
    actions.bring(story.fresh(), to=first, invite=False, by=story.lead)
    poll.refresh_from_db()
    assert (poll.closed_at, waiting(story.expert)) == (None, [poll.get_absolute_url()])


@pytest.mark.parametrize("way", ["taken off", "put in order", "called off"])
def test_a_panel_that_gets_its_place_from_the_waiting_list_is_asked_about_dates_no_more(story, chair, boards, way):
    first = boards(slots=1, people=[chair])
    poll = propose(story.other)
    if way == "taken off":
        actions.take_off(story.fresh(), of=first, by=story.lead)
    elif way == "put in order":
        actions.put_in_order(first, ref=story.other.panel.ref, place=1, by=chair)
    else:
        actions.take_off(story.fresh(), of=first, by=story.lead)
        poll = propose(story.other)
        actions.call_off(first, by=chair)
    poll.refresh_from_db()
    assert (poll.closed_at is not None, waiting(story.expert)) == (True, [])


def test_the_clock_ends_it_once_every_date_has_passed_and_the_lead_hears_of_it_once(story, poll, mailoutbox):
    first = poll.dates.first()
    ProposedDate.objects.filter(pk=first.pk).update(starts_at=clock.now() - dt.timedelta(days=1))
    assert actions.end_passed_dates(by=None) == 0
    passed(poll)
    assert [actions.end_passed_dates(by=None) for _ in range(2)] == [1, 0]
    assert (waiting(story.expert), mailed(story.lead, "dates_passed")) == ([], 1)
    notifications.dispatch_outbox()
    (mail,) = [mail for mail in mailoutbox if "have passed" in mail.body]
    assert (mail.to, poll.get_absolute_url() in mail.body) == ([story.lead.email], True)


def test_of_a_panel_that_has_ended_nobody_hears_that_its_dates_passed(story, poll):
    panels.move(story.fresh(), Move.WITHDRAW, by=story.lead)
    passed(poll)
    assert actions.end_passed_dates(by=None) == 1
    assert mailed(story.lead, "dates_passed") == 0


def test_who_joins_is_asked_and_after_an_answer_no_more(story, poll):
    newcomer = UserFactory()
    story.seat(newcomer)
    ids = {"panel_id": str(story.panel.pk), "user_id": str(newcomer.pk)}
    assert Job.objects.filter(task="meetings.call_newcomer", ids=ids).exists()
    assert [actions.call_newcomer(**ids, by=None) for _ in range(2)] == [0, 0]
    assert (waiting(newcomer), mailed(newcomer)) == ([poll.get_absolute_url()], 1)
    assert mailed(story.expert) == 1
    actions.answer_dates(poll, answers={date.pk: Can.MAYBE for date in poll.dates.all()}, by=newcomer)
    actions.call_newcomer(**ids, by=None)
    assert waiting(newcomer) == []


@pytest.mark.parametrize("end", ["ended", "passed"])
def test_who_joins_is_not_asked_about_dates_that_are_no_question(story, poll, end):
    if end == "ended":
        actions.end_dates(poll, by=story.lead)
    else:
        passed(poll)
    newcomer = UserFactory()
    story.seat(newcomer)
    actions.call_newcomer(str(story.panel.pk), str(newcomer.pk), by=None)
    assert (waiting(newcomer), mailed(newcomer)) == ([], 0)


def test_once_another_poll_asks_nobody_is_mailed_about_the_older(story, poll):
    newer = propose(story)
    notifications.dispatch_outbox()
    went = OutboxMessage.objects.filter(recipient=story.expert, notice="dates", state="sent")
    assert [mail.about_id for mail in went] == [newer.pk]


def test_it_waits_for_nobody_who_has_answered_every_date_to_come(story, poll):
    first, second = poll.dates.order_by("starts_at")
    ProposedDate.objects.filter(pk=first.pk).update(starts_at=clock.now() - dt.timedelta(days=1))
    actions.answer_dates(poll, answers={second.pk: Can.YES}, by=story.expert)
    assert waiting(story.expert) == []


@pytest.mark.parametrize("number", ["9" * 5000, "9" * 40, "\u00b2", ""])
def test_a_date_that_is_none_is_picked_by_nobody(story, poll, number):
    answer = signed_in(story.lead).post(reverse("meetings:pick", args=[poll.pk]), {"date": number})
    assert (answer.status_code, answer["Location"]) == (302, poll.get_absolute_url())
