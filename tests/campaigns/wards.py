"""A hospital, a group and a network of their own, in which what one task finds to do is nothing of another's."""

from __future__ import annotations

import datetime as dt
import itertools
from functools import cached_property
from typing import Any

from consent import actions as consent
from consent.states import Stage
from cpms import clock
from cpms.accounts.models import Centre, User
from cpms.accounts.roles import Role
from outcomes import actions as outcomes
from panels import actions as panels
from panels.meetings import actions as meetings
from panels.meetings.models import Meeting
from panels.states import State
from tests.factories import CentreFactory, NetworkFactory, Story, UserFactory, give_role

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
NUMBERS = itertools.count(1)


def yesterday() -> dt.date:
    return clock.rights_day() - DAY


class Ward(Story):
    """A story in a network of its own, with a coordinator of its group."""

    def __init__(self) -> None:
        super().__init__(f"ward-{next(NUMBERS)}")
        self.network = NetworkFactory(code=self.tag.upper(), name=f"Network {self.tag}")
        self.coordinator = self.person(role="none")
        give_role(self.coordinator, Role.GROUP_COORDINATOR, group=self.group)

    @cached_property
    def centre(self) -> Centre:
        return CentreFactory(network=self.network)

    def person(self, **words: Any) -> User:
        return UserFactory(centre=self.centre, **words)

    @cached_property
    def lead(self) -> User:
        return self.person()

    @cached_property
    def expert(self) -> User:
        return self.person()

    @cached_property
    def second(self) -> User:
        return self.person()

    def holding(self, role: Role, **held_on: Any) -> User:
        person = self.person(role="none")
        give_role(person, role, **(held_on or {"network": self.network}))
        return person

    def seated(self) -> Ward:
        """Open, with an expert."""
        if self.fresh().state == State.DRAFT:
            self.open()
        self.seat(self.expert)
        return self

    def sent(self) -> Ward:
        """Its expert has advised and is asked to sign."""
        self.seated()
        panels.mark(self.contribute(self.expert), marked=True, by=self.lead)
        outcome = outcomes.start_outcome(self.fresh(), by=self.lead)
        outcomes.write_outcome(self.fresh(), conclusion="Salt.", items=[], version=outcome.version, by=self.lead)
        outcomes.send_for_signature(self.fresh(), by=self.lead)
        return self

    def closed(self) -> Ward:
        self.sent()
        outcomes.close_panel(self.fresh(), by=self.lead, although=9)
        return self

    def meeting(self, *, after: dt.timedelta) -> Meeting:
        """One that begins so much later, or began so much earlier."""
        meeting = meetings.schedule(self.fresh(), starts_at=clock.now() + 3 * DAY, minutes=30, link="", by=self.lead)
        Meeting.objects.filter(pk=meeting.pk).update(starts_at=clock.now() + after)
        return Meeting.objects.get(pk=meeting.pk)

    def withdraw_consent(self) -> None:
        consent.withdraw_consent(self.patient, by=self.lead, stage=Stage.CARE)


def lapse(person: User) -> None:
    """Every role of theirs ended with a day, of which nobody says anything."""
    person.memberships.update(valid_from=yesterday(), valid_to=yesterday())
