"""Call a meeting, tell people, move it, call it off."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet

from consent.policy import may_be_discussed
from cpms import clock, locking, words
from cpms.accounts.access import Refused
from cpms.accounts.models import User
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from cpms.notifications.states import Settled, Verb
from panels import actions as panels
from panels import queries
from panels.meetings import queries as of_meetings
from panels.meetings import video
from panels.meetings.actions.presenting import ask_elsewhere
from panels.meetings.calendars import calendar_file, occurrence_file, taken_out_file
from panels.meetings.models import AgendaItem, Attendance, DatePoll, Meeting
from panels.meetings.policy import may_change, may_schedule
from panels.meetings.states import SOON, MeetingState
from panels.models import Panel
from panels.states import RUNNING


@transaction.atomic
def schedule(panel: Panel, *, starts_at: dt.datetime, minutes: int, link: str, by: Any) -> Meeting:
    """A meeting on one panel, in the caller's zone; every member gets a mail with a calendar file."""
    panel = Panel.objects.held(panel.pk)
    if not (verdict := may_schedule(by, panel)):
        raise Refused(verdict.reason)
    room = "" if link or of_meetings.server_for([panel.network_id]) is None else video.new_room()
    when = {"starts_at": starts_at, "minutes": minutes, "zone": by.zone}
    meeting = Meeting.objects.create(**when, link=link, room=room, called_by=by)
    AgendaItem.objects.create(meeting=meeting, panel=panel)
    notifications.settle_all(panel, Verb.MEET, how=Settled.DONE)
    end_polls(DatePoll.objects.filter(panel=panel))
    panels.something_happened(panel)
    call(meeting, panel=panel, people=queries.people_in(panel))
    audit.record(Event.MEETING_SCHEDULED, on=meeting, by=by, patient=panel.audit_patient_id)
    return meeting


def call(meeting: Meeting, *, panel: Panel, people: list[Any]) -> None:
    """Put people on the list and mail them the entry; the caller gets it too. Who has the whole series in the calendar
    needs no second entry. They may have been told before that they need not come, so each call is an occasion of its own."""
    Attendance.objects.bulk_create(
        (Attendance(meeting=meeting, who=person) for person in people), ignore_conflicts=True
    )
    settled = invited_to_all(meeting)
    notifications.notify(
        [person for person in people if person.pk not in settled],
        notice=Notice.MEETING,
        by=None,
        about=meeting,
        ref=panel.ref,
        path=meeting.get_absolute_url(),
        calendar=calendar_file(meeting, [panel.ref]),
        again=f"{panel.ref}:{clock.now().isoformat()}",
    )


def end_polls(polls: QuerySet[DatePoll]) -> None:
    """Nobody is asked about their dates any more; what waits for somebody is about the newest poll of a panel alone."""
    rows = polls.filter(closed_at=None).select_related("panel").select_for_update(of=("self",))
    for poll in rows.order_by("pk"):
        poll.closed_at = clock.now()
        poll.save(update_fields=["closed_at"])
        notifications.cancel_mails([poll.pk], Notice.DATES)
        if not DatePoll.objects.filter(panel=poll.panel, called_at__gt=poll.called_at, closed_at=None).exists():
            notifications.settle_all(poll.panel, Verb.DATES)


def runs(panel: Panel) -> bool:
    """Whether it can be discussed in a meeting: it runs, and consent to care is in force."""
    return panel.state in RUNNING and bool(may_be_discussed(panel.case.patient))


def fill_slots(meeting: Meeting, *, before: set[Any]) -> None:
    """Members of panels that have a slot now and had none before are asked to come, and about other dates no more; ``before``
    holds keys of agenda items."""
    new: list[Any] = []
    for item in meeting.with_slot():
        if item.pk not in before and meeting.state == MeetingState.PLANNED:
            new.append(item.panel_id)
            call(meeting, panel=item.panel, people=queries.people_in(item.panel))
    end_polls(DatePoll.objects.filter(panel__in=new))


def invited_to_all(meeting: Meeting) -> set[Any]:
    """Keys of those who have the meeting's whole series in their calendar."""
    return set(meeting.series.people.values_list("pk", flat=True)) if meeting.series else set()


def stop(meeting: Meeting, *, over: bool) -> None:
    """The clock that runs stands still; its panel's turn is over, or only paused."""
    now = clock.now()
    for item in meeting.agenda.filter(begun_at__isnull=False):
        item.seconds, item.begun_at, item.done_at = item.used, None, now if over else None
        item.save(update_fields=["seconds", "begun_at", "done_at"])


