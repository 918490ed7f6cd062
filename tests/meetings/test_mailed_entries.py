"""The calendar part of a mail, as a program reads it: one event through invitation, moving and cancelling, for its reader alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from icalendar import Calendar

from cpms import clock
from cpms.notifications import actions as notifications
from panels.meetings import actions, queries, recurrence
from panels.meetings.models import Meeting, MeetingSeries
from panels.meetings.states import Rhythm

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
OTHER_LINK = "https://video.example/other"


class Program:
    """A calendar program that reads mails in the order they come: it drops what is older than what it knows of a UID."""

    def __init__(self) -> None:
        self.methods: list[str] = []
        self.events: dict[tuple[str, dt.datetime | None], object] = {}
        self.newest: dict[str, int] = {}

    def read(self, mail) -> None:
        """The one part that says what it asks for; the attached file says the same."""
        (part,) = (part for part in mail.walk() if part.get_content_type() == "text/calendar")
        text = part.get_payload(decode=True)
        calendar = Calendar.from_ical(text)
        self.methods.append(str(calendar["method"]))
        assert part.get_param("method") == self.methods[-1]
        (attached,) = (part for part in mail.walk() if part.get_content_disposition() == "attachment")
        assert (attached.get_filename(), attached.get_payload(decode=True)) == ("cpms-meeting.ics", text)
        for event in calendar.walk("VEVENT"):
            self.take(event, cancelled=self.methods[-1] == "CANCEL")

    def take(self, event, *, cancelled: bool) -> None:
        uid, sequence = str(event["uid"]), int(event["sequence"])
        assert sequence >= self.newest.get(uid, 0), "a program drops an entry that is older than what it knows"
        self.newest[uid] = sequence
        if "recurrence-id" not in event:  # the whole series anew: what was said of single dates before is not kept
            self.events = {key: one for key, one in self.events.items() if key[0] != uid}
        self.events[(uid, event.decoded("recurrence-id", None))] = None if cancelled else event

    def whole(self) -> list[object]:
        """The series and single meetings that stand there still."""
        return [event for (_uid, day), event in self.events.items() if day is None and event is not None]


def programs(mailbox, *people):
    """What each of them has in the calendar once all mails are out."""
    notifications.dispatch_outbox()
    found = []
    for person in people:
        found.append(Program())
        for mail in mailbox.messages(person.email):
            if any(part.get_content_type() == "text/calendar" for part in mail.walk()):
                found[-1].read(mail)
    return found


def weekly(story, by, people):
    when = {"rhythm": Rhythm.WEEKLY, "first_on": clock.today() + dt.timedelta(days=7), "at": dt.time(16)}
    size = {"minutes": 60, "slots": 2, "link": "https://video.example/board"}
    return actions.start_series(groups=[story.group], name="Board", people=people, by=by, **when, **size)


def renamed(series, name, by, **rest):
    series.refresh_from_db()
    wanted = {"name": name, "minutes": 60, "slots": 2, "link": series.link} | rest
    return actions.change_series(series, seen=series.version, by=by, **wanted)


def without_its_last_date(series):
    """As the series stood the night before its last date was planned; gives that date's moment."""
    last = series.meetings.order_by("-day").first()
    last.attendance.all().delete()
    last.delete()
    return last.starts_at


def test_a_mailed_entry_is_one_event_and_names_its_reader_alone(story, mailoutbox):
    starts_at = clock.now() + dt.timedelta(days=3)
    meeting = actions.schedule(story.fresh(), starts_at=starts_at, minutes=30, link="", by=story.lead)
    later = starts_at + dt.timedelta(days=1)
    actions.move(meeting, starts_at=later, seen=0, by=story.lead)
    actions.call_off(Meeting.objects.get(pk=meeting.pk), by=story.lead)
    notifications.dispatch_outbox()
    for person in (story.lead, story.expert):
        parts = [part for mail in mailoutbox if mail.to == [person.email] for part in mail.attachments]
        read = [Calendar.from_ical(text) for _name, text, _kind in parts]
        assert [str(calendar["method"]) for calendar in read] == ["REQUEST", "REQUEST", "CANCEL"]
        events = [event for calendar in read for event in calendar.walk("VEVENT")]
        assert {str(event["uid"]) for event in events} == {f"{meeting.pk}@cpms"}
        assert [int(event["sequence"]) for event in events] == [0, 1, 2]
        assert [event.decoded("dtstart") for event in events] == [
            at.replace(microsecond=0) for at in (starts_at, later, later)
        ]
        assert {str(event["attendee"]) for event in events} == {f"mailto:{person.email}"}
        assert {event["attendee"].params["RSVP"] for event in events} == {"FALSE"}


def test_a_mail_offers_its_text_and_the_entry_side_by_side_and_the_file_once_more(story, mailbox):
    starts_at = clock.now() + dt.timedelta(days=3)
    actions.schedule(story.fresh(), starts_at=starts_at, minutes=30, link="", by=story.lead)
    notifications.dispatch_outbox()
    (mail,) = (mail for mail in mailbox.messages(story.expert.email) if mail.is_multipart())
    both, attached = mail.iter_parts()
    assert [mail.get_content_type(), both.get_content_type()] == ["multipart/mixed", "multipart/alternative"]
    words, entry = both.iter_parts()
    assert [words.get_content_type(), entry.get_content_type()] == ["text/plain", "text/calendar"]
    assert entry.get_params()[1:] == [("method", "REQUEST"), ("charset", "utf-8")]
    assert attached.get_content_type() == "application/ics"
    assert "calendar entry" in words.get_content()


