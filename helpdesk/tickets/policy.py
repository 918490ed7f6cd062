"""Who asks the helpdesk, who answers, and what becomes of a ticket."""

from __future__ import annotations

from typing import Any

from cpms.accounts.access import Verdict, no, rule, yes
from cpms.accounts.roles import Permission, Role
from helpdesk.tickets.models import helpdesks, served_as_helpdesk
from helpdesk.tickets.states import PUBLISHED_AS

NOT_YOURS = "The helpdesk of the asker's network looks after this ticket."


def is_core(user: Any) -> bool:
    return Role.CORE_HELPDESK in user.held_roles()


def looks_after(user: Any, ticket: Any) -> bool:
    """The helpdesk of the ticket's network, and the core helpdesk once it was escalated; nobody looks after the own ticket."""
    if ticket.asker_id == user.pk:
        return False
    if is_core(user) and ticket.escalated_at is not None:
        return True
    return ticket.network_id is not None and served_as_helpdesk(user).filter(network=ticket.network_id).exists()


def has_helpdesk(ticket: Any) -> bool:
    """Whether somebody of the network's helpdesk, besides who asks, can look after it today."""
    return helpdesks().filter(network=ticket.network_id).exclude(user=ticket.asker_id).exists()


def words_there(ticket: Any) -> Verdict:
    return yes if ticket.key.destroyed_at is None else no("The words of this ticket were taken out.")


@rule(Permission.TICKET_LIST)
def may_list_tickets(_user: Any, _thing: Any = None) -> Verdict:
    return yes


@rule(Permission.TICKET_RAISE)
def may_raise_ticket(_user: Any, _thing: Any = None) -> Verdict:
    """Everybody who is signed in may need help."""
    return yes


@rule(Permission.TICKET_READ)
def may_read_ticket(_user: Any, _ticket: Any) -> Verdict:
    """Whoever sees it at all may read it."""
    return yes


@rule(Permission.TICKET_REPLY)
def may_reply(user: Any, ticket: Any) -> Verdict:
    """Whoever sees it. The asker's reply opens a closed ticket again; the helpdesk's does not."""
    if ticket.is_closed and ticket.asker_id != user.pk:
        return no("This ticket is closed. It opens again when who asked replies.")
    return words_there(ticket)


@rule(Permission.TICKET_ESCALATE)
def may_escalate(user: Any, ticket: Any) -> Verdict:
    if not looks_after(user, ticket):
        return no(NOT_YOURS)
    if ticket.escalated_at is not None:
        return no("This ticket lies with the core helpdesk already.")
    return may_reply(user, ticket)


@rule(Permission.TICKET_GIVE_BACK)
def may_give_back(user: Any, ticket: Any) -> Verdict:
    """It is the network's own affair after all."""
    if not is_core(user) or ticket.asker_id == user.pk or ticket.escalated_at is None:
        return no("This ticket does not lie with the core helpdesk, or is your own.")
    if not has_helpdesk(ticket):
        return no("There is no network's helpdesk that could look after it.")
    return may_reply(user, ticket)


@rule(Permission.TICKET_CONSULT)
def may_consult(user: Any, ticket: Any) -> Verdict:
    """Whoever looks after it asks the helpdesk of another network into the thread."""
    return may_reply(user, ticket) if looks_after(user, ticket) else no(NOT_YOURS)


@rule(Permission.TICKET_CLOSE)
def may_close(user: Any, ticket: Any) -> Verdict:
    if ticket.asker_id != user.pk and not looks_after(user, ticket):
        return no(NOT_YOURS)
    return no("This ticket is closed.") if ticket.is_closed else yes


@rule(Permission.TICKET_FORGET)
def may_forget(user: Any, ticket: Any) -> Verdict:
    """Something stands there that must not: who asked and who looks after it take the words out, for good."""
    if ticket.asker_id != user.pk and not looks_after(user, ticket):
        return no(NOT_YOURS)
    return words_there(ticket)


@rule(Permission.TICKET_LINK)
def may_link(user: Any, ticket: Any) -> Verdict:
    """Say which entry of the public page tells of it."""
    if not (verdict := may_publish(user)):
        return verdict
    return yes if ticket.kind in PUBLISHED_AS else no("Only bugs and change requests stand on the public page.")


@rule(Permission.STATUS_PUBLISH)
def may_publish(user: Any, _thing: Any = None) -> Verdict:
    return yes if is_core(user) else no("The public page is written by the core helpdesk.")


@rule(Permission.STATUS_CHANGE)
def may_change(user: Any, _entry: Any) -> Verdict:
    return may_publish(user)


@rule(Permission.STATUS_VOTE)
def may_vote(_user: Any, entry: Any) -> Verdict:
    return yes if entry.takes_votes else no("Votes are for change requests that are not decided yet.")
