"""The public page of bugs and change requests: the core helpdesk's own words, and everybody's votes."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from cpms import clock
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.locking import claim
from cpms.notifications.notices import Notice
from helpdesk.tickets import policy
from helpdesk.tickets.actions.answering import locked, need, tell
from helpdesk.tickets.models import StatusEntry, Ticket, Vote


@transaction.atomic
def publish(kind: str, *, title: str, words: str, state: str, by: Any, ticket: Ticket | None = None) -> StatusEntry:
    """Tell of a bug or a change request. Of the ``ticket`` it came from nothing goes along."""
    need(policy.may_publish(by))
    said = {"title": title, "words": words, "state": state}
    entry = StatusEntry.objects.create(kind=kind, published_by=by, **said)
    audit.record(Event.STATUS_CHANGED, on=entry, by=by, to=state)
    if ticket is not None:
        link_ticket(ticket, entry=entry, by=by)
    return entry


@transaction.atomic
def link_ticket(ticket: Ticket, *, entry: StatusEntry, by: Any) -> Ticket:
    """The entry tells of this ticket, too; its asker hears when the entry moves."""
    current = locked(ticket)
    need(policy.may_link(by, current))
    current.entry = entry
    current.save(update_fields=["entry"])
    tell([current.asker], Notice.TICKET_MOVED, current, by=by, again=f"entry-{entry.pk}")
    audit.record(Event.STATUS_CHANGED, on=current, by=by)
    return current


@transaction.atomic
def change_entry(
    entry: StatusEntry, *, version: int | None, title: str, words: str, state: str, by: Any
) -> StatusEntry:
    """Say it in other words, or that it moved: then the askers of its tickets are told."""
    need(policy.may_change(by, entry))
    claim(entry, version, {"title": title, "words": words, "state": state})
    before = entry.state
    entry.title, entry.words, entry.changed_at = title, words, clock.now()
    entry.state = state
    entry.save(update_fields=["title", "words", "state", "changed_at"])
    if state != before:
        for ticket in entry.tickets.select_related("asker"):
            tell([ticket.asker], Notice.TICKET_MOVED, ticket, by=by, again=f"{entry.pk}-{entry.version}")
    audit.record(Event.STATUS_CHANGED, on=entry, by=by, to=state)
    return entry


@transaction.atomic
def vote(entry: StatusEntry, *, wanted: bool, by: Any) -> None:
    """One vote for each person; it can be taken back."""
    current = StatusEntry.objects.select_for_update().get(pk=entry.pk)
    need(policy.may_vote(by, current))
    if wanted:
        Vote.objects.get_or_create(entry=current, who=by)
    else:
        Vote.objects.filter(entry=current, who=by).delete()
    audit.record(Event.STATUS_VOTED, on=current, by=by)
