"""Tickets as their readers need them, and whom they go to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Cast

from cpms.accounts import queries as accounts
from cpms.accounts.access import walk
from cpms.accounts.models import Network, User
from cpms.accounts.roles import HELPDESK_ROLES, Role
from cpms.notifications.models import WorkItem
from cpms.notifications.states import Verb
from cpms.terminology.folding import begins_each, fold_name
from helpdesk.tickets.models import Consultation, Reply, StatusEntry, Ticket, Vote, helpdesks, served_as_helpdesk
from helpdesk.tickets.states import EntryState, TicketState
from panels.models import Panel

PAGE, LATEST, LOOKED_THROUGH, MOST_WORDS = 25, 20, 300, 6
ASKER = ("display_name", "centre__name")
NUMBER = re.compile(r"(?:T-)?([0-9A-F]{6})", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Where:
    """The page from which help is asked for, and the panel that the person saw there."""

    route: str = ""
    panel: Panel | None = None

    @property
    def panel_ref(self) -> str:
        return self.panel.ref if self.panel is not None else ""


@cache
def route_names() -> frozenset[str]:
    return frozenset(name for name, _address, _pattern in walk())


def where(user: Any, *, route: str, panel: str) -> Where:
    """What an address says of the page before, as far as it is true: a route of ours, a panel that the person sees now."""
    seen = Panel.objects.visible_to(user).select_related(None).filter(ref=panel).only("ref", "network").first()
    return Where(route if route in route_names() else "", seen if panel else None)


def networks_for(user: Any) -> QuerySet[Network]:
    """Whose helpdesk a person turns to: the networks of the hospital and of the own roles; a guest's are those of the panels
    that the guest sees. The helpdesk of one network asks that of any other."""
    held = user.memberships.current()
    of_roles = Q(pk__in=held.values("network")) | Q(pk__in=held.values("group__network"))
    own = Q(pk__in=accounts.networks_of(user).order_by().values("pk"))
    as_guest = Q(pk__in=[]) if user.centre_id else Q(pk__in=Panel.objects.visible_to(user).order_by().values("network"))
    others = Q(pk__in=served_by_somebody()) if user.held_roles() & HELPDESK_ROLES else Q(pk__in=[])
    return Network.objects.filter(own | of_roles | as_guest | others).order_by("code")


def served_by_somebody() -> QuerySet[Any, Any]:
    """Keys of the networks that have a helpdesk today."""
    return helpdesks().values("network")


def helpdesk_of(networks: Iterable[Any]) -> QuerySet[User]:
    """Who is the helpdesk of one of the networks today; the core helpdesk is nobody's."""
    return User.objects.filter(pk__in=helpdesks().filter(network__in=list(networks)).values("user"))


def core_helpdesk() -> QuerySet[User]:
    return User.objects.active().holding(Role.CORE_HELPDESK)


def answering(ticket: Ticket) -> list[User]:
    """Who is to answer now."""
    found = core_helpdesk() if ticket.state == TicketState.ESCALATED else helpdesk_of([ticket.network_id])
    return [person for person in found if person.pk != ticket.asker_id]


def not_asked(ticket: Ticket) -> list[User]:
    """Who is to answer and does not know it: they came after it was put before the others."""
    asked = set(WorkItem.objects.open().about(ticket).filter(verb=Verb.TICKET).values_list("who", flat=True))
    return [person for person in answering(ticket) if person.pk not in asked]


def staff_in(ticket: Ticket) -> list[User]:
    """Everybody of a helpdesk who sees the ticket, without the asker."""
    networks = [ticket.network_id, *ticket.consultations.values_list("network", flat=True)]
    found = {person.pk: person for person in helpdesk_of(key for key in networks if key)}
    if ticket.escalated_at is not None:
        found |= {person.pk: person for person in core_helpdesk()}
    return [person for person in found.values() if person.pk != ticket.asker_id]


def own(user: Any) -> QuerySet[Ticket]:
    """What the person asked: what is not closed first."""
    return in_order(Ticket.objects.visible_to(user).filter(asker=user))


def of_helpdesk(user: Any) -> QuerySet[Any]:
    """Others' tickets that the person sees as helpdesk: those that wait for it first, the longest wait before the others."""
    waits = Ticket.objects.waiting_for(user).values("pk")
    rows: Any = Ticket.objects.visible_to(user).exclude(asker=user)
    rows = rows.annotate(waits=Case(When(pk__in=waits, then=Value(1)), default=Value(0)))
    order: list[Any] = ["-waits", F("closed_at").desc(nulls_first=True), "moved_at", "pk"]
    return in_order(rows).order_by(*order)


