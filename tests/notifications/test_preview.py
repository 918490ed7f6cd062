"""The preview of a network's reminders holds what apps above send by the clock, too."""

from __future__ import annotations

import datetime as dt

import pytest
from dateutil.relativedelta import relativedelta

from cpms import clock
from cpms.notifications import queries
from panels.meetings import actions as meetings
from panels.models import Invitation, Panel
from tests.factories import NetworkFactory, Story

pytestmark = pytest.mark.django_db


def test_lapses_meetings_and_follow_ups_of_today_stand_in_the_preview():
    story, closed, tonight = Story(), Story("b"), clock.end_of_today()
    network = NetworkFactory()
    story.open(story.expert)
    start = tonight + dt.timedelta(days=2) - dt.timedelta(minutes=1)
    meetings.schedule(story.fresh(), starts_at=start, minutes=30, link="https://video.example/x", by=story.lead)
    Invitation.objects.update(expires_at=tonight - dt.timedelta(minutes=1))
    before = clock.now() - relativedelta(months=3)
    closed.open()
    Panel.objects.filter(pk=closed.panel.pk).update(
        state="closed", opened_at=before - dt.timedelta(days=1), closed_at=before
    )
    items = queries.preview(network, queries.rules_of(network)).items
    assert {(line.ref, line.to, line.why) for line in items} == {
        (story.panel.ref, "The lead", "An invitation ran out without an answer"),
        (story.panel.ref, "Everybody asked to it", "A meeting begins in two days"),
        (closed.panel.ref, "The lead", "What became of the advice, after 3 months"),
    }
