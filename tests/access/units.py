"""What may happen around the lead's unit, which the hospital lets see its panels for a time."""

from __future__ import annotations

import datetime as dt
from typing import Any

from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts.models import Unit, UnitCover
from cpms.accounts.roles import Role
from helpdesk.people import actions as hospitals
from tests.factories import UserFactory, give_role


class OfUnit:
    """The part of the scene that has a colleague of the lead's unit, and who represents the hospital."""

    people: dict[str, Any]
    story: Any
    model: Any
    coordinator: Any
    fresh: Any
    held_by: Any

    def make_unit(self) -> None:
        """The lead works in it, and a colleague; who represents the hospital lets all of it see."""
        lead = self.story.lead
        self.unit = Unit.objects.create(centre=lead.centre, name="Adrenal clinic")
        lead.unit = self.unit
        lead.save()
        self.people["colleague"] = UserFactory(centre=lead.centre, unit=self.unit)
        self.representative = UserFactory(role="none", centre=lead.centre)
        give_role(self.representative, Role.REPRESENTATIVE, centre=lead.centre)

    def cover(self) -> None:
        today = clock.rights_day()
        days = {"valid_from": today, "valid_to": today + dt.timedelta(days=20)}
        hospitals.cover_unit(self.unit, reason="Holidays", by=self.representative, **days)
        self.model.covered = True

    def end_cover(self) -> None:
        hospitals.end_cover(UnitCover.objects.current()[0], by=self.representative)
        self.model.covered = False

    def lapse_cover(self) -> None:
        """Its last day has passed; nobody did anything."""
        yesterday = clock.rights_day() - dt.timedelta(days=1)
        UnitCover.objects.current()[0]
        UnitCover.objects.current().update(valid_from=yesterday, valid_to=yesterday)
        self.model.covered = False

    def leave_unit(self) -> None:
        accounts.move_to_unit(self.fresh("colleague"), unit=None, by=self.representative)
        self.model.in_unit = False

    def join_unit(self) -> None:
        accounts.move_to_unit(self.fresh("colleague"), unit=self.unit, by=self.representative)
        self.model.in_unit = True

    def end_colleague(self) -> None:
        accounts.end_role(self.held_by("colleague")[0], by=self.representative)
        self.model.colleague = False

    def make_colleague(self) -> None:
        if not self.model.colleague:
            accounts.grant_role(self.fresh("colleague"), Role.CLINICIAN, by=self.coordinator, centre=self.unit.centre)
            self.model.colleague = True
