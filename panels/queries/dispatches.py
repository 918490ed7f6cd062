"""Panels put before groups and networks. Constant query counts, whatever the size."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from consent.models import care_consent
from cpms.accounts import queries as accounts
from cpms.accounts.models import Membership, User
from cpms.accounts.roles import COORDINATING_ROLES
from cpms.notifications.models import WorkItem
from cpms.notifications.states import Settled, Verb
from panels.models import Dispatch, Invitation, Panel, Referral
from panels.queries.answers import replies_of
from panels.queries.page import Seat, under_one_key
from panels.states import DispatchState, Rung, State

SURROUNDINGS: dict[type, tuple[str, ...]] = {
    Dispatch: ("network", "group__parent", "panel__case"),
    Referral: ("network", "group__parent"),
}


def dispatches(user: Any) -> QuerySet[Dispatch]:
    """What waits for the groups and networks the person coordinates, the oldest first."""
    return Dispatch.objects.for_coordinator(user).waiting().with_surroundings().order_by("asked_at")


def decided(user: Any) -> QuerySet[Dispatch]:
    """What was decided of running panels, the latest first."""
    rows = Dispatch.objects.for_coordinator(user).exclude(state__in=[DispatchState.ENDED, DispatchState.WAITING])
    return rows.with_surroundings().order_by("-decided_at")


def addressed(panel: Panel) -> list[Dispatch]:
    """The way of a panel through groups and networks, in the order it went."""
    rows = Dispatch._base_manager.filter(panel=panel).select_related("network", "group", "decided_by", "asked_by")
    return under_one_key(panel.key, list(rows.order_by("asked_at")))


def unattended(rows: Any, verb: Verb) -> list[Any]:
    """Of what lies with groups and networks: what waits for none of those who coordinate there today, where somebody does."""
    there = list(rows.select_related(*SURROUNDINGS[rows.model]))
    waits_for, people = defaultdict[Any, set[Any]](set), dict[Any, set[Any]]()
    items = WorkItem.objects.open().filter(verb=verb, subject_id__in=[row.pk for row in there])
    for subject, who in items.order_by().values_list("subject_id", "who"):
        waits_for[subject].add(who)
    for row in there:
        if (row.network_id, row.group_id) not in people:
            today = accounts.coordinators_for(row.network, row.group)
            people[row.network_id, row.group_id] = {person.pk for person in today}
    ours = ((row, people[row.network_id, row.group_id]) for row in there)
    return [row for row, today in ours if today and not today & waits_for[row.pk]]


def left_with_past_coordinators() -> QuerySet[WorkItem]:
    """What waits for people as coordinators who hold no such role today: it may have ended with a day, which nobody says."""
    held = Membership.objects.current().filter(user=OuterRef("who"), role__in=COORDINATING_ROLES)
    return WorkItem.objects.open().filter(~Exists(held), verb__in=[Verb.DISPATCH, Verb.HELP, Verb.REFERRAL])


def help_left() -> QuerySet[Dispatch]:
    """Where coordinators were asked for help, nobody of them gave it, and there is too little advice still."""
    asked = WorkItem.objects.filter(verb=Verb.HELP, subject_id=OuterRef("pk"))
    climbed = {"panel__state": State.OPEN, "panel__escalated": Rung.COORDINATOR}
    rows = Dispatch.objects.live().filter(care_consent("panel__case__patient"), Exists(asked), **climbed)
    rows = rows.exclude(Exists(asked.filter(settled_how=Settled.DONE)))
    quorums = dict(rows.order_by().values_list("panel", "panel__quorum"))
    said = replies_of(quorums)
    return rows.filter(panel__in=[key for key, quorum in quorums.items() if said.get(key, 0) < quorum])


def proposed(panel: Panel) -> list[User]:
    """People whom coordinators named and who were not asked yet."""
    named = Dispatch.objects.filter(panel=panel).values("proposed")
    asked = Invitation.objects.filter(panel=panel).values("invitee")
    people = User.objects.active().filter(pk__in=named).exclude(pk__in=asked).exclude(pk=panel.lead_id)
    return list(people.select_related("centre").order_by("display_name"))


def is_cross_border(panel: Panel, seats: list[Seat]) -> bool:
    """Whether anybody who is asked or in works in another country than the lead."""
    home = panel.lead.centre.country if panel.lead.centre else panel.lead.country
    people = (seat.invitation.shown for seat in seats if seat.invitation.state in {"pending", "accepted"})
    return any((person.centre.country if person.centre else person.country) != home for person in people)
