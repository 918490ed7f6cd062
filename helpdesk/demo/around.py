"""What the actions leave around a panel of the archive: the version that was signed, time spent, a guest, a meeting. Invented rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import models

from cpms.accounts.models import User
from helpdesk.demo.chance import below, one_of
from outcomes.models import AdviceItem, Outcome, OutcomeVersion
from outcomes.queries.texts import Text, advice_of, body_of
from panels.meetings.models import AgendaItem, Attendance, Meeting
from panels.meetings.states import MeetingState
from panels.models import Invitation, Panel, TimeSpent
from panels.states import InvitationKind, InvitationState

GUEST = "aoife.nidhomhnaill"
MET = 4
"""Every fourth panel was spoken about in a meeting."""
ASKED_A_GUEST = 12
GUEST_FOR = dt.timedelta(days=30)
LASTED = 30


def version_of(panel: Panel, outcome: Outcome, items: Sequence[AdviceItem], lead: User) -> OutcomeVersion:
    """The text as it was sent for signature."""
    advice = [advice_of(item, number) for number, item in enumerate(items, start=1)]
    text = Text(panel.ref, outcome.number, panel.question, outcome.conclusion, outcome.plain, advice)
    version = OutcomeVersion(outcome=outcome, key=panel.key, number=outcome.number, sent_by=lead)
    version.body, version.reason, version.sent_at = body_of(text), "", outcome.sent_at or panel.drafted_at
    return version


def time_spent(panel: Panel, lead: User, members: Sequence[User], *, number: int) -> Iterator[TimeSpent]:
    """The lead's half hour and more, a quarter of an hour and more of each member; some say it themselves."""
    opened: Any = panel.opened_at
    for place, who in enumerate((lead, *members)):
        minutes = (30 if who == lead else 12) + below(25, "minutes", number, place)
        said = minutes + 5 if below(4, "said", number, place) == 0 else None
        yield TimeSpent(panel=panel, who=who, year=opened.year, seconds=60 * minutes - 20, said_minutes=said)


def guest_of(panel: Panel, guest: User, lead: User, *, number: int) -> Iterator[Invitation]:
    """An expert from outside the network, whose seat ended with the panel."""
    if number % ASKED_A_GUEST == ASKED_A_GUEST // 2:
        opened: Any = panel.opened_at
        sent = opened + dt.timedelta(hours=2)
        yield Invitation(
            key=panel.key,
            panel=panel,
            invitee=guest,
            invited_by=lead,
            kind=InvitationKind.GUEST,
            state=InvitationState.ENDED,
            sent_at=sent,
            expires_at=sent + GUEST_FOR,
            answered_at=sent + dt.timedelta(hours=20),
            ended_at=panel.closed_at,
            guest_until=sent + GUEST_FOR,
        )


def meeting_of(
    panel: Panel, lead: User, members: Sequence[User], *, at: dt.datetime, number: int
) -> Iterator[models.Model]:
    """Half an hour about this panel; nearly everybody came."""
    if number % MET:
        return
    when = {"starts_at": at, "called_at": at - dt.timedelta(days=3), "held_at": at + dt.timedelta(minutes=LASTED)}
    meeting = Meeting(minutes=LASTED, zone=lead.zone, called_by=lead, state=MeetingState.HELD, **when)
    yield meeting
    yield AgendaItem(
        meeting=meeting, panel=panel, presenter=lead, seconds=60 * LASTED - 90, done_at=when["held_at"], minutes=LASTED
    )
    for place, who in enumerate((lead, *members)):
        there = place == 0 or one_of((True, True, True, False), number, place)
        yield Attendance(meeting=meeting, who=who, present=there, centre=who.centre)
