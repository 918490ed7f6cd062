"""A mail that was given up, sent once more by the helpdesk."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from cpms import clock
from cpms.accounts.access import Refused
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.jobs import actions as jobs
from cpms.notifications import queries
from cpms.notifications.models import OutboxMessage
from cpms.notifications.notices import Notice
from cpms.notifications.states import UNSENT, MailState
from cpms.vault.cipher import CannotOpen

NOT_AGAIN = {
    MailState.SENT: "It has gone out already.",
    MailState.CANCELLED: "It was called off: what it tells is no longer so.",
    MailState.DIGESTED: "It is part of a daily mail.",
    **dict.fromkeys(UNSENT, "It is on its way."),
}


@transaction.atomic
def send_again(message: OutboxMessage, *, by: Any) -> None:
    """A mail that was given up goes out once more, as it was written and under the same Message-ID. Two people who press at once
    send one.

    Raises ``Refused`` for one that was not given up, and where what it tells is no longer true.
    """
    rows = OutboxMessage.objects.select_related("recipient").select_for_update(of=("self",))
    current = rows.get(pk=message.pk)
    if reason := why_not(current):
        raise Refused(reason)
    now = clock.now()
    current.state, current.due_at, current.not_before, current.lease_until = MailState.WAITING, now, now, None
    current.save(update_fields=["state", "due_at", "not_before", "lease_until"])
    audit.record(Event.MAIL_SENT_AGAIN, on=current, by=by, kind=current.notice)
    jobs.nudge_after_commit("notifications.dispatch_outbox")


def why_not(message: OutboxMessage) -> str:
    """Nothing while it was given up, its words are there, its reader sees what it leads to, and none came after it."""
    if message.state != MailState.GIVEN_UP:
        return NOT_AGAIN[MailState(message.state)]
    if not message.leads_somewhere:
        return "What it told of is over, or its link was for that mail alone. A new link comes from the page of its reader."
    try:
        link = message.link
    except CannotOpen:
        return "What it leads to is sealed under a key that is not here."
    if message.recipient is not None and not queries.concerns(message.recipient, link):
        return "Its reader does not see what it leads to any more."
    if message.notice != Notice.DIGEST and queries.has_later(message):
        return "A later mail says the same."
    return ""
