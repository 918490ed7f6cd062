"""Networks, groups, centres: what they are called, whether a centre may open panels, which units it has."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction

from cpms import clock, locking
from cpms.accounts import policy, queries
from cpms.accounts.access import Refused, ask
from cpms.accounts.actions.roles import hold_where_they_work
from cpms.accounts.models import AdvocacyGroup, Centre, CentreMembership, Network, ThematicGroup, Unit, User
from cpms.accounts.roles import Permission
from cpms.accounts.states import NETWORKS
from cpms.audit import actions as audit
from cpms.audit.states import Event


@transaction.atomic
def load_networks(*, by: Any) -> int:
    """Every network of the table under its official name; gives how many were new. ``by`` is nobody at set-up."""
    known = set(Network.objects.values_list("code", flat=True))
    Network.objects.bulk_create(
        [Network(code=entry.code, name=entry.name, topic=entry.topic) for entry in NETWORKS],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "topic"],
    )
    made = sum(entry.code not in known for entry in NETWORKS)
    if made:
        audit.record(Event.PLACES_CHANGED, on=None, by=by, kind="network", count=made)
    return made


@transaction.atomic
def save_group(group: ThematicGroup, *, by: Any) -> ThematicGroup:
    """Write a new or changed thematic group down. There are two levels: a sub-group holds no groups of its own.

    Raises ``Refused`` for staff of other networks and for a third level.
    """
    if group.network not in policy.networks_served_by(by):
        raise Refused("Groups are arranged by the helpdesk of their own network.")
    parent = group.parent
    if parent is not None and (parent.parent_id or parent.network_id != group.network_id or parent.pk == group.pk):
        raise Refused("A sub-group belongs to a main group of the same network; there are two levels.")
    if parent is not None and group.pk and group.subgroups.exists():
        raise Refused("This group has sub-groups, so it stays a main group.")
    group.save()
    if parent is not None:
        parent.people.add(*group.people.all())
    audit.record(Event.PLACES_CHANGED, on=group, by=by, kind="group")
    return group


@transaction.atomic
def set_clearance(centre: Centre, *, cleared_on: dt.date | None, by: Any) -> None:
    """Say since when the hospital's data protection officer agrees, or that nobody agrees any more.

    Without clearance the centre opens no new panels from the next request on; running ones go on.
    """
    if not (verdict := ask(Permission.CENTRE_CLEAR, by, centre)):
        raise Refused(verdict.reason)
    centre.cleared_on = cleared_on
    centre.save(update_fields=["cleared_on"])
    audit.record(Event.CLEARANCE_SET, on=centre, by=by, verb="given" if cleared_on else "ended")


@transaction.atomic
def add_unit(centre: Centre, *, name: str, by: Any) -> Unit:
    """A unit of the hospital; the same name again gives the same unit."""
    if not (verdict := ask(Permission.CENTRE_READ, by, centre)):
        raise Refused(verdict.reason)
    unit, made = Unit.objects.get_or_create(centre=centre, name=name)
    if made:
        audit.record(Event.PLACES_CHANGED, on=centre, by=by, kind="unit")
    return unit


@transaction.atomic
def drop_unit(unit: Unit, *, by: Any) -> None:
    """Take a unit away that nobody belongs to any more; nobody is moved to it meanwhile."""
    if not (verdict := ask(Permission.CENTRE_READ, by, unit.centre)):
        raise Refused(verdict.reason)
    hold_unit(unit)
    if unit.people.exists():
        raise Refused("Somebody belongs to this unit; move them first.")
    if unit.covers.exists():
        raise Refused("The whole unit could see its panels once; that record is kept, and the unit with it.")
    centre = unit.centre
    unit.delete()
    audit.record(Event.PLACES_CHANGED, on=centre, by=by, kind="unit", verb="ended")


def hold_unit(unit: Unit) -> None:
    """Until commit nobody is moved to it, opens it to all of it, or takes it away. Raises ``Refused`` where it is gone."""
    if not locking.hold(Unit.objects.filter(pk=unit.pk)):
        raise Refused("This unit is not there any more.")


@transaction.atomic
def move_to_unit(person: User, *, unit: Unit | None, by: Any) -> None:
    """The unit a person works in: one of the hospital where the person works at this moment, or none. Nobody opens the unit's panels
    to all of it until commit."""
    hold_where_they_work(person)
    if unit is not None:
        hold_unit(unit)
    if not (verdict := ask(Permission.PERSON_MANAGE, by, person)):
        raise Refused(verdict.reason)
    if unit is not None and unit.centre_id != person.centre_id:
        raise Refused("This unit belongs to another hospital.")
    if (
        unit is not None
        and unit.covers.to_come().exists()
        and not (verdict := ask(Permission.CENTRE_COVER, by, unit.centre))
    ):
        raise Refused(f"All of this unit may see its panels. {verdict.reason}")
    person.unit = unit
    person.save(update_fields=["unit"])
    audit.record(Event.PROFILE_CHANGED, on=person, by=by, kind="unit")


@transaction.atomic
def add_centre(network: Network, *, name: str, city: str, country: str, kind: str, by: Any) -> Centre:
    """A hospital that joins a network; one that is known already by name, city and country gets one more network.

    Raises ``Refused`` for one that others look after."""
    centre = queries.centre_called(name, city, country)
    if centre is None:
        serve(network, by)
        centre = new_centre(name, city, country)
    place_centre(centre, network=network, kind=kind, by=by)
    return centre


def new_centre(name: str, city: str, country: str) -> Centre:
    """Of two who add it at one moment the later gets the earlier's."""
    centre = Centre(name=name, city=city, country=country)
    try:
        with transaction.atomic():
            centre.save()
    except IntegrityError:
        return Centre.objects.get(name=name, city=city, country=country)
    return centre


