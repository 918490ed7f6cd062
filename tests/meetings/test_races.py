"""Two people at the same moment about one panel's meetings: one comes first, the other is refused, nothing deadlocks.

``CPMS_RACES`` sets the rounds of each race; every run takes one, a campaign takes 200.
"""

from __future__ import annotations

import datetime as dt
import os

import pytest

from cpms import clock
from panels.meetings import actions
from panels.meetings.models import AgendaItem, DatePoll, Meeting, MeetingDecision
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
