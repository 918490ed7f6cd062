"""A ticket from the first words to the close. Every change of state holds the row; who is to answer has a work item."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from cpms import clock
from cpms.accounts.access import Refused, Verdict
from cpms.accounts.models import Network
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.drafts import actions as drafts
from cpms.locking import hold
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from cpms.notifications.states import Settled, Verb
from cpms.vault import actions as vault
from helpdesk.tickets import policy, queries
from helpdesk.tickets.models import Consultation, Reply, Ticket
from helpdesk.tickets.queries import Where
from helpdesk.tickets.states import WAITING, TicketState

WANTED_IN = dt.timedelta(days=2)


def need(verdict: Verdict) -> None:
    if not verdict:
        raise Refused(verdict.reason)


def locked(ticket: Ticket) -> Ticket:
    """The same ticket, held until commit and read afterwards, its key as well."""
    hold(Ticket.objects.filter(pk=ticket.pk))
    return Ticket.objects.with_surroundings().get(pk=ticket.pk)


@transaction.atomic
def raise_ticket(kind: str, *, text: str, network: Network | None, by: Any, where: Where | None = None) -> Ticket:
    """Ask the helpdesk of one of one's networks. Without a network, or where it has nobody, the core helpdesk is asked."""
    need(policy.may_raise_ticket(by))
    if network is not None and not queries.networks_for(by).filter(pk=network.pk).exists():
        raise Refused("This is no network of yours.")
    where = where or Where()
    ticket = Ticket(key=vault.new_key(), kind=kind, asker=by, network=network)
    ticket.text, ticket.route, ticket.panel_ref = text, where.route, where.panel_ref
    if not policy.has_helpdesk(ticket):
        lift(ticket, by=by)
    ticket.save(force_insert=True)
    audit.record(Event.TICKET_RAISED, on=ticket, by=by, kind=kind)
    put_before(queries.answering(ticket), ticket, by=by)
    return ticket


@transaction.atomic
def reply(ticket: Ticket, *, text: str, by: Any, among_staff: bool = False) -> Reply:
    """The asker asks again; a helpdesk answers, or writes ``among_staff`` what the asker is not shown."""
    current = locked(ticket)
    need(policy.may_reply(by, current))
    said = Reply(ticket=current, key=current.key, author=by)
    said.text, said.among_staff = text, among_staff and by.pk != current.asker_id
    said.save(force_insert=True)
    if by.pk == current.asker_id:
        ask_again(current, by=by, again=str(said.pk))
    elif said.among_staff:
        answer_consultation(current, by=by)
        tell(queries.staff_in(current), Notice.TICKET_WAITING, current, by=by, again=str(said.pk))
    else:
        answer_consultation(current, by=by)
        answered(current, by=by, again=str(said.pk))
    audit.record(Event.TICKET_ANSWERED, on=current, by=by)
    return said


def ask_again(ticket: Ticket, *, by: Any, again: str) -> None:
    """It waits for who answered, once more."""
    ticket.state = TicketState.OPEN
    ticket.moved_at, ticket.closed_at, ticket.closed_by = clock.now(), None, None
    if ticket.escalated_at or not policy.has_helpdesk(ticket):
        lift(ticket, by=by)
    ticket.save()
    put_before(queries.answering(ticket), ticket, by=by, again=again)


def answered(ticket: Ticket, *, by: Any, again: str) -> None:
    ticket.state = TicketState.ANSWERED
    ticket.moved_at, ticket.first_answer_at = clock.now(), ticket.first_answer_at or clock.now()
    ticket.save(update_fields=["state", "moved_at", "first_answer_at"])
    put_down(ticket, how=Settled.DONE)
    tell([ticket.asker], Notice.TICKET_MOVED, ticket, by=by, again=again)


def answer_consultation(ticket: Ticket, *, by: Any) -> None:
    """Whose helpdesk was consulted has said something."""
    asked = list(queries.consulted_as(by, ticket))
    for consultation in asked:
        consultation.answered_at, consultation.answered_by = clock.now(), by
        consultation.save(update_fields=["answered_at", "answered_by"])
    for person in queries.helpdesk_of([consultation.network_id for consultation in asked]):
        notifications.settle_work(person, Verb.TICKET, on=ticket)


@transaction.atomic
def escalate(ticket: Ticket, *, by: Any) -> Ticket:
    """The core helpdesk sees it from now on, and answers; the network's keeps sight."""
    current = locked(ticket)
    need(policy.may_escalate(by, current))
    hand_up(current, by=by)
    audit.record(Event.TICKET_ESCALATED, on=current, by=by)
    return current


def lift(ticket: Ticket, *, by: Any) -> None:
    """It lies with the core helpdesk, since now or since before."""
    ticket.state, ticket.moved_at = TicketState.ESCALATED, clock.now()
    ticket.escalated_at, ticket.escalated_by = ticket.escalated_at or clock.now(), ticket.escalated_by or by


