"""A series that meets on other days or at another time from one of its dates on: agendas go along, calendars hear it once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from icalendar import Calendar

from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.roles import Role
from cpms.locking import Clash
from cpms.notifications.models import OutboxMessage
from panels.meetings import actions, queries
from panels.meetings.models import Meeting, MeetingSeries
from panels.meetings.recurrence import Plan
from panels.meetings.states import MeetingState, Rhythm
from tests.clients import signed_in
from tests.factories import CANARIES, GroupFactory, NetworkFactory, Story, UserFactory, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
WEEK, ZONE = dt.timedelta(days=7), "Europe/Helsinki"


@pytest.fixture
def series(story, coordinator, always):
    """Weekly, two places; its first three dates are a week apart from the day after tomorrow on."""
    when = {"rhythm": Rhythm.WEEKLY, "first_on": clock.today() + dt.timedelta(days=2), "at": dt.time(16)}
    size = {"minutes": 60, "slots": 2, "link": "https://video.example/board"}
    return actions.start_series(groups=[story.group], name="Board", people=[always], by=coordinator, **when, **size)


def another(story, tag):
    other = Story(tag)
    other.group = story.group
    other.open()
    other.seat(other.expert)
    return other


def mails(person):
    return list(OutboxMessage.objects.filter(recipient=person, calendar__gt="").order_by("written_at", "pk"))


def entry(message):
    calendar = Calendar.from_ical(message.calendar)
    (event,) = calendar.walk("VEVENT")
    return str(calendar["method"]), event


def dates(series):
    return [one.day for one in queries.planned(series)]


def moved(series, by, *, since, homes=None, seen=None, **plan):
    kept = {"rhythm": Rhythm(series.rhythm), "first_on": since, "at": series.at, "zone": series.zone}
    seen = series.version if seen is None else seen
    return actions.reschedule(series, since=since, plan=Plan(**kept | plan), homes=homes or {}, seen=seen, by=by)


def test_agenda_waiting_list_presenter_people_and_room_go_along_to_the_new_date(story, series, coordinator, always):
    first, second = series.meetings.order_by("day")[:2]
    others = [another(story, tag) for tag in "bc"]
    for one in (story, *others):
        actions.bring(one.fresh(), to=second, invite=False, by=one.lead)
    actions.give_time(second, ref=story.panel.ref, minutes=20, presenter=story.expert, by=coordinator)
    before = [(one.panel.ref, one.minutes, one.presenter) for one in second.agenda.order_by("position")]
    asked = set(second.attendance.values_list("who", flat=True))
    day = first.day + dt.timedelta(days=1)
    changed = moved(series, coordinator, since=first.day, first_on=day, at=dt.time(9, 30), zone=ZONE)
    found = Meeting.objects.get(pk=second.pk)
    assert (found.series, found.day, found.zone) == (changed, day + WEEK, ZONE)
    assert found.there.endswith("09:30 in Helsinki")
    assert [(one.panel.ref, one.minutes, one.presenter) for one in found.agenda.order_by("position")] == before
    assert [item.panel.ref for item in found.with_slot()] == [story.panel.ref, others[0].panel.ref]
    assert set(found.attendance.values_list("who", flat=True)) == asked
    assert (found.minutes, found.link) == (60, "https://video.example/board")
    method, event = entry(mails(story.expert)[-1])
    assert (method, str(event["uid"]), event.decoded("dtstart")) == ("REQUEST", f"{second.pk}@cpms", found.starts_at)
    assert len(mails(story.expert)) == 2
    assert others[1].expert.pk not in asked, "their panel waits for a place"
    assert mails(others[1].expert) == []


def test_calendars_read_one_event_changed_by_one_mail(story, series, coordinator, always):
    first = series.meetings.order_by("day").first()
    actions.move(first, starts_at=first.starts_at + dt.timedelta(hours=1), seen=0, by=coordinator)
    told = len(mails(always))
    changed = moved(series, coordinator, since=first.day, at=dt.time(10), rhythm=Rhythm.FORTNIGHTLY)
    (message,) = mails(always)[told:]
    method, event = entry(message)
    assert (method, str(event["uid"])) == ("REQUEST", f"{series.pk}@cpms")
    assert int(event["sequence"]) > max(int(entry(one)[1]["sequence"]) for one in mails(always)[:told])
    assert event["rrule"]["INTERVAL"] == [2]
    assert event.decoded("dtstart").date() == first.day
    assert dates(changed)[:2] == [first.day, first.day + 2 * WEEK]
    assert not [canary for canary in CANARIES if canary in message.calendar]
    assert MeetingSeries.objects.running().filter(goes_on_as=changed).count() == 0, (
        "no date of the earlier plan is to come"
    )


def test_dates_before_the_change_stay_with_a_plan_that_ends(story, series, coordinator, always):
    first, second, third = series.meetings.order_by("day")[:3]
    actions.bring(story.fresh(), to=first, invite=False, by=story.lead)
    told = len(mails(always))
    day = third.day + dt.timedelta(days=2)
    changed = moved(series, coordinator, since=third.day, first_on=day)
    (earlier,) = changed.earlier.all()
    assert (dates(earlier), dates(changed)[0]) == ([first.day, second.day], day)
    assert earlier.ended_on == third.day
    found = {str(event["uid"]): event for method, event in map(entry, mails(always)[told:])}
    assert set(found) == {f"{series.pk}@cpms", f"{earlier.pk}@cpms"}
    before = found[f"{earlier.pk}@cpms"]
    assert (before["rrule"]["UNTIL"][0].date() <= third.day, str(before["related-to"])) == (True, f"{series.pk}@cpms")
    assert len(mails(story.expert)) == 1, "their date stays"
    assert actions.plan_ahead(by=None) == 0
    pages = [signed_in(always).get(one.get_absolute_url()).content.decode() for one in (changed, earlier)]
    assert (earlier.get_absolute_url() in pages[0], changed.get_absolute_url() in pages[1]) == (True, True)
    with pytest.raises(Refused, match="earlier plan"):
        moved(earlier, coordinator, since=first.day, at=dt.time(9))
    newcomer = UserFactory()
    actions.add_people(changed, people=[newcomer], by=coordinator)
    assert Meeting.objects.filter(attendance__who=newcomer).count() == len(dates(changed)) + 2
    actions.strike(changed, person=newcomer, by=coordinator)
    assert not Meeting.objects.filter(attendance__who=newcomer).exists()
    actions.end_series(changed, by=coordinator)
    assert not Meeting.objects.filter(state=MeetingState.PLANNED).exists()
    assert entry(mails(always)[-1])[0] == entry(mails(always)[-2])[0] == "CANCEL"


def test_a_date_moved_past_the_end_of_its_plan_ends_with_the_series(story, series, coordinator, always):
    first, second = series.meetings.order_by("day")[:2]
    changed = moved(series, coordinator, since=second.day, at=dt.time(9))
    actions.move(first, starts_at=first.starts_at + 2 * WEEK, seen=0, by=coordinator)
    back, (earlier,) = 3 * WEEK, changed.earlier.all()
    over = earlier.ended_on - back
    MeetingSeries.objects.filter(pk=earlier.pk).update(first_on=first.day - back, ended_on=over)
    Meeting.objects.filter(pk=first.pk).update(day=first.day - back)
    assert earlier.get_absolute_url() in signed_in(always).get(changed.get_absolute_url()).content.decode()
    new = {"name": "Board", "minutes": 60, "slots": 2, "link": "https://video.example/new"}
    actions.change_series(changed, seen=changed.version, by=coordinator, **new)
    assert Meeting.objects.get(pk=first.pk).link == new["link"]
    told = len(mails(always))
    actions.end_series(changed, by=coordinator)
    assert not Meeting.objects.filter(state=MeetingState.PLANNED).exists()
    assert MeetingSeries.objects.get(pk=earlier.pk).ended_on == over, "its rule says no date more than it did"
    found = [entry(one) for one in mails(always)[told:]]
    ours = [(method, "recurrence-id" in event) for method, event in found if str(event["uid"]) == f"{earlier.pk}@cpms"]
    assert ours == [("CANCEL", True)]


def test_a_held_date_and_its_sheet_stay(story, series, coordinator, always):
    first, second = series.meetings.order_by("day")[:2]
    actions.bring(story.fresh(), to=first, invite=False, by=story.lead)
    Meeting.objects.filter(pk=first.pk).update(starts_at=clock.now() - dt.timedelta(hours=2))
    item = first.agenda.get()
    actions.decide(item, text="Scan.", dissent="", owner=None, due_on=None, by=story.lead)
    held = actions.hold(Meeting.objects.get(pk=first.pk), present=[always], by=coordinator)
    changed = moved(series, coordinator, since=second.day, first_on=second.day + dt.timedelta(days=1))
    held.refresh_from_db()
    assert (held.state, held.day, held.agenda.get().decisions.count()) == (MeetingState.HELD, first.day, 1)
    assert held.series.goes_on_as == changed
    assert signed_in(always).get(reverse("meetings:sheet", args=[held.pk])).status_code == 200


def test_what_the_last_date_before_the_change_leaves_over_goes_to_the_new_plan(story, series, coordinator):
    first, second = series.meetings.order_by("day")[:2]
    for one in (story, other := another(story, "b")):
        actions.bring(one.fresh(), to=first, invite=False, by=one.lead)
    moved(series, coordinator, since=second.day, at=dt.time(9))
    Meeting.objects.filter(pk=first.pk).update(starts_at=clock.now())
    first.agenda.filter(panel=story.panel).update(seconds=60)
    actions.hold(Meeting.objects.get(pk=first.pk), present=None, by=coordinator)
    assert [item.panel.ref for item in second.agenda.all()] == [other.panel.ref]


def test_a_panel_whose_date_falls_away_is_asked_about_and_goes_where_it_is_said(story, series, coordinator, always):
    first, second, third = series.meetings.order_by("day")[:3]
    actions.bring(story.fresh(), to=second, invite=False, by=story.lead)
    item = second.agenda.get()
    with pytest.raises(Refused, match="Look at what changes again"):
        moved(series, coordinator, since=first.day, rhythm=Rhythm.FORTNIGHTLY)
    series.refresh_from_db()
    assert dates(series)[:3] == [first.day, second.day, third.day], "nothing has happened"
    client, path = signed_in(coordinator), reverse("meetings:series_when", args=[series.pk])
    assert client.get(path).status_code == 200
    words = {"since": f"{first.day}", "day": f"{first.day}", "time": "16:00", "rhythm": "fortnightly", "version": "0"}
    words |= {"zone": series.zone}
    page = client.post(path, words)
    text = page.content.decode()
    assert ("falls away" in text, f"{story.panel.ref}, of " in text, len(mails(always))) == (True, True, 1)
    shown = words | {"shown": page.context["change"].stamp}
    refused = client.post(path, shown)
    assert (refused.status_code, f'name="home-{item.pk}"' in refused.content.decode()) == (422, True)
    home = {f"home-{item.pk}": f"{third.day}"}
    assert client.post(path, shown | home | {"day": f"{first.day + dt.timedelta(days=1)}"}).status_code == 200
    assert client.post(path, shown | home).status_code == 302
    assert [one.panel.ref for one in third.agenda.all()] == [story.panel.ref]
    assert [(method, str(event["uid"])) for method, event in map(entry, mails(story.expert))] == [
        ("REQUEST", f"{second.pk}@cpms"),
        ("CANCEL", f"{second.pk}@cpms"),
        ("REQUEST", f"{third.pk}@cpms"),
    ]
    second.refresh_from_db()
    assert second.state == MeetingState.CANCELLED


def test_a_panel_brought_while_the_preview_stands_open_is_shown_before_anything_happens(story, series, coordinator):
    first, second = series.meetings.order_by("day")[:2]
    client, path = signed_in(coordinator), reverse("meetings:series_when", args=[series.pk])
    words = {"since": f"{first.day}", "day": f"{first.day}", "time": "16:00", "rhythm": "fortnightly", "version": "0"}
    words |= {"zone": series.zone}
    shown = words | {"shown": client.post(path, words).context["change"].stamp}
    actions.bring(story.fresh(), to=second, invite=False, by=story.lead)
    page = client.post(path, shown)
    assert (page.status_code, [item.panel.ref for item in page.context["change"].homeless]) == (200, [story.panel.ref])
    assert client.post(path, words | {"rhythm": "weekly"}).status_code == 422


@pytest.mark.parametrize(
    ("wrong", "beside"),
    [
        ({"time": ""}, "time"),
        ({"day": "2020-01-01"}, "day"),
        ({"day": "+200"}, "day"),
        ({"since": "2020-01-01"}, "since"),
        ({"since": "+9", "day": "+2"}, "day"),
        ({"zone": "Nowhere/Else"}, "zone"),
        ({}, "day"),
    ],
)
def test_mistakes_stand_beside_the_field(series, coordinator, wrong, beside):
    first = series.meetings.order_by("day").first()
    words = {"since": f"{first.day}", "day": f"{first.day}", "time": "16:00", "rhythm": "weekly", "zone": series.zone}
    days = {name: f"{clock.today() + dt.timedelta(days=int(text))}" for name, text in wrong.items() if "+" in text}
    page = signed_in(coordinator).post(reverse("meetings:series_when", args=[series.pk]), words | wrong | days)
    assert (page.status_code, list(page.context["form"].errors)) == (422, [beside])


def test_only_who_keeps_it_changes_it_and_of_two_the_second_sees_the_first(story, series, coordinator, always):
    first = series.meetings.order_by("day").first()
    path = reverse("meetings:series_when", args=[series.pk])
    assert [signed_in(one).get(path).status_code for one in (always, UserFactory())] == [403, 404]
    with pytest.raises(Refused):
        moved(series, always, since=first.day, at=dt.time(9))
    moved(series, coordinator, since=first.day, at=dt.time(9))
    with pytest.raises(Clash):
        moved(series, coordinator, since=first.day, at=dt.time(8), seen=0)


def test_who_is_added_or_struck_meanwhile_makes_no_clash_in_an_open_form(series, coordinator, always):
    terms = {"name": "Board", "minutes": 60, "slots": 2, "link": series.link}
    actions.add_people(series, people=[newcomer := UserFactory()], by=coordinator)
    actions.strike(series, person=newcomer, by=coordinator)
    changed = actions.change_series(series, seen=0, by=coordinator, **terms | {"name": "Other board"})
    assert (changed.name, changed.version) == ("Other board", 1)


def test_groups_come_and_go_and_sight_follows(story, series, coordinator, always):
    joint, theirs = GroupFactory(network=story.group.network, number=7), UserFactory()
    theirs.groups_of_interest.add(joint)
    foreign = GroupFactory(network=NetworkFactory(code="BOND", name="ERN BOND"))
    client, path = signed_in(coordinator), reverse("meetings:series_change", args=[series.pk])
    words = {"name": "Board", "minutes": "60", "slots": "2", "link": series.link, "version": "0"}
    assert signed_in(theirs).get(series.get_absolute_url()).status_code == 404
    refused = client.post(path, words | {"groups": [foreign.pk]})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["groups"])
    told = OutboxMessage.objects.count()
    assert client.post(path, words | {"groups": [story.group.pk, joint.pk]}).status_code == 302
    assert signed_in(theirs).get(series.get_absolute_url()).status_code == 200
    panel = another(story, "b").fresh()
    type(panel).objects.filter(pk=panel.pk).update(group=joint)
    panel.refresh_from_db()
    assert actions.bring(panel, to=series.meetings.first(), invite=False, by=panel.lead)
    assert client.post(path, words | {"groups": [story.group.pk]}).status_code == 409
    assert client.post(path, words | {"groups": [story.group.pk], "version": "1"}).status_code == 302
    assert signed_in(theirs).get(series.get_absolute_url()).status_code == 404
    assert series.meetings.first().agenda.count() == 1, "what is on an agenda stays there"
    assert OutboxMessage.objects.filter(notice="series_changed").count() == 0
    assert told <= OutboxMessage.objects.count()
    keeper = UserFactory(role="none")
    give_role(keeper, Role.GROUP_COORDINATOR, group=joint)
    with pytest.raises(Refused):
        moved(MeetingSeries.objects.get(pk=series.pk), keeper, since=dates(series)[0], at=dt.time(9))


def test_a_date_that_was_called_off_stays_off(series, coordinator, always):
    first, second, third = series.meetings.order_by("day")[:3]
    actions.call_off(second, by=coordinator)
    day = first.day + dt.timedelta(days=1)
    changed = moved(series, coordinator, since=first.day, first_on=day, at=dt.time(17))
    assert dates(changed)[:2] == [day, day + 2 * WEEK]
    assert Meeting.objects.get(series=changed, day=day + WEEK).state == MeetingState.CANCELLED
    assert Meeting.objects.get(pk=third.pk).day == day + 2 * WEEK
    _method, event = entry(mails(always)[-1])
    off = [one.dt for one in event["exdate"].dts]
    assert [moment.date() for moment in off] == [day + WEEK]