@transaction.atomic
def place_centre(
    centre: Centre, *, network: Network, kind: str, by: Any, until: dt.date | None = None, confirmed_by: Any = None
) -> None:
    """Say as what the hospital belongs to the network, and until when; without a day it stays. By who serves that network.

    ``confirmed_by`` serves a network that the hospital belongs to already: a hospital that others look after joins by two.
    """
    serve(network, by)
    if not (verdict := policy.may_take_up(confirmed_by or by, centre)):
        raise Refused(verdict.reason)
    anew = {
        "kind": kind,
        "since": clock.rights_day(),
    }  # a later day in the person's own zone would hide it until UTC's midnight
    place, _made = CentreMembership.objects.get_or_create(centre=centre, network=network, defaults=anew)
    place.kind, place.until = CentreMembership.Kind(kind), until
    if until is not None and until < place.since:
        raise Refused("This day lies before the hospital joined.")
    place.save(update_fields=["kind", "until"])
    audit.record(Event.PLACES_CHANGED, on=centre, by=by, kind="membership", verb="ended" if until else "given")


@transaction.atomic
def describe_centre(centre: Centre, *, name: str, city: str, country: str, version: int | None, by: Any) -> None:
    """Correct what a hospital is called and where it stands. Raises ``Clash`` when somebody else was faster."""
    if not (verdict := ask(Permission.CENTRE_CLEAR, by, centre)):
        raise Refused(verdict.reason)
    if queries.centre_called(name, city, country, besides=centre) is not None:
        raise Refused("There is a hospital of this name in this city already.")
    locking.claim(centre, version, {"name": name, "city": city, "country": country})
    centre.name, centre.city, centre.country = name, city, country
    centre.save(update_fields=["name", "city", "country"])
    audit.record(Event.PLACES_CHANGED, on=centre, by=by, kind="centre", saved=centre.version)


@transaction.atomic
def save_advocacy_group(group: AdvocacyGroup, *, by: Any) -> AdvocacyGroup:
    """Write a new or changed patient organisation of a network down."""
    serve(group.network, by)
    group.save()
    audit.record(Event.PLACES_CHANGED, on=group, by=by, kind="advocacy")
    return group


def serve(network: Network, by: Any) -> None:
    if not (verdict := policy.may_serve(by, network)):
        raise Refused(verdict.reason)
