"""Two people at the same moment about one panel's meetings: one comes first, the other is refused, nothing deadlocks.

``CPMS_RACES`` sets the rounds of each race; every run takes one, a campaign takes 200.
"""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import replace

import pytest
from icalendar import Calendar

from cpms import clock
from cpms.accounts.access import Refused
from cpms.locking import Clash
from cpms.notifications.models import OutboxMessage
from panels.meetings import actions, queries
from panels.meetings.models import AgendaItem, Attendance, DatePoll, Meeting, MeetingDecision, MeetingSeries
from panels.meetings.states import MeetingState, Rhythm
from panels.models import Panel
from panels.states import State
from tests.factories import UserFactory
from tests.panels.test_races import race, rights  # noqa: F401 a fixture

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])
ROUNDS = int(os.environ.get("CPMS_RACES", "1"))


def propose(story):
    dates = [clock.now() + dt.timedelta(days=days) for days in (5, 6)]
    return actions.propose_dates(story.fresh(), dates=dates, minutes=30, link="", by=story.lead)


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_of_two_polls_of_one_panel_one_gives_the_date(story, _round):
    picks = [
        lambda poll=poll: actions.pick_date(poll, date=poll.dates.first(), by=story.lead)
        for poll in [propose(story) for _ in range(4)]
    ]
    assert sum(race(*picks)) == 1
    assert Meeting.objects.count() == 1
    assert not DatePoll.objects.filter(closed_at=None).exists()


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_a_poll_is_picked_ended_and_overtaken_without_a_deadlock(story, _round):
    first, second = propose(story), propose(story)
    when = {"starts_at": clock.now() + dt.timedelta(days=2), "minutes": 30, "link": ""}
    race(
        lambda: actions.pick_date(second, date=second.dates.first(), by=story.lead),
        lambda: actions.end_dates(first, by=story.lead),
        lambda: actions.schedule(story.fresh(), by=story.lead, **when),
    )
    assert not DatePoll.objects.filter(closed_at=None).exists()


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_a_decision_against_the_taking_off_is_kept_on_the_agenda_or_refused(story, boards, chair, _round):
    meeting = boards(slots=2, people=[chair])
    item = meeting.agenda.get(panel=story.panel)
    words = {"text": "Scan first.", "dissent": "", "owner": None, "due_on": None}
    stale = [AgendaItem.objects.with_surroundings().get(pk=item.pk) for _ in range(4)]
    decided, _off = race(
        lambda: actions.decide(stale.pop(), by=story.lead, **words),
        lambda: actions.take_off(story.fresh(), of=meeting, by=story.lead),
    )
    assert MeetingDecision.objects.count() == decided
    assert AgendaItem.objects.filter(pk=item.pk).exists() is bool(decided)


def or_refused(deed):
    """Whoever is shown what somebody else changed meanwhile was refused, too."""
    try:
        return deed()
    except Clash as clash:
        raise Refused("clash") from clash


def weekly(series, by, *, since, homes=None):
    """The same board an hour later; every second week where ``homes`` says where the panels of the other dates go."""
    rhythm = Rhythm.WEEKLY if homes is None else Rhythm.FORTNIGHTLY
    plan = replace(series.plan, first_on=since, at=dt.time(17), rhythm=rhythm)
    terms = {"since": since, "plan": plan, "homes": homes or {}, "seen": series.version}
    return or_refused(lambda: actions.reschedule(series, by=by, **terms))


def whereabouts(panel):
    """Of the meetings on whose agenda the panel is: those to come, and the others."""
    states = list(Meeting.objects.filter(agenda__panel=panel).values_list("state", flat=True))
    return states.count(MeetingState.PLANNED), len(states) - states.count(MeetingState.PLANNED)


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_of_two_who_change_when_a_series_meets_one_is_shown_the_others_and_no_date_is_made_of_the_old_plan(
    boards, chair, _round
):
    first = boards(slots=2, people=[chair])
    stale = [MeetingSeries.objects.get() for _ in range(4)]
    far = Meeting.objects.filter(series=stale[0], day__gt=first.day + dt.timedelta(days=60))
    Attendance.objects.filter(meeting__in=far).delete()
    far.delete()
    won, _planned = race(
        lambda: weekly(stale.pop(), chair, since=first.day + dt.timedelta(days=7)),
        lambda: actions.plan_ahead(by=None),
    )
    series = MeetingSeries.objects.get(goes_on_as=None)
    assert (won, series.version, series.earlier.count()) == (1, 1, 1)
    assert not [one for one in Meeting.objects.select_related("series") if one.moved()]


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_bringing_against_another_rhythm_leaves_the_panel_on_one_date_to_come_or_is_refused(
    story, boards, chair, _round
):
    first = boards(slots=2, people=[chair])
    actions.take_off(story.fresh(), of=first, by=story.lead)
    series, second, goal = first.series, first.next_of_series(), first.day + dt.timedelta(days=14)
    brought, changed = race(
        lambda: actions.bring(story.fresh(), to=second, invite=False, by=story.lead),
        lambda: weekly(series, chair, since=first.day, homes=homes_of(second, goal)),
    )
    assert changed <= 1
    assert whereabouts(story.panel) == (min(brought, 1), 1 if brought and changed else 0)


