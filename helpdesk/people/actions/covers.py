"""A whole unit reads the panels of its clinicians for a time: switched on and off by who represents the hospital."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import transaction
from django.urls import reverse

from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts.access import Refused, ask
from cpms.accounts.models import Unit, UnitCover, User
from cpms.accounts.models.covers import LONGEST_COVER
from cpms.accounts.roles import Permission, Role
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice


@transaction.atomic
def cover_unit(unit: Unit, *, valid_from: dt.date, valid_to: dt.date, reason: str, by: Any) -> UnitCover:
    """Let every clinician of the unit read the panels of the others from one day to another, both counted. They all hear of it.

    Raises ``Refused`` for days that are over or too many, and while the unit is covered already."""
    accounts.hold_unit(unit)
    held = Unit.objects.select_related("centre").get(pk=unit.pk)
    if not (verdict := ask(Permission.CENTRE_COVER, by, held.centre)):
        raise Refused(verdict.reason)
    if not clock.rights_day() <= valid_from <= valid_to:
        raise Refused("The days lie ahead, and the last one does not come before the first.")
    if valid_to - valid_from > LONGEST_COVER:
        raise Refused(f"At most {LONGEST_COVER.days} days: cover for holidays ends by itself.")
    if held.covers.to_come().filter(valid_from__lte=valid_to, valid_to__gte=valid_from).exists():
        raise Refused("The whole unit may see on some of these days already. End that first.")
    cover = UnitCover(unit=held, valid_from=valid_from, valid_to=valid_to, reason=reason, given_by=by)
    cover.save()
    audit.record(Event.COVER_CHANGED, on=cover, by=by, verb="on")
    tell_unit(cover, verb="on", by=by)
    return cover


@transaction.atomic
def move_to_unit(person: User, *, unit: Unit | None, by: Any) -> None:
    """The unit a person works in. Where all of it may see its panels, now or soon, its clinicians hear that one more reads them,
    and a newcomer hears who reads the own ones."""
    accounts.hold_person(person)
    before = User.objects.values_list("unit", flat=True).get(pk=person.pk)
    accounts.move_to_unit(person, unit=unit, by=by)
    cover = None if unit is None or unit.pk == before else unit.covers.to_come().first()
    if unit is None or cover is None or not User.objects.filter(pk=person.pk).holding(Role.CLINICIAN).exists():
        return
    occasion, home = str(uuid.uuid4()), reverse("home")
    others = clinicians_of(unit).exclude(pk=person.pk)
    notifications.notify(others, notice=Notice.UNIT_JOINED, by=by, about=person, path=home, again=occasion)
    notifications.notify([person], notice=Notice.UNIT_COVER, by=by, about=cover, path=home, again=occasion)


@transaction.atomic
def end_cover(cover: UnitCover, *, by: Any) -> None:
    """The others of the unit see nothing more by it from the next request on."""
    row = UnitCover.objects.select_for_update(of=("self",)).select_related("unit__centre").get(pk=cover.pk)
    if not (verdict := ask(Permission.CENTRE_COVER, by, row.unit.centre)):
        raise Refused(verdict.reason)
    if row.ended_at is not None or row.valid_to < clock.rights_day():
        raise Refused("This is over already.")
    row.ended_at, row.ended_by = clock.now(), by
    row.save(update_fields=["ended_at", "ended_by"])
    audit.record(Event.COVER_CHANGED, on=row, by=by, verb="off")
    tell_unit(row, verb="off", by=by)


def clinicians_of(unit: Unit) -> Any:
    return User.objects.active().filter(unit=unit, centre=unit.centre_id).holding(Role.CLINICIAN)


def tell_unit(cover: UnitCover, *, verb: str, by: Any) -> None:
    """Every clinician of the unit: whose panels the others read, and who reads them."""
    people = clinicians_of(cover.unit)
    notifications.notify(people, notice=Notice.UNIT_COVER, by=by, about=cover, path=reverse("home"), again=verb)
