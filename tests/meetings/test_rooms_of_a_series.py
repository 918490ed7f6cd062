"""Who may enter the room of a series when what they came for may not be discussed any more."""

from __future__ import annotations

import pytest

from consent import actions as consent
from consent.states import Stage
from cpms import clock
from cpms.accounts.access import ask
from cpms.accounts.roles import Permission
from panels.meetings.models import Meeting

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


def test_who_came_for_a_panel_alone_stays_out_once_it_is_frozen(story, chair, boards, always):
    board = boards(slots=2, people=[always])
    Meeting.objects.filter(pk=board.pk).update(starts_at=clock.now())
    board.refresh_from_db()
    people = (story.expert, story.lead, always, chair)
    assert [bool(ask(Permission.MEETING_JOIN, one, board)) for one in people] == [True] * 4
    consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)
    assert [bool(ask(Permission.MEETING_JOIN, one, board)) for one in people] == [False, False, True, True]
    consent.withdraw_consent(story.other.patient, by=story.other.lead, stage=Stage.CARE)
    assert [bool(ask(Permission.MEETING_JOIN, one, board)) for one in people] == [False, False, True, True]
