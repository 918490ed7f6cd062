"""A consent that is withdrawn at that moment: nothing is decided or answered any more on a panel that may not be discussed."""

from __future__ import annotations

import contextlib
import datetime as dt
from functools import partial

import pytest

from cpms import clock
from cpms.accounts.access import Refused
from panels.meetings import actions
from panels.meetings.models import DateAnswer, MeetingDecision
from panels.meetings.states import Can
from tests.meetings.test_ended_panels import withdraw_consent
from tests.panels.test_races import rights  # noqa: F401 a fixture
from tests.panels.test_two_panels_of_one_case import one_before_the_other

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])


def withdrawn_before(story, deed):
    """The deed waits, and is refused."""

    def too_late():
        with contextlib.suppress(Refused):
            deed()

    one_before_the_other(partial(withdraw_consent, story), too_late)


def test_no_decision_is_written(story, boards):
    item = boards(slots=2, people=[]).agenda.get(panel=story.panel)
    withdrawn_before(
        story, lambda: actions.decide(item, text="Too late.", dissent="", owner=None, due_on=None, by=story.lead)
    )
    assert not MeetingDecision.objects.exists()


@pytest.fixture
def poll(story):
    dates = [clock.now() + dt.timedelta(days=days) for days in (5, 6)]
    return actions.propose_dates(story.fresh(), dates=dates, minutes=30, link="", by=story.lead)


def test_no_date_is_answered(story, poll):
    date = poll.dates.first()
    withdrawn_before(story, lambda: actions.answer_dates(poll, answers={date.pk: Can.YES}, by=story.expert))
    assert not DateAnswer.objects.exists()
