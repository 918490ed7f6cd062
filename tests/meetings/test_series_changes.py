"""A series after its start: another length, name or link, people who join or leave it, and its end, as calendars hear of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.urls import reverse
from icalendar import Calendar

from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts.access import Refused
from cpms.accounts.models import User
from cpms.accounts.roles import Role
from cpms.locking import Clash
from cpms.notifications import actions as notifications
from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.notifications.states import Verb
from panels.meetings import actions
from panels.meetings.models import Meeting, MeetingSeries
from panels.meetings.states import Rhythm
from panels.models import MeetingWish
from tests.clients import signed_in
from tests.factories import Story, UserFactory, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
LINK = "https://video.example/right"


@pytest.fixture
def series(story, coordinator, always):
    """One slot at each meeting; the panel has that of the first."""
    made = start(story, coordinator, [always])
    actions.bring(story.fresh(), to=made.meetings.first(), invite=False, by=story.lead)
    return made


def start(story, by, people, *, first=7):
    when = {"rhythm": Rhythm.WEEKLY, "first_on": clock.today() + dt.timedelta(days=first), "at": dt.time(16)}
    size = {"minutes": 60, "slots": 1, "link": "https://video.example/wrong"}
    return actions.start_series(groups=[story.group], name="Board", people=people, by=by, **when, **size)


def entries(person):
    """(method, event) of all mails, oldest first."""
    rows = OutboxMessage.objects.filter(recipient=person, calendar__gt="").order_by("written_at", "pk")
    read = [Calendar.from_ical(row.calendar) for row in rows]
    return [(str(calendar["method"]), event) for calendar in read for event in calendar.walk("VEVENT")]


def form(series, **changed):
    groups = [group.pk for group in series.groups.all()]
    return {"name": "Board", "groups": groups, "minutes": "60", "slots": "1", "link": LINK, "version": "0"} | changed


def test_a_single_meeting_gets_another_link_and_length_and_everybody_is_told_once(story, coordinator):
    when = clock.now().replace(microsecond=0) + dt.timedelta(days=3)
    meeting = actions.schedule(
        story.fresh(), starts_at=when, minutes=30, link="https://video.example/wrong", by=story.lead
    )
    address, client = reverse("meetings:change", args=[meeting.pk]), signed_in(story.lead)
    assert "https://video.example/wrong" in client.get(address).content.decode()
    assert client.post(address, {"minutes": "45", "link": "http://x.example", "version": "0"}).status_code == 422
    assert client.post(address, {"minutes": "45", "link": LINK, "version": "0"}).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.minutes, meeting.link, meeting.sequence) == (45, LINK, 1)
    for person in (story.lead, story.expert):
        (_asked, first), (method, second) = entries(person)
        assert (method, first["uid"], int(second["sequence"])) == ("REQUEST", second["uid"], 1)
        assert second.decoded("dtend") - second.decoded("dtstart") == dt.timedelta(minutes=45)
    assert client.post(address, {"minutes": "60", "link": LINK, "version": "0"}).status_code == 409
    assert client.post(address, {"minutes": "45", "link": LINK, "version": "1"}).status_code == 302
    assert len(entries(story.expert)) == 2
    with pytest.raises(Refused):
        actions.change(meeting, minutes=60, link=LINK, seen=1, by=story.expert)


def test_the_coming_meetings_of_a_series_follow_what_is_changed_in_it(story, series, coordinator, always):
    first, second, third = series.meetings.all()[:3]
    Meeting.objects.filter(pk=second.pk).update(minutes=90)
    actions.move(third, starts_at=third.starts_at + dt.timedelta(hours=2), seen=0, by=coordinator)
    address, client = reverse("meetings:series_change", args=[series.pk]), signed_in(coordinator)
    assert client.get(address).status_code == 200
    assert client.post(address, form(series, name="Other board", minutes="90")).status_code == 302
    found = Meeting.objects.in_bulk([first.pk, second.pk, third.pk])
    assert {(one.minutes, one.link) for one in found.values()} == {(90, LINK)}
    asked, changed = [(method, event) for method, event in entries(always) if "rrule" in event]
    assert (asked[1]["uid"], int(changed[1]["sequence"]), str(changed[1]["summary"])) == (
        changed[1]["uid"],
        2,  # above the 1 of the meeting that was moved
        "Other board",
    )
    assert entries(always)[-1][1].decoded("dtstart") == found[third.pk].starts_at
    method, event = entries(story.expert)[-1]
    assert (method, str(event["uid"]), int(event["sequence"])) == ("REQUEST", f"{first.pk}@cpms", 2)
    assert len(entries(story.expert)) == 2
    with pytest.raises(Clash):
        actions.change_series(series, name="Third", minutes=60, slots=1, link=LINK, seen=0, by=coordinator)


def test_more_slots_let_in_who_waited_and_fewer_send_them_back(story, series, coordinator, always):
    other = Story("b")
    other.group = story.group
    other.open()
    other.seat(other.expert)
    actions.bring(other.fresh(), to=series.meetings.first(), invite=False, by=other.lead)
    assert entries(other.expert) == []
    link = series.link
    wider = actions.change_series(series, name="Board", minutes=60, slots=2, link=link, seen=0, by=coordinator)
    assert [method for method, _event in entries(other.expert)] == ["REQUEST"]
    assert len(entries(always)) == 1
    actions.change_series(wider, name="Board", minutes=60, slots=1, link=link, seen=wider.version, by=coordinator)
    assert [method for method, _event in entries(other.expert)] == ["REQUEST", "CANCEL"]


def test_who_is_added_gets_the_series_once_and_the_entry_for_one_meeting_goes(story, series, coordinator):
    story.expert.groups_of_interest.add(story.group)
    client, page = signed_in(coordinator), series.get_absolute_url()
    assert "Dr Expert Person" in client.get(page).content.decode()
    address = reverse("meetings:series_add", args=[series.pk])
    assert client.post(address, {"people": [UserFactory().pk]}).status_code == 422
    assert client.post(address, {"people": [story.expert.pk]}).status_code == 302
    first = series.meetings.first()
    by_uid = [(method, str(event["uid"])) for method, event in entries(story.expert)]
    assert by_uid[0] == ("REQUEST", f"{first.pk}@cpms")
    assert set(by_uid[1:]) == {("CANCEL", f"{first.pk}@cpms"), ("REQUEST", f"{series.pk}@cpms")}
    assert Meeting.objects.filter(series=series, attendance__who=story.expert).count() == series.meetings.count()
    actions.add_people(series, people=[story.expert], by=coordinator)
    assert len(entries(story.expert)) == 3


def test_who_is_struck_keeps_the_meeting_of_their_panel_alone(story, series, coordinator, always):
    actions.add_people(series, people=[story.expert], by=coordinator)
    first = series.meetings.first()
    for person in (story.expert, always):
        address = reverse("meetings:series_strike", args=[series.pk])
        assert signed_in(coordinator).post(address, {"person": str(person.pk)}).status_code == 302
    assert list(series.people.all()) == []
    assert list(Meeting.objects.filter(attendance__who=story.expert, series=series)) == [first]
    assert not Meeting.objects.filter(attendance__who=always).exists()
    last = [(method, str(event["uid"])) for method, event in entries(story.expert)][-2:]
    assert set(last) == {("CANCEL", f"{series.pk}@cpms"), ("REQUEST", f"{first.pk}@cpms")}
    (method, event) = entries(always)[-1]
    assert (method, str(event["uid"]), "url" in event) == ("CANCEL", f"{series.pk}@cpms", False)
    actions.add_people(series, people=[always], by=coordinator)
    assert entries(always)[-1][0] == "REQUEST"
    for deed in (
        lambda: actions.add_people(series, people=[always], by=story.lead),
        lambda: actions.strike(series, person=always, by=always),
    ):
        with pytest.raises(Refused):
            deed()


def put_off(series, *, by):
    """The series meets at another time from its second date on; its first one was moved past the end of the earlier plan, which is
    over. Gives that plan and its date."""
    first, second = series.meetings.order_by("day")[:2]
    plan = replace(series.plan, first_on=second.day, at=dt.time(9))
    actions.reschedule(series, since=second.day, plan=plan, homes={}, seen=series.version, by=by)
    actions.move(first, starts_at=first.starts_at + dt.timedelta(days=14), seen=0, by=by)
    back = first.day - dt.timedelta(days=21)
    MeetingSeries.objects.exclude(pk=series.pk).update(first_on=back, ended_on=back + dt.timedelta(days=7))
    Meeting.objects.filter(pk=first.pk).update(day=back)
    return Meeting.objects.get(pk=first.pk).series, Meeting.objects.get(pk=first.pk)


def test_who_is_added_or_struck_is_so_on_a_moved_date_of_an_earlier_plan_that_is_over(
    story, series, coordinator, always
):
    earlier, moved = put_off(series, by=coordinator)
    assert earlier.over
    actions.add_people(series, people=[newcomer := UserFactory(), story.expert], by=coordinator)
    found = [(method, event.decoded("dtstart")) for method, event in entries(newcomer) if "recurrence-id" in event]
    assert found == [("REQUEST", moved.starts_at)]
    assert {str(event["uid"]) for _method, event in entries(newcomer)} == {f"{series.pk}@cpms", f"{earlier.pk}@cpms"}
    coming = Meeting.objects.coming()
    assert coming.filter(attendance__who=newcomer).count() == coming.count()
    for person in (newcomer, always, story.expert):
        actions.strike(series, person=person, by=coordinator)
    assert not coming.filter(attendance__who__in=[newcomer, always]).exists()
    for person in (newcomer, always):
        gone = {str(event["uid"]) for method, event in entries(person) if method == "CANCEL"}
        assert gone == {f"{series.pk}@cpms", f"{earlier.pk}@cpms"}
    assert [one.pk for one in coming.filter(attendance__who=story.expert)] == [moved.pk], (
        "their own panel has a slot in it"
    )
    assert ("REQUEST", f"{moved.pk}@cpms") in [
        (method, str(event["uid"])) for method, event in entries(story.expert)[-3:]
    ]


def test_who_left_the_hospital_is_off_the_dates_to_come_and_out_of_the_calendar(
    story, series, coordinator, always, mailoutbox
):
    earlier, _moved = put_off(series, by=coordinator)
    off, renewed, later = UserFactory(), UserFactory(), UserFactory(display_name="Dr Later")
    actions.add_people(series, people=[coordinator, off, renewed, later, story.lead], by=coordinator)
    User.objects.filter(pk=off.pk).update(is_active=False)
    ran_out = clock.rights_day() - dt.timedelta(days=2)
    renewed.memberships.update(valid_from=ran_out, valid_to=ran_out)  # often given again
    core = UserFactory(role="none")
    give_role(core, Role.CORE_HELPDESK)
    for person in (always, story.lead):
        accounts.leave_centre(person, by=core)
    heard = len(entries(always))
    assert story.panel in [one.panel for meeting in Meeting.objects.coming() for one in meeting.with_slot()]
    assert actions.let_people_go(by=None) == 2
    accounts.leave_centre(later, by=core)
    assert [actions.let_people_go(by=None) for _ in range(2)] == [1, 0]
    assert set(MeetingSeries.objects.get(goes_on_as=None).people.all()) == {coordinator, off, renewed}
    assert not Meeting.objects.coming().filter(attendance__who__in=[always, story.lead]).exists()
    gone = {(method, str(event["uid"])) for method, event in entries(always)[heard:]}
    assert gone == {("CANCEL", f"{series.pk}@cpms"), ("CANCEL", f"{earlier.pk}@cpms")}
    notifications.dispatch_outbox()
    assert {mail.state for mail in OutboxMessage.objects.filter(recipient=always, notice="series_left")} == {"sent"}
    (mail,) = OutboxMessage.objects.filter(notice="people_left")
    assert (mail.recipient, mail.state, mail.ref) == (coordinator, "sent", ""), "who keeps it, once a night"
    (sent,) = [one for one in mailoutbox if one.subject == "CPMS: people were taken off a series of meetings"]
    said = f"{mail.lines}{sent.subject}{sent.body}{sent.alternatives}"
    assert not [person for person in (always, later, story.lead) if person.display_name in said]


def told(person):
    mails = OutboxMessage.objects.filter(recipient=person, notice="agenda").order_by("written_at")
    return [mail.link for mail in mails]


def test_of_a_panel_that_waits_for_a_place_its_lead_hears_where_it_is_now_and_that_it_has_no_date(story, boards, chair):
    first = boards(slots=1, people=[chair])
    panel, lead = story.other.fresh(), story.other.lead
    MeetingWish.objects.create(panel=panel, who=lead)
    actions.call_off(first, by=chair)
    after = first.next_of_series()
    assert [item.panel for item in after.agenda.all()] == [story.panel, panel]
    assert (told(lead), told(story.lead)) == ([after.get_absolute_url()], []), "the other has the new entry"
    wished = WorkItem.objects.open().filter(verb=Verb.MEET)
    assert not wished.exists()
    actions.end_series(MeetingSeries.objects.get(), by=chair)
    assert (told(lead)[1:], told(story.lead)) == ([panel.get_absolute_url()], [])
    assert [one.subject_id for one in wished] == [panel.pk]


def test_an_ended_series_takes_its_moved_dates_out_of_calendars(series, coordinator, always):
    second = series.meetings.all()[1]
    MeetingSeries.objects.filter(pk=series.pk).update(first_on=clock.today() - dt.timedelta(days=7))
    actions.move(second, starts_at=second.starts_at + dt.timedelta(hours=2), seen=0, by=coordinator)
    actions.end_series(series, by=coordinator)
    found = {
        (method, "recurrence-id" in event, "UNTIL" in event.get("rrule", "")) for method, event in entries(always)[2:]
    }
    assert found == {("CANCEL", True, False), ("REQUEST", False, True)}


def test_a_series_that_ends_before_its_first_day_is_taken_out_whole(series, coordinator, always):
    actions.end_series(series, by=coordinator)
    method, event = entries(always)[-1]
    assert (method, str(event["uid"]), str(event["status"])) == ("CANCEL", f"{series.pk}@cpms", "CANCELLED")
    assert "UNTIL" not in event["rrule"]


def test_nobody_is_asked_who_was_struck_out_or_not_shown(story, coordinator, always):
    for person in (struck := UserFactory(), always):
        person.groups_of_interest.add(story.group)
    client, path, first = signed_in(coordinator), reverse("meetings:series_new"), clock.today() + dt.timedelta(days=9)
    when = {"rhythm": "weekly", "day": f"{first}", "time": "16:00"}
    words = {"name": "Board", "minutes": "60", "slots": "4", "link": "", "groups": [story.group.pk], **when}
    page = client.post(path, words).content.decode()
    assert (page.count('name="offered"'), "Nobody is mailed yet" in page) == (2, True)
    newcomer = UserFactory()
    newcomer.groups_of_interest.add(story.group)
    chosen = {"shown": "yes", "offered": [always.pk, struck.pk], "people": [always.pk]}
    again = client.post(path, words | chosen).content.decode()
    assert again.count('name="offered"') == 3
    assert f'id="ask-{struck.pk}">' in again
    assert f'id="ask-{newcomer.pk}" checked>' in again
    refused = client.post(path, words | chosen | {"name": ""})
    assert (refused.status_code, refused.content.decode().count('name="offered"')) == (422, 3)
    assert not MeetingSeries.objects.exists()
    chosen["offered"] += [newcomer.pk]
    assert client.post(path, words | chosen).status_code == 302
    assert list(MeetingSeries.objects.get().people.all()) == [always]
    assert entries(struck) == entries(newcomer) == []