def hand_up(ticket: Ticket, *, by: Any) -> None:
    lift(ticket, by=by)
    ticket.save(update_fields=["state", "moved_at", "escalated_at", "escalated_by"])
    put_down(ticket, how=Settled.DONE)
    put_before(queries.answering(ticket), ticket, by=by, again=f"escalated-{ticket.moved_at.isoformat()}")


@transaction.atomic
def give_back(ticket: Ticket, *, by: Any) -> Ticket:
    """The network's helpdesk answers it after all; the core helpdesk sees it no longer."""
    current = locked(ticket)
    need(policy.may_give_back(by, current))
    current.state, current.moved_at, current.escalated_at, current.escalated_by = (
        TicketState.OPEN,
        clock.now(),
        None,
        None,
    )
    current.save(update_fields=["state", "moved_at", "escalated_at", "escalated_by"])
    put_down(current, how=Settled.DONE)
    put_before(queries.answering(current), current, by=by, again=f"back-{current.moved_at.isoformat()}")
    audit.record(Event.TICKET_GIVEN_BACK, on=current, by=by)
    return current


def look_after_tickets(*, by: Any) -> None:
    """Once a day: a ticket whose helpdesk has gone lies with the core helpdesk, and nobody who came since is left out."""
    for ticket in Ticket.objects.waiting():
        look_after(ticket, by=by)


@transaction.atomic
def look_after(ticket: Ticket, *, by: Any) -> None:
    current = locked(ticket)
    if current.state == TicketState.OPEN and not policy.has_helpdesk(current):
        hand_up(current, by=by or current.asker)
        audit.record(Event.TICKET_ESCALATED, on=current, by=by)
    elif current.state in WAITING:
        put_before(queries.not_asked(current), current, by=by, again=clock.today().isoformat())


@transaction.atomic
def consult(ticket: Ticket, *, network: Network, by: Any) -> Consultation:
    """Ask the helpdesk of another network into the thread. The asker sees that it was asked."""
    current = locked(ticket)
    need(policy.may_consult(by, current))
    if not queries.others_to_consult(current).filter(pk=network.pk).exists():
        raise Refused("The helpdesk of this network is in the thread, or has nobody to ask.")
    asked = Consultation.objects.create(ticket=current, network=network, asked_by=by)
    put_before(list(queries.helpdesk_of([network.pk])), current, by=by, again=f"consulted-{network.pk}")
    audit.record(Event.TICKET_CONSULTED, on=current, by=by)
    return asked


@transaction.atomic
def close_ticket(ticket: Ticket, *, by: Any) -> Ticket:
    """It is settled. A reply of the asker opens it again."""
    current = locked(ticket)
    need(policy.may_close(by, current))
    shut(current, by=by)
    audit.record(Event.TICKET_CLOSED, on=current, by=by)
    return current


@transaction.atomic
def forget_words(ticket: Ticket, *, by: Any) -> Ticket:
    """Something stood there that must not: text and replies go dark for good, and what is half-written about it goes."""
    current = locked(ticket)
    need(policy.may_forget(by, current))
    if not current.is_closed:
        shut(current, by=by)
    vault.destroy_key(current.key)
    drafts.forget_about([str(current.pk)])
    audit.record(Event.TICKET_FORGOTTEN, on=current, by=by)
    return current


def shut(ticket: Ticket, *, by: Any) -> None:
    now = clock.now()
    ticket.state = TicketState.CLOSED
    ticket.moved_at, ticket.closed_at, ticket.closed_by = now, now, by
    ticket.save(update_fields=["state", "moved_at", "closed_at", "closed_by"])
    put_down(ticket, how=Settled.CANCELLED)
    tell([ticket.asker], Notice.TICKET_MOVED, ticket, by=by, again=f"closed-{now.isoformat()}")


def put_before(people: Iterable[Any], ticket: Ticket, *, by: Any, again: str = "") -> None:
    """It waits for each of them, and they are told; the first who answers settles it for all."""
    people, due = list(people), clock.now() + WANTED_IN
    notifications.open_for(people, Verb.TICKET, on=ticket, ref=ticket.ref, path=ticket.get_absolute_url(), due_at=due)
    tell(people, Notice.TICKET_WAITING, ticket, by=by, again=again)


def put_down(ticket: Ticket, *, how: Settled) -> None:
    notifications.settle_all(ticket, Verb.TICKET, how=how)


def tell(people: Iterable[Any], notice: Notice, ticket: Ticket, *, by: Any, again: str = "") -> None:
    notifications.notify(
        people, notice=notice, by=by, about=ticket, ref=ticket.ref, path=ticket.get_absolute_url(), again=again
    )