def test_a_date_planned_after_two_changes_is_moved_and_called_off_in_calendars(story, coordinator, always, mailbox):
    series = weekly(story, coordinator, [always])
    moment = without_its_last_date(series)
    for name in ("Second name", "Third name"):
        renamed(series, name, coordinator)
    assert actions.plan_ahead(by=None) == 1
    added = series.meetings.get(starts_at=moment)
    moved = actions.move(added, starts_at=moment + dt.timedelta(hours=2), seen=added.sequence, by=coordinator)
    (program,) = programs(mailbox, always)
    key = (f"{series.pk}@cpms", moment)
    assert program.events[key].decoded("dtstart") == moved.starts_at
    actions.call_off(moved, by=coordinator)
    (program,) = programs(mailbox, always)
    assert program.events[key] is None
    assert program.methods == ["REQUEST"] * 4 + ["CANCEL"]


def test_who_is_struck_or_added_after_dates_were_moved_has_the_series_out_of_and_in_the_calendar(
    story, coordinator, always, mailbox
):
    series = weekly(story, coordinator, [always])
    first = series.meetings.first()
    for hours in (1, 2):
        later = first.starts_at + dt.timedelta(hours=hours)
        first = actions.move(first, starts_at=later, seen=hours - 1, by=coordinator)
    (program,) = programs(mailbox, always)
    assert program.newest == {f"{series.pk}@cpms": 2}
    actions.strike(series, person=always, by=coordinator)
    key = (f"{series.pk}@cpms", None)
    (program,) = programs(mailbox, always)
    assert (program.events[key], program.methods[-1]) == (None, "CANCEL")
    actions.add_people(series, people=[always], by=coordinator)
    (program,) = programs(mailbox, always)
    assert program.events[key] is not None


def test_a_series_stays_one_event_through_all_that_happens_to_it(story, coordinator, always, mailbox):
    series = weekly(story, coordinator, [always])
    first, second, third = series.meetings.all()[:3]
    for hours in (1, 2, 3):
        later = first.starts_at + dt.timedelta(hours=hours)
        first = actions.move(first, starts_at=later, seen=hours - 1, by=coordinator)
    actions.call_off(second, by=coordinator)
    renamed(series, "Other board", coordinator)
    third.refresh_from_db()
    actions.change(third, minutes=90, link=OTHER_LINK, seen=third.sequence, by=coordinator)
    renamed(series, "Other board", coordinator, slots=3)
    newcomer = story.expert
    actions.add_people(series, people=[newcomer], by=coordinator)
    fourth = series.meetings.all()[3]
    actions.move(fourth, starts_at=fourth.starts_at + dt.timedelta(days=1), seen=fourth.sequence, by=coordinator)
    for program in programs(mailbox, always, newcomer):
        assert {uid for uid, _day in program.events} == {f"{series.pk}@cpms"}
        whole = program.events[(f"{series.pk}@cpms", None)]
        assert str(whole["summary"]) == "Other board"
        assert whole["exdate"].dts[0].dt == second.starts_at
    actions.end_series(series, by=coordinator)
    for program in programs(mailbox, always, newcomer):
        assert program.events[(f"{series.pk}@cpms", None)] is None


def test_a_series_that_meets_at_another_time_twice_stays_one_event_and_its_earlier_plans_one_each(
    story, coordinator, always, mailbox
):
    series = weekly(story, coordinator, [always])
    first, second, third, fourth = series.meetings.all()[:4]
    actions.bring(story.fresh(), to=third, invite=False, by=story.lead)
    actions.move(first, starts_at=first.starts_at + dt.timedelta(hours=1), seen=0, by=coordinator)
    at_other_time(series, coordinator, since=second.day, at=dt.time(10))
    at_other_time(series, coordinator, since=third.day, at=dt.time(11))
    plans = [series, *MeetingSeries.objects.filter(goes_on_as=series)]
    assert [len(queries.planned(one)) for one in plans[1:]] == [1, 1]
    for program in programs(mailbox, always):
        assert {(uid, None) for uid in program.newest} <= set(program.events)
        assert set(program.newest) == {f"{one.pk}@cpms" for one in plans}
        starts = {str(event["uid"]): event.decoded("dtstart").hour for event in program.whole()}
        assert starts == {f"{one.pk}@cpms": one.at.hour for one in plans}
    actions.call_off(Meeting.objects.get(pk=first.pk), by=coordinator)
    fourth.refresh_from_db()
    later = fourth.starts_at + dt.timedelta(hours=3)
    actions.move(fourth, starts_at=later, seen=fourth.sequence, by=coordinator)
    (program, single) = programs(mailbox, always, story.expert)
    moved = program.events[(f"{series.pk}@cpms", recurrence.moment(fourth.day, dt.time(11), series.zone))]
    assert moved.decoded("dtstart") == later
    assert {uid for uid, _day in single.events} == {f"{third.pk}@cpms"}
    assert single.events[(f"{third.pk}@cpms", None)].decoded("dtstart").hour == 11
    actions.end_series(series, by=coordinator)
    for program in programs(mailbox, always, story.expert):
        assert program.whole() == []
    assert single.methods == ["REQUEST"] * 3


def at_other_time(series, by, *, since, at):
    plan = replace(series.plan, first_on=since, at=at)
    actions.reschedule(series, since=since, plan=plan, homes={}, seen=series.version, by=by)
    series.refresh_from_db()
