"""A hospital with a unit, for tests of what the whole unit sees."""

from __future__ import annotations

import datetime as dt

from cpms import clock
from cpms.accounts.models import Unit, UnitCover, User
from cpms.accounts.roles import Role
from cpms.patients.models import Patient
from helpdesk.people import actions
from panels.cases.models import Case, CaseFile
from panels.models import Panel
from tests.factories import Story, UserFactory, give_role


class House:
    """A panel whose lead works in a unit with a colleague, and who represents their hospital."""

    def __init__(self) -> None:
        self.story = Story("a")
        self.story.open()
        lead = self.story.lead
        self.unit = Unit.objects.create(centre=lead.centre, name="Adrenal clinic")
        User.objects.filter(pk=lead.pk).update(unit=self.unit)
        self.colleague = UserFactory(centre=lead.centre, unit=self.unit)
        self.representative = UserFactory(role="none", centre=lead.centre)
        give_role(self.representative, Role.REPRESENTATIVE, centre=lead.centre)

    def cover(self, *, begins: int = 0, lasts: int = 9, by=None) -> UnitCover:
        first = clock.rights_day() + dt.timedelta(days=begins)
        days = {"valid_from": first, "valid_to": first + dt.timedelta(days=lasts)}
        return actions.cover_unit(self.unit, reason="Holidays in August", by=by or self.representative, **days)

    def sees(self, person: User | None = None) -> list[bool]:
        """Panel, case, file, patient."""
        user = User.objects.get(pk=(person or self.colleague).pk)
        return [model.objects.visible_to(user).exists() for model in (Panel, Case, CaseFile, Patient)]
