"""What happened around some panels of the archive: a guest, a meeting, the time that people spent. By the same actions as everybody's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cpms import clock
from cpms.accounts.models import User
from helpdesk.demo.chance import below, one_of
from panels import actions as panels
from panels.meetings import actions as meetings
from panels.meetings.states import Turn
from panels.models import Panel

if TYPE_CHECKING:
    from helpdesk.demo.past import Plan

GUEST = "aoife.nidhomhnaill"
MET = 4
"""Every fourth panel was spoken about in a meeting."""
ASKED_A_GUEST = 12
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
LASTED, USED = 30, dt.timedelta(minutes=28, seconds=30)


def invite_guest(plan: Plan, panel: Panel) -> None:
    """An expert from outside the network, whose seat ends with the panel."""
    if plan.number % ASKED_A_GUEST == ASKED_A_GUEST // 2:
        guest, sent = plan.guest, plan.opened + 2 * HOUR
        hospital, country = guest.guest_hospital, guest.country
        with clock.at(sent):
            invitation = panels.invite_guest(
                panel, email=guest.email, name=guest.display_name, hospital=hospital, country=country, by=plan.lead
            )
        with clock.at(sent + 20 * HOUR):
            panels.accept(invitation, by=guest)


def meet(plan: Plan, panel: Panel, members: Sequence[User]) -> None:
    """Half an hour about this panel; nearly everybody came."""
    if plan.number % MET:
        return
    at, lead = plan.replied + 2 * DAY, plan.lead
    with clock.at(at - DAY):
        meeting = meetings.schedule(panel, starts_at=at, minutes=LASTED, link="", by=lead)
    with clock.at(at):
        meetings.turn(meeting, ref=panel.ref, do=Turn.BEGIN, by=lead)
    there = [who for place, who in enumerate(members, start=1) if one_of((1, 1, 1, 0), plan.number, place)]
    with clock.at(at + USED):
        meetings.hold(meeting, present=[lead.pk, *(who.pk for who in there)], by=lead)


def say_minutes(plan: Plan, panel: Panel, members: Sequence[User]) -> None:
    """The lead's half hour and more, a quarter of an hour and more of each member."""
    with clock.at(plan.sent + HOUR):
        for place, who in enumerate((plan.lead, *members)):
            minutes = (30 if who == plan.lead else 12) + below(25, "minutes", plan.number, place)
            panels.say_minutes(panel, minutes=minutes, by=who)
