"""Somebody joined a panel: its coming meetings, and the dates that the others are asked about."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from cpms.accounts.models import User
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from panels.meetings.actions.polls import ask_for_dates
from panels.meetings.actions.single import call, runs
from panels.meetings.models import DatePoll, Meeting
from panels.models import Invitation, Panel
from panels.states import InvitationState


@transaction.atomic
def call_newcomer(panel_id: str, user_id: str, *, by: Any) -> int:
    """They get the coming meetings too that the panel has a slot in, and are asked which of the proposed dates suit. Safe to run
    twice; gives to how many meetings they are asked now."""
    panel = Panel.objects.with_case().get(pk=panel_id)
    person = User.objects.get(pk=user_id)
    coming = Meeting.objects.coming().filter(agenda__panel=panel).visible_to(person)
    new = [one for one in Meeting.objects.held_to_come(coming) if is_new_to(one, person, panel)]
    for meeting in new:
        call(meeting, panel=panel, people=[person])
    polls = DatePoll.objects.visible_to(person).filter(panel=panel, closed_at=None)
    poll = polls.select_for_update(of=("self",)).first()
    if poll is not None and runs(panel) and poll.dates.to_come().exclude(answers__who=person).exists():
        back = times_left(panel, person)
        again = f":{back}" if back else ""
        poll.panel, path = panel, poll.get_absolute_url()
        notifications.notify([person], notice=Notice.DATES, by=by, about=poll, ref=panel.ref, path=path, again=again)
        ask_for_dates(poll, [person])
    return len(new)


def is_new_to(meeting: Meeting, person: User, panel: Panel) -> bool:
    """Whether they are not asked to it yet, and this panel has a slot in it; what waits for one asks nobody."""
    if meeting.attendance.filter(who=person).exists():
        return False
    return any(item.panel_id == panel.pk for item in meeting.with_slot())


def times_left(panel: Panel, person: Any) -> int:
    """How often this person's membership of the panel has ended."""
    return Invitation.objects.filter(panel=panel, invitee=person, state=InvitationState.ENDED).count()