@transaction.atomic
def move(meeting: Meeting, *, starts_at: dt.datetime, seen: int | None, by: Any) -> Meeting:
    """To another time. Everybody asked gets the new entry, which takes the place of the old one.

    ``seen`` is the ``sequence`` that the mover saw. Raises ``Clash`` when somebody else moved it meanwhile.
    """
    current = Meeting.objects.held(meeting.pk)
    if not (verdict := may_change(by, current)):
        raise Refused(verdict.reason)
    if starts_at == current.starts_at:
        return current
    if seen != current.sequence:
        mine, theirs = (words.when(moment) for moment in (starts_at, current.starts_at))
        raise locking.Clash(current, [locking.ClashField("", "Time", mine, theirs)], version=current.sequence)
    current.starts_at, current.sequence = starts_at, current.next_sequence()
    current.save(update_fields=["starts_at", "sequence"])
    notifications.settle_all(current, Verb.HOLD)  # it is asked for again once the new end has passed
    call_off_reminders(current)
    tell_change(current, notice=Notice.MEETING_MOVED)
    audit.record(Event.MEETING_CHANGED, on=current, by=by, verb="moved", saved=current.sequence)
    return current


@transaction.atomic
def change(meeting: Meeting, *, minutes: int, link: str, seen: int | None, by: Any) -> Meeting:
    """Another length, or another way in (an empty ``link``: the network's own server, where there is one).

    Everybody asked gets the new entry. ``seen`` is as for ``move``; raises ``Clash`` too.
    """
    current = Meeting.objects.held(meeting.pk)
    if not (verdict := may_change(by, current)):
        raise Refused(verdict.reason)
    if (minutes, link) == (current.minutes, current.link):
        return current
    if seen != current.sequence:
        lengths, links = (str(minutes), str(current.minutes)), (link, current.link)
        fields = (
            [locking.ClashField("minutes", "Length in minutes", *lengths, lengths)]
            if minutes != current.minutes
            else []
        )
        fields += [locking.ClashField("link", "Video link", *links, links)] if link != current.link else []
        raise locking.Clash(current, fields, version=current.sequence)
    put_terms(current, minutes=minutes, link=link, sequence=current.next_sequence())
    tell_change(current, notice=Notice.MEETING_CHANGED)
    audit.record(Event.MEETING_CHANGED, on=current, by=by, verb="changed", saved=current.sequence)
    return current


def put_terms(meeting: Meeting, *, minutes: int, link: str, sequence: int) -> None:
    """Length and way in, for a caller that holds the row."""
    meeting.minutes, meeting.link, meeting.sequence = minutes, link, sequence
    if not (link or meeting.room) and of_meetings.service_of(meeting) is not None:
        meeting.room = video.new_room()
    meeting.save(update_fields=["minutes", "link", "room", "sequence"])


@transaction.atomic
def call_off(meeting: Meeting, *, by: Any) -> Meeting:
    """It does not take place. Its panels go to the next meeting of the series, when there is one."""
    current, after = Meeting.objects.held_with_next(meeting.pk)
    if not (verdict := may_change(by, current)):
        raise Refused(verdict.reason)
    cancel(current, sequence=current.next_sequence())
    tell_change(current, notice=Notice.MEETING_CALLED_OFF)
    go_on(current, after, by=by)
    audit.record(Event.MEETING_CHANGED, on=current, by=by, verb="called off")
    return current


def go_on(meeting: Meeting, after: Meeting | None, *, by: Any) -> None:
    """Panels of a meeting that is called off go to the one after it. Without one who wished to meet still does, and of a panel
    that waited for a place its presenter and its lead hear that it has no date: nobody asked them to come."""
    settled = meeting.with_slot()
    for item in meeting.agenda.select_related("panel__lead", "panel__case__patient", "presenter").order_by("position"):
        if runs(item.panel):
            go_on_with(item, meeting, after, settled=item in settled, by=by)
        else:
            ask_elsewhere(item, meeting, None, by=by)


def go_on_with(item: AgendaItem, meeting: Meeting, after: Meeting | None, *, settled: bool, by: Any) -> None:
    """The same with one panel that runs."""
    if after:
        tell_whose(put_on(after, item.panel, by=by, minutes=item.minutes, presenter=item.presenter), after, by=by)
    else:
        if not settled:
            tell_place(item, whose(item), about=meeting, path=item.panel.get_absolute_url(), by=by)
        panels.propose_again(item.panel, by=by)
    ask_elsewhere(item, meeting, after, by=by)


def whose(item: AgendaItem) -> list[Any]:
    """Who presents the panel and who leads it."""
    return [person for person in dict.fromkeys((item.presenter, item.panel.lead)) if person is not None]


