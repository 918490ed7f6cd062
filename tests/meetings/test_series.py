"""A series of a group: started, brought to, moved, called off; calendars follow; nothing clinical in any of it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.roles import Role
from cpms.notifications import actions as notifications
from cpms.notifications.models import OutboxMessage
from panels.meetings import actions
from panels.meetings.models import Meeting, MeetingSeries
from panels.meetings.states import Rhythm
from panels.models import Invitation
from tests.clients import signed_in
from tests.factories import CANARIES, GroupFactory, NetworkFactory, Story, UserFactory, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.fixture
def series(story, coordinator, always):
    return start(story, coordinator, [always])


def start(story, by, people, *, slots=2):
    first = clock.today() + dt.timedelta(days=7)
    when = {"rhythm": Rhythm.FORTNIGHTLY, "first_on": first, "at": dt.time(16)}
    return actions.start_series(
        groups=[story.group], name="Adrenal board", minutes=60, slots=slots, link="", people=people, by=by, **when
    )


def another(story, tag):
    other = Story(tag)
    other.lead, other.group = story.lead, story.group
    other.open()
    return other


def mails(person):
    return list(OutboxMessage.objects.filter(recipient=person, calendar__gt="").order_by("written_at"))


def events(message):
    return list(Calendar.from_ical(message.calendar).walk("VEVENT"))


def test_meetings_are_planned_four_months_ahead_and_never_twice(series):
    assert series.meetings.count() == 9
    assert actions.plan_ahead(by=None) == 0
    assert series.meetings.count() == 9


def test_a_stranger_to_the_groups_starts_no_series(story):
    with pytest.raises(Refused):
        start(story, story.lead, [])


def test_from_the_panel_to_the_agenda_and_the_people_of_the_series_are_invited(story, series, always):
    client, panel = signed_in(story.lead), story.fresh()
    page = client.get(reverse("meetings:bring", args=[panel.ref])).content.decode()
    first = series.meetings.first()
    assert page.index(str(first.pk)) < page.index("checked")
    client.post(reverse("meetings:bring", args=[panel.ref]), {"meeting": first.pk, "invite": "on"})
    assert [item.panel for item in first.agenda.all()] == [panel]
    assert Invitation.objects.filter(panel=panel, invitee=always, state="pending").exists()
    assert [events(m)[0]["uid"] for m in mails(story.expert)] == [f"{first.pk}@cpms"]
    assert [events(m)[0]["uid"] for m in mails(always)] == [f"{series.pk}@cpms"]


def test_who_takes_no_part_sees_the_number_and_nothing_else(story, series, always):
    first = series.meetings.first()
    actions.bring(story.fresh(), to=first, invite=False, by=story.lead)
    page = signed_in(always).get(first.get_absolute_url()).content.decode()
    assert story.panel.ref in page
    assert not [canary for canary in CANARIES if canary in page]
    assert signed_in(UserFactory()).get(first.get_absolute_url()).status_code == 404


def test_beyond_the_slots_a_panel_waits_and_moves_up_when_one_goes(story, series, coordinator):
    first, others = series.meetings.first(), [another(story, tag) for tag in "bc"]
    late = UserFactory()
    others[1].seat(late)
    for one in (story, *others):
        actions.bring(one.fresh(), to=first, invite=False, by=story.lead)
    assert mails(late) == []
    assert "waits for a place" in signed_in(story.lead).get(first.get_absolute_url()).content.decode()
    signed_in(story.lead).post(reverse("meetings:take_off", args=[others[0].panel.ref]), {"meeting": first.pk})
    assert [item.panel.ref for item in first.with_slot()] == [story.panel.ref, others[1].panel.ref]
    assert len(mails(late)) == 1
    wanted, address = {"ref": others[1].panel.ref, "place": "1"}, reverse("meetings:order", args=[first.pk])
    signed_in(coordinator).post(address, wanted | {"place": "first"})
    assert [item.panel.ref for item in first.with_slot()] == [story.panel.ref, others[1].panel.ref]
    signed_in(coordinator).post(address, wanted)
    assert [item.panel.ref for item in first.with_slot()] == [others[1].panel.ref, story.panel.ref]


def test_a_moved_meeting_is_the_same_event_in_every_calendar(story, series, coordinator, always):
    first = series.meetings.first()
    actions.bring(story.fresh(), to=first, invite=False, by=story.lead)
    local = clock.now().astimezone() + dt.timedelta(days=9)
    form = {"day": f"{local:%Y-%m-%d}", "time": "09:30", "version": "0"}
    assert signed_in(coordinator).post(reverse("meetings:move", args=[first.pk]), form).status_code == 302
    later = {**form, "time": "11:00"}
    clash = signed_in(coordinator).post(reverse("meetings:move", args=[first.pk]), later)
    assert (clash.status_code, clash.context["version"]) == (409, 1)
    asked, moved = (events(message)[0] for message in mails(story.expert))
    assert (asked["uid"], int(asked["sequence"])) == (moved["uid"], int(moved["sequence"]) - 1)
    whole, one = (events(message)[0] for message in mails(always))
    assert whole["uid"] == one["uid"] == f"{series.pk}@cpms"
    assert one.decoded("recurrence-id") == whole.decoded("dtstart")
    assert one.decoded("dtstart") == Meeting.objects.get(pk=first.pk).starts_at


def test_a_meeting_called_off_leaves_calendars_and_its_panels_go_to_the_next(
    story, series, coordinator, always, mailoutbox
):
    first, second = series.meetings.all()[:2]
    actions.bring(story.fresh(), to=first, invite=False, by=story.lead)
    signed_in(coordinator).post(reverse("meetings:call_off", args=[first.pk]))
    last = mails(always)[-1]
    assert "METHOD:CANCEL" in last.calendar
    assert events(last)[0]["status"] == "CANCELLED"
    assert [item.panel for item in second.agenda.all()] == [story.fresh()]
    notifications.dispatch_outbox()
    parts = {part[1] for mail in mailoutbox if mail.to == [always.email] for part in mail.alternatives}
    assert "text/calendar; method=CANCEL" in parts
    with pytest.raises(Refused):
        actions.bring(another(story, "d").fresh(), to=first, invite=False, by=story.lead)


def test_an_ended_series_has_no_meeting_more_and_says_so(story, series, coordinator, always):
    actions.bring(story.fresh(), to=series.meetings.first(), invite=False, by=story.lead)
    signed_in(coordinator).post(reverse("meetings:series_end", args=[series.pk]))
    assert not series.meetings.filter(state="planned").exists()
    assert "METHOD:CANCEL" in mails(always)[-1].calendar  # before its first day: nothing is left of it
    assert len(mails(always)) == 2
    asked, ended = (message.calendar for message in mails(story.expert))
    assert "METHOD:REQUEST" in asked
    assert "METHOD:CANCEL" in ended
    assert actions.plan_ahead(by=None) == 0
    with pytest.raises(Refused, match="ended already"):
        actions.end_series(MeetingSeries.objects.get(pk=series.pk), by=coordinator)


def test_a_form_makes_a_series_of_two_networks_and_says_what_is_wrong(story, coordinator):
    theirs = GroupFactory(network=NetworkFactory(code="BOND", name="ERN BOND"))
    person = UserFactory()
    person.groups_of_interest.add(theirs)
    client, first = signed_in(coordinator), clock.today() + dt.timedelta(days=10)
    form = {
        "name": "Joint board",
        "rhythm": "weekly",
        "day": f"{first}",
        "time": "16:00",
        "minutes": "60",
        "slots": "4",
        "link": "",
    }
    refused = client.post(reverse("meetings:series_new"), form | {"groups": [theirs.pk], "link": "http://x.example"})
    assert refused.status_code == 422
    assert "kept by the coordinators" in refused.content.decode()
    path, form = reverse("meetings:series_new"), form | {"groups": [story.group.pk, theirs.pk]}
    shown = client.post(path, form)
    assert (shown.status_code, person.display_name in shown.content.decode()) == (200, True)
    assert not MeetingSeries.objects.exists()
    people = {"shown": "yes", "offered": [person.pk], "people": [person.pk]}
    assert client.post(path, form | people).status_code == 302
    made = MeetingSeries.objects.get(name="Joint board")
    assert list(made.people.all()) == [person]
    assert signed_in(person).get(made.get_absolute_url()).status_code == 200


def test_a_calendar_address_is_private_follows_and_can_be_stopped(story, series, always, client):
    owner = signed_in(always)
    page = owner.post(reverse("meetings:address")).content.decode()
    path = "/calendar/" + page.split("/calendar/")[1].split("<")[0]
    answer = client.get(path)
    found = list(Calendar.from_ical(answer.content).walk("VEVENT"))
    assert len(found) == 9
    assert "METHOD:PUBLISH" in answer.content.decode()
    actions.call_off(series.meetings.first(), by=series.called_by)
    assert len(list(Calendar.from_ical(client.get(path).content).walk("VEVENT"))) == 8
    renewed = owner.post(reverse("meetings:address")).content.decode()
    assert client.get(path).status_code == 404
    second = "/calendar/" + renewed.split("/calendar/")[1].split("<")[0]
    type(always).objects.filter(pk=always.pk).update(is_active=False)
    assert client.get(second).status_code == 404
    type(always).objects.filter(pk=always.pk).update(is_active=True)
    owner = signed_in(always)
    owner.post(reverse("meetings:stop_address"))
    assert client.get(second).status_code == 404


def test_the_pages_cost_the_same_for_one_panel_and_for_twenty(story, series, coordinator):
    first, client = series.meetings.first(), signed_in(story.lead)

    def cost(path):
        client.get(path)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(path).status_code == 200
        return len(caught)

    pages = (first.get_absolute_url(), reverse("meetings:list"), series.get_absolute_url())
    actions.bring(story.fresh(), to=first, invite=False, by=story.lead)
    few = [cost(page) for page in pages]
    for number in range(12):
        actions.bring(another(story, f"n{number}").fresh(), to=first, invite=False, by=story.lead)
    assert [cost(page) for page in pages] == few


def test_a_panel_comes_to_no_meeting_of_other_groups(story, coordinator):
    other = GroupFactory(network=NetworkFactory(code="BOND", name="ERN BOND"))
    person = UserFactory(role="none")
    give_role(person, Role.GROUP_COORDINATOR, group=other)
    theirs = actions.start_series(
        groups=[other],
        name="Theirs",
        rhythm=Rhythm.WEEKLY,
        first_on=clock.today() + dt.timedelta(days=7),
        at=dt.time(16),
        minutes=60,
        slots=2,
        link="",
        people=[],
        by=person,
    )
    with pytest.raises(Refused, match="no meeting of your groups"):
        actions.bring(story.fresh(), to=theirs.meetings.first(), invite=False, by=story.lead)


def test_who_keeps_the_series_says_that_a_meeting_was_held(series, story):
    colleague = UserFactory(role="none")
    give_role(colleague, Role.GROUP_COORDINATOR, group=story.group)
    Meeting.objects.filter(pk=series.meetings.first().pk).update(starts_at=clock.now())
    held = actions.hold(series.meetings.order_by("day").first(), present=[], by=colleague)
    assert held.state == "held"


def test_the_mails_of_one_meeting_are_one_event_through_update_and_cancel(story, mailoutbox):
    when = clock.now().replace(microsecond=0) + dt.timedelta(days=3)
    meeting = actions.schedule(story.fresh(), starts_at=when, minutes=30, link="", by=story.lead)
    moved = actions.move(meeting, starts_at=when + dt.timedelta(hours=2), seen=0, by=story.lead)
    actions.call_off(moved, by=story.lead)
    notifications.dispatch_outbox()
    parts = [
        part
        for mail in mailoutbox
        if mail.to == [story.expert.email]
        for part in mail.message().walk()
        if part.get_content_type() == "text/calendar"
    ]
    read = [Calendar.from_ical(part.get_payload(decode=True)) for part in parts]
    events_read = [next(iter(calendar.walk("VEVENT"))) for calendar in read]
    assert [str(calendar["method"]) for calendar in read] == ["REQUEST", "REQUEST", "CANCEL"]
    assert {str(event["uid"]) for event in events_read} == {f"{meeting.pk}@cpms"}
    assert [int(event["sequence"]) for event in events_read] == [0, 1, 2]
    assert [event.decoded("dtstart") for event in events_read][1:] == [moved.starts_at] * 2
    assert [part.get_param("method") for part in parts] == ["REQUEST", "REQUEST", "CANCEL"]