def in_order(rows: QuerySet[Ticket]) -> QuerySet[Ticket]:
    rows = rows.select_related("key", "asker__centre", "network", "entry")
    return rows.order_by(F("closed_at").desc(nulls_first=True), "-moved_at", "pk")


def search(rows: QuerySet[Ticket], text: str) -> list[Ticket]:
    """Those that hold every word, the newest first, at most a page of them and one more. Number, panel and entry of the public
    page are searched in the database, who asked by the folded name; what was asked is sealed, and opened for the newest alone. Replies are never searched."""
    newest, words = rows.order_by("-raised_at", "pk"), fold_name(text).split()[:MOST_WORDS]
    if not words:
        return []
    askers = accounts.written(User.objects.filter(pk__in=rows.order_by().values("asker")), *ASKER)
    plainly = Q()
    for word in text.split()[:MOST_WORDS]:
        plainly &= Q(asker__in=accounts.holding(askers, word)) | written_plainly(word)
    found: dict[Any, Ticket] = {
        ticket.pk: ticket for ticket in newest.annotate(number=Cast("pk", CharField())).filter(plainly)[: PAGE + 1]
    }
    found |= {ticket.pk: ticket for ticket in newest[:LOOKED_THROUGH] if begins_each(words, readable(ticket))}
    return sorted(found.values(), key=lambda ticket: ticket.raised_at, reverse=True)[: PAGE + 1]


def written_plainly(word: str) -> Q:
    """Tickets that hold the word in number, panel or entry."""
    number = NUMBER.fullmatch(word)
    numbered = Q(number__istartswith=number[1]) if number else Q(pk__in=[])
    return numbered | Q(panel_ref__icontains=word) | Q(entry__title__icontains=word)


def readable(ticket: Ticket) -> str:
    """What a reader of the list reads of it, folded."""
    entry = ticket.entry.title if ticket.entry else ""
    network = f"{ticket.network.code} {ticket.network.name}" if ticket.network else ""
    hospital = ticket.asker.centre.name if ticket.asker.centre else ""
    words = (ticket.ref, ticket.text or "", ticket.get_kind_display(), ticket.asker.display_name)
    return fold_name(" ".join((*words, hospital, network, ticket.panel_ref, entry)))


def thread(ticket: Ticket, *, reader: Any, latest: int | None) -> tuple[list[Reply], int]:
    """The latest so many replies, oldest first (all with ``None``), and how many there are; the asker's without those among
    helpdesks."""
    rows = ticket.replies.select_related("author__centre", "key").order_by("-at")
    rows = rows.filter(among_staff=False) if reader.pk == ticket.asker_id else rows
    return list(rows[:latest])[::-1], rows.count()


def others_to_consult(ticket: Ticket) -> QuerySet[Network]:
    """Networks whose helpdesk is not in the thread and has somebody to ask."""
    rows = Network.objects.filter(pk__in=served_by_somebody()).exclude(tickets=ticket)
    return rows.exclude(pk__in=ticket.consultations.values("network")).order_by("code")


def consulted(ticket: Ticket) -> list[Consultation]:
    return list(ticket.consultations.select_related("network"))


def consulted_as(user: Any, ticket: Ticket) -> QuerySet[Consultation]:
    """The open consultations of this ticket that the person answers by replying."""
    return ticket.consultations.filter(network__in=served_as_helpdesk(user), answered_at=None)


PLACE = Case(*(When(state=state, then=Value(n)) for n, state in enumerate(EntryState)), default=Value(9))


def entries(user: Any) -> QuerySet[StatusEntry]:
    """The public page: what is in work first, then by votes. ``voted`` says whether this person did; nobody's for strangers."""
    mine = Vote.objects.filter(entry=OuterRef("pk"), who=user.pk if user.is_authenticated else None)
    rows = StatusEntry.objects.annotate(number=Count("votes"), voted=Exists(mine), place=PLACE)
    return rows.order_by("place", "-number", "-changed_at", "pk")


def entries_for(ticket: Ticket) -> QuerySet[StatusEntry]:
    """Entries that may tell of this ticket, without the one that does."""
    return StatusEntry.objects.filter(kind=ticket.kind).exclude(tickets=ticket).order_by("title")