def tell_whose(item: AgendaItem, meeting: Meeting, *, by: Any) -> None:
    """Both hear where their panel is now, unless the new entry of the meeting tells them."""
    settled, waits = invited_to_all(meeting), item not in meeting.with_slot()
    people = [person for person in whose(item) if waits or person.pk in settled]
    tell_place(item, people, about=meeting, path=meeting.get_absolute_url(), by=by)


def tell_place(item: AgendaItem, people: list[Any], *, about: Meeting, path: str, by: Any) -> None:
    ref = item.panel.ref
    again = f"{ref}:{clock.now().isoformat()}"  # it may have been there before
    notifications.notify(people, notice=Notice.AGENDA, by=by, about=about, ref=ref, path=path, again=again)


def cancel(meeting: Meeting, *, sequence: int) -> None:
    meeting.state, meeting.sequence = MeetingState.CANCELLED, sequence
    meeting.save(update_fields=["state", "sequence"])
    notifications.settle_all(meeting, Verb.HOLD)
    call_off_reminders(meeting)


def tell_change(meeting: Meeting, *, notice: Notice, all_of_series: bool = True) -> None:
    """Everybody asked: one entry each, of the whole series (unless they are told otherwise) or of this meeting alone."""
    people = list(User.objects.filter(pk__in=meeting.attendance.values("who"), is_active=True))
    settled, refs = invited_to_all(meeting), list(meeting.agenda.values_list("panel__ref", flat=True))
    about: dict[str, Any] = {"notice": notice, "by": None, "about": meeting, "path": meeting.get_absolute_url()}
    about |= {"again": str(meeting.sequence)}
    with_rule = [person for person in people if person.pk in settled]
    if with_rule and all_of_series:
        notifications.notify(with_rule, calendar=occurrence_file(meeting), **about)
    others = [person for person in people if person.pk not in settled]
    seeing = [person for person in others if sees(person, meeting)]
    notifications.notify(seeing, calendar=calendar_file(meeting, refs), **about)
    unseeing = [person for person in others if person not in seeing]
    about |= {"notice": Notice.MEETING_LEFT, "path": "/"}  # what leads to a page they see no more is not sent
    notifications.notify(unseeing, calendar=taken_out_file(meeting, refs), **about)


def put_on(meeting: Meeting, panel: Panel, *, by: Any, minutes: int | None = None, presenter: Any = None) -> AgendaItem:
    """At the end of the agenda; once it has a slot the panel's members are asked to come, and about other dates no more.
    ``minutes`` and ``presenter`` are those it had in the meeting before."""
    last = meeting.agenda.aggregate(last=Max("position"))["last"] or 0
    turn = {"position": last + 1, "minutes": minutes, "presenter": presenter}
    item, new = AgendaItem.objects.get_or_create(meeting=meeting, panel=panel, defaults=turn)
    notifications.settle_all(panel, Verb.MEET, how=Settled.DONE)
    if item not in meeting.with_slot():
        return item
    end_polls(DatePoll.objects.filter(panel=panel))
    if new:
        call(meeting, panel=panel, people=queries.people_in(panel))
    return item


def sees(person: Any, meeting: Meeting) -> bool:
    """Whether somebody who was asked once still takes part: their panel runs, they belong to it, consent is in force."""
    return bool(person.is_active) and Meeting.objects.taken_part_in(person).filter(pk=meeting.pk).exists()


def remind(*, by: Any) -> int:
    """Two days and one hour before: once each, to everybody asked who still takes part. Safe to run at any time; gives how many meetings are near."""
    now, near = clock.now(), 0
    for early, late, name in SOON:
        due = Meeting.objects.filter(state=MeetingState.PLANNED, starts_at__gt=now + late, starts_at__lte=now + early)
        near += sum(remind_of(due.filter(pk=pk), name=name, by=by) for pk in due.values_list("pk", flat=True))
    return near


@transaction.atomic
def remind_of(due: QuerySet[Meeting], *, name: str, by: Any) -> int:
    """Of the one meeting, held; whether it is near still. One that somebody changes at this moment is left to the next run. Its
    beginning is part of what was said: another length does not say it again."""
    meeting = due.select_for_update(of=("self",), skip_locked=True).first()
    if meeting is None:
        return 0
    people = [row.who for row in meeting.attendance.select_related("who") if sees(row.who, meeting)]
    about: dict[str, Any] = {"about": meeting, "path": meeting.get_absolute_url()}
    again = f"{name}:{meeting.starts_at.isoformat()}"
    notifications.notify(people, notice=Notice.MEETING_SOON, by=by, again=again, **about)
    return 1


def call_off_reminders(meeting: Meeting, *, to: Any = None) -> None:
    """It is not near any more, or not for this person, who need not come: what is not sent yet says so no more."""
    notifications.cancel_mails([meeting.pk], Notice.MEETING_SOON, to=to)