def homes_of(meeting, goal):
    return {item.pk: goal for item in AgendaItem.objects.filter(meeting=meeting)}


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_calling_off_against_another_time_and_against_the_next_date_loses_no_panel_and_no_calendar_entry(
    story, boards, chair, _round
):
    first = boards(slots=2, people=[chair])
    series, second = first.series, first.next_of_series()
    off = race(
        lambda: actions.call_off(first, by=chair),
        lambda: actions.call_off(second, by=chair),
        lambda: weekly(series, chair, since=second.day),
    )
    assert off[2] <= 1
    assert whereabouts(story.panel)[0] == 1
    called_off = Meeting.objects.filter(state=MeetingState.CANCELLED)
    assert called_off.count() == 2
    mails = OutboxMessage.objects.filter(recipient=chair, notice="meeting_called_off")
    uids = {str(event["uid"]) for one in mails for event in Calendar.from_ical(one.calendar).walk("VEVENT")}
    assert uids <= {f"{pk}@cpms" for pk in MeetingSeries.objects.values_list("pk", flat=True)}
    assert not [one for one in queries.planned(MeetingSeries.objects.get(pk=series.pk)) if one.moved()]


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_the_end_of_a_series_against_a_moved_date_and_a_panel_that_ended_calls_each_date_off_where_it_is(
    story, boards, chair, _round
):
    first = boards(slots=2, people=[chair])
    series, second = first.series, first.next_of_series()
    weekly(series, chair, since=second.day)
    series, first = MeetingSeries.objects.get(pk=series.pk), Meeting.objects.get(pk=first.pk)
    rest = [one.pk for one in Meeting.objects.exclude(pk=first.pk)]
    AgendaItem.objects.bulk_create(AgendaItem(meeting_id=pk, panel=story.panel, position=9) for pk in rest)
    Panel.objects.filter(pk=story.panel.pk).update(state=State.WITHDRAWN)
    later = first.starts_at + dt.timedelta(hours=3)
    change = {"name": "Board", "minutes": 45, "slots": 2, "link": ""}
    race(
        lambda: actions.end_series(series, by=chair),
        lambda: actions.clear_agendas(str(story.panel.pk), by=None),
        lambda: or_refused(lambda: actions.move(first, starts_at=later, seen=first.sequence, by=chair)),
        lambda: or_refused(lambda: actions.change_series(series, seen=series.version, by=chair, **change)),
    )
    assert not Meeting.objects.filter(state=MeetingState.PLANNED).exists()
    left = Meeting.objects.exclude(pk=first.pk).filter(agenda__panel=story.panel).count()
    assert left in {0, len(rest)}, "off every date, or the end came first and called all of them off with it"


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_people_added_and_struck_against_a_moved_date_and_the_end_of_a_series_wait_for_each_other_in_one_order(
    boards, chair, _round
):
    first = boards(slots=2, people=[chair])
    series, second = first.series, first.next_of_series()
    weekly(series, chair, since=second.day)
    first = Meeting.objects.get(pk=first.pk)
    MeetingSeries.objects.filter(pk=first.series_id).update(
        first_on=first.day - dt.timedelta(days=8), ended_on=clock.today()
    )
    later, newcomer = first.starts_at + dt.timedelta(hours=3), UserFactory()
    race(
        lambda: actions.add_people(series, people=[newcomer], by=chair),
        lambda: actions.strike(series, person=chair, by=chair),
        lambda: or_refused(lambda: actions.move(first, starts_at=later, seen=first.sequence, by=chair)),
        lambda: actions.end_series(series, by=chair),
    )
    assert not Meeting.objects.filter(state=MeetingState.PLANNED).exists()
    mails = OutboxMessage.objects.filter(recipient=newcomer, calendar__gt="").order_by("written_at")
    heard = {}
    for message in mails:
        calendar = Calendar.from_ical(message.calendar)
        for event in calendar.walk("VEVENT"):
            heard.setdefault(str(event["uid"]), []).append(int(event["sequence"]))
    assert all(counts == sorted(counts) for counts in heard.values())
