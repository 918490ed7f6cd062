"""A poll of dates: proposed, answered, picked; everybody in their own zone, right through the change of clocks."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest
from django.urls import reverse
from icalendar import Calendar

from cpms import clock
from cpms.accounts.access import Refused
from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.notifications.states import Verb
from panels import actions as panels
from panels.meetings import actions, queries
from panels.meetings.models import DatePoll, Meeting, ProposedDate
from panels.meetings.states import Can
from tests.clients import signed_in
from tests.factories import Story, UserFactory

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
HELSINKI, AZORES = "Europe/Helsinki", "Atlantic/Azores"


@pytest.fixture
def story():
    story = Story("a")
    story.lead.zone = HELSINKI
    story.lead.save(update_fields=["zone"])
    story.expert.zone = AZORES
    story.expert.save(update_fields=["zone"])
    story.open()
    story.seat(story.expert)
    return story


def propose(story, *moments):
    words = {
        name: f"{moment:%Y-%m-%dT%H:%M}" for name, moment in zip(("first", "second", "third"), moments, strict=False)
    }
    path = reverse("meetings:propose", args=[story.panel.ref])
    return signed_in(story.lead).post(path, {**words, "minutes": "30", "link": ""})


def around_the_change():
    """16:00 on the Saturday before and on the Sunday of the next change of clocks in Europe, at the end of March."""
    year = clock.today().year + 1
    last = max(day for n in range(25, 32) if (day := dt.date(year, 3, n)).weekday() == 6)
    return [dt.datetime.combine(day, dt.time(16)) for day in (last - dt.timedelta(days=1), last)]


def test_from_the_proposal_to_the_meeting(story):
    before, on = around_the_change()
    assert propose(story, before, on).status_code == 302
    poll = DatePoll.objects.get()
    assert OutboxMessage.objects.filter(notice="dates").values_list("recipient", flat=True).get() == story.expert.pk
    first, second = poll.dates.all()
    assert second.starts_at - first.starts_at == dt.timedelta(hours=23)
    assert {date.starts_at.astimezone(zoneinfo.ZoneInfo(HELSINKI)).hour for date in (first, second)} == {16}
    client = signed_in(story.expert)
    page = client.get(poll.get_absolute_url()).content.decode()
    for date in (first, second):
        assert f"{date.starts_at.astimezone(zoneinfo.ZoneInfo(AZORES)):%H:%M} to" in page
    assert page.count("16:00 in Helsinki") >= 2
    assert "in Helsinki" not in signed_in(story.lead).get(poll.get_absolute_url()).content.decode()
    said = {f"date_{first.pk}": "no", f"date_{second.pk}": "maybe"}
    assert client.post(reverse("meetings:can_come", args=[poll.pk]), said).status_code == 302
    client.post(reverse("meetings:can_come", args=[poll.pk]), {f"date_{second.pk}": "yes"})
    actions.answer_dates(poll, answers={second.pk: Can.MAYBE}, by=story.lead)
    assert [(row.yes, row.maybe, row.cannot) for row in queries.dates_of(poll)] == [(0, 0, 1), (1, 1, 0)]
    assert client.post(reverse("meetings:pick", args=[poll.pk]), {"date": second.pk}).status_code == 403
    picked = signed_in(story.lead).post(reverse("meetings:pick", args=[poll.pk]), {"date": second.pk})
    meeting = Meeting.objects.get()
    assert picked.url == meeting.get_absolute_url()
    assert (meeting.starts_at, meeting.zone) == (second.starts_at, HELSINKI)
    mail = OutboxMessage.objects.filter(notice="meeting", recipient=story.expert).get()
    event = next(iter(Calendar.from_ical(mail.calendar).walk("VEVENT")))
    assert event.decoded("dtstart") == second.starts_at
    assert "in Helsinki" in client.get(meeting.get_absolute_url()).content.decode()


def test_a_poll_that_is_closed_takes_no_answer_and_no_second_date(story):
    propose(story, *around_the_change())
    poll = DatePoll.objects.get()
    first, second = poll.dates.all()
    actions.pick_date(poll, date=first, by=story.lead)
    with pytest.raises(Refused, match="picked already"):
        actions.answer_dates(poll, answers={first.pk: Can.YES}, by=story.expert)
    with pytest.raises(Refused, match="picked already"):
        actions.pick_date(poll, date=second, by=story.lead)
    assert Meeting.objects.count() == 1
    assert "Send my answer" not in signed_in(story.expert).get(poll.get_absolute_url()).content.decode()


def waiting(person):
    return list(WorkItem.objects.open().filter(who=person, verb=Verb.DATES).values_list("path", flat=True))


def test_it_waits_for_who_was_asked_until_every_date_is_answered_or_one_is_picked(story):
    second = UserFactory()
    story.seat(second)
    before, on = around_the_change()
    propose(story, before, on)
    poll = DatePoll.objects.get()
    assert [waiting(person) for person in (story.expert, second, story.lead)] == [[poll.get_absolute_url()]] * 2 + [[]]
    page = signed_in(story.expert).get("/").content.decode()
    assert ("which of them suit you" in page, "Say when you can" in page) == (True, True)
    first, later = poll.dates.all()
    actions.answer_dates(poll, answers={first.pk: Can.NO}, by=story.expert)
    assert waiting(story.expert)
    actions.answer_dates(poll, answers={later.pk: Can.YES}, by=story.expert)
    assert (waiting(story.expert), waiting(second)) == ([], [poll.get_absolute_url()])
    propose(story, before, on)
    newer = DatePoll.objects.first()
    assert waiting(second) == waiting(story.expert) == [newer.get_absolute_url()]
    actions.answer_dates(poll, answers={first.pk: Can.YES}, by=story.expert)
    assert waiting(story.expert)
    actions.pick_date(newer, date=newer.dates.first(), by=story.lead)
    assert waiting(second) == waiting(story.expert) == []


def test_dates_that_cannot_be_are_said_beside_their_field(story):
    soon = clock.now().astimezone(zoneinfo.ZoneInfo(HELSINKI)) + dt.timedelta(days=3)
    for moments, words in (
        ((soon,), "required"),
        ((soon, soon), "already"),
        ((soon, soon - dt.timedelta(days=9)), "has passed"),
    ):
        answer = propose(story, *moments)
        assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert propose(story, soon, around_the_change()[1].replace(hour=3, minute=30)).status_code == 422
    assert not DatePoll.objects.exists()
    with pytest.raises(ValueError, match="2 to 5"):
        actions.propose_dates(story.fresh(), dates=[soon] * 2, minutes=30, link="", by=story.lead)
    with pytest.raises(Refused):
        actions.propose_dates(story.fresh(), dates=[soon, soon], minutes=30, link="", by=story.expert)


def test_a_date_of_another_poll_or_of_the_past_makes_no_meeting(story):
    propose(story, *around_the_change())
    propose(story, *around_the_change())
    one, other = DatePoll.objects.all()
    with pytest.raises(Refused, match="not proposed here"):
        actions.pick_date(one, date=other.dates.first(), by=story.lead)
    late = one.dates.first()
    ProposedDate.objects.filter(pk=late.pk).update(starts_at=clock.now() - dt.timedelta(hours=1))
    late.refresh_from_db()
    with pytest.raises(Refused, match="has passed"):
        actions.pick_date(one, date=late, by=story.lead)
    client = signed_in(story.lead)
    assert client.post(reverse("meetings:pick", args=[one.pk]), {"date": "x"}).url == one.get_absolute_url()
    assert client.post(reverse("meetings:pick", args=[one.pk]), {"date": other.dates.first().pk}).status_code == 302
    assert not Meeting.objects.exists()


def test_who_left_the_panel_sees_no_dates_and_the_panels_page_leads_members_there(story):
    propose(story, *around_the_change())
    poll = DatePoll.objects.get()
    page = signed_in(story.expert).get(story.fresh().get_absolute_url()).content.decode()
    assert poll.get_absolute_url() in page
    panels.end_invitation(story.invitation(story.expert), by=story.lead)
    for person in (story.expert, UserFactory()):
        assert signed_in(person).get(poll.get_absolute_url()).status_code == 404
