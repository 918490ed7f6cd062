"""Hospitals join networks: a new one at once, one that others look after once somebody there confirms it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import transaction
from django.urls import reverse

from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts import policy as accounts_policy
from cpms.accounts import queries as accounts_queries
from cpms.accounts.access import Refused
from cpms.accounts.models import Centre, Network
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.locking import hold
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from cpms.notifications.states import Settled, Verb
from helpdesk.people import policy
from helpdesk.people.actions.two_people import decide
from helpdesk.people.models import PlaceProposal
from helpdesk.people.states import ProposalState

DECIDE_WITHIN = dt.timedelta(days=7)


@transaction.atomic
def take_up_centre(
    network: Network, *, name: str, city: str, country: str, kind: str, by: Any, until: dt.date | None = None
) -> tuple[Centre, PlaceProposal | None]:
    """The hospital of this name, and the proposal where others look after it: then it is none of the network's yet."""
    centre = accounts_queries.centre_called(name, city, country)
    if centre is None:
        return accounts.add_centre(network, name=name, city=city, country=country, kind=kind, by=by), None
    return centre, place_or_ask(centre, network=network, kind=kind, until=until, by=by)


@transaction.atomic
def place_or_ask(
    centre: Centre, *, network: Network, kind: str, by: Any, until: dt.date | None = None
) -> PlaceProposal | None:
    """Say as what the hospital belongs to the network; where others look after it, ask them. Asking twice is asking once."""
    hold(Centre.objects.filter(pk=centre.pk), no_key=True)
    if accounts_policy.may_take_up(by, centre):
        accounts.place_centre(centre, network=network, kind=kind, until=until, by=by)
        return None
    if not (verdict := accounts_policy.may_serve(by, network)):
        raise Refused(verdict.reason)
    waiting: PlaceProposal | None = PlaceProposal.objects.waiting().filter(centre=centre, network=network).first()
    return waiting or ask_for_centre(centre, network, kind=kind, by=by)


def ask_for_centre(centre: Centre, network: Network, *, kind: str, by: Any) -> PlaceProposal:
    mine = {"centre": centre, "network": network}
    for key in PlaceProposal.objects.lapsed().filter(**mine).values_list("pk", flat=True):
        end_place(key, by=None)
    proposal: PlaceProposal = PlaceProposal.objects.create(**mine, kind=kind, asked_by=by)
    audit.record(Event.PLACE_ASKED, on=centre, by=by)
    path, due_at = centre.get_absolute_url(), clock.now() + DECIDE_WITHIN
    deciders = list(accounts_queries.overseers_of(centre))
    notifications.open_for(
        deciders, Verb.CONFIRM_PLACE, on=proposal, ref="Hospital asked for", path=path, due_at=due_at
    )
    told = {person.pk: person for person in [*deciders, *accounts_queries.representatives_of(centre)]}
    notifications.notify(told.values(), notice=Notice.PLACE_ASKED, by=by, about=proposal, path=path)
    return proposal


def locked(proposal: PlaceProposal, *, by: Any) -> PlaceProposal:
    """The proposal, held until commit, if ``by`` may decide it."""
    rows = PlaceProposal.objects.select_related("centre", "network", "asked_by")
    current: PlaceProposal = rows.select_for_update(of=("self",)).get(pk=proposal.pk)
    if not (verdict := policy.may_confirm_place(by, current)):
        raise Refused(verdict.reason)
    return current


@transaction.atomic
def confirm_place(proposal: PlaceProposal, *, by: Any) -> None:
    """The hospital belongs to the network from now on."""
    current = locked(proposal, by=by)
    if not (verdict := policy.still_asked(current, accounts_policy.may_serve(current.asked_by, current.network))):
        raise Refused(verdict.reason)
    settle(current, ProposalState.CONFIRMED, by=by)
    accounts.place_centre(
        current.centre, network=current.network, kind=current.kind, by=current.asked_by, confirmed_by=by
    )


@transaction.atomic
def drop_place(proposal: PlaceProposal, *, by: Any) -> None:
    """Somebody of the hospital's networks says no."""
    settle(locked(proposal, by=by), ProposalState.DROPPED, by=by)


@transaction.atomic
def take_place_back(proposal: PlaceProposal, *, by: Any) -> None:
    """Whoever asked, or who serves the network that asks, wants the hospital no more. Nobody needs to decide it."""
    rows = PlaceProposal.objects.select_related("centre", "network", "asked_by")
    current: PlaceProposal = rows.select_for_update(of=("self",)).get(pk=proposal.pk)
    if not (verdict := policy.may_take_place_back(by, current)):
        raise Refused(verdict.reason)
    settle(current, ProposalState.DROPPED, by=by)


def end_lapsed_places(*, by: Any) -> int:
    """Hospitals that were asked for, and nobody decided it in time; gives how many. ``by`` is nobody."""
    return sum(end_place(key, by=by) for key in PlaceProposal.objects.lapsed().values_list("pk", flat=True))


@transaction.atomic
def end_place(key: uuid.UUID, *, by: Any) -> int:
    rows: Any = PlaceProposal.objects.lapsed().select_related("centre", "asked_by").select_for_update(of=("self",))
    proposal = rows.filter(pk=key).first()
    if proposal is None:
        return 0
    settle(proposal, ProposalState.DROPPED, by=by)
    return 1


def settle(proposal: PlaceProposal, state: ProposalState, *, by: Any) -> None:
    """Whoever asked hears of it, and who represents the hospital. Where nobody decided it, it stands as by who asked."""
    decide(proposal, state, by=by or proposal.asked_by)
    notifications.settle_all(proposal, Verb.CONFIRM_PLACE, how=Settled.DONE)
    audit.record(Event.PLACE_DECIDED, on=proposal.centre, by=by, verb=str(state))
    people = [proposal.asked_by, *accounts_queries.representatives_of(proposal.centre)]
    path = reverse("people:centres")
    notifications.notify(people, notice=Notice.PLACE_DECIDED, by=by, about=proposal, path=path)
