"""A mail as it is handed to the mail server."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from cpms.notifications import notices
from cpms.notifications.models import OutboxMessage
from cpms.notifications.notices import Notice

FOLD = 70  # signs of a line of a calendar file, the rest of it stands on the next


def compose(message: OutboxMessage, connection: Any) -> EmailMultiAlternatives:
    """Plain text, fixed words, our own Message-ID. A calendar entry stands beside the text, where programs look for what asks
    them (RFC 6047), and as a file for whoever opens it by hand; the file asks nothing, so no program reads it twice."""
    words = notices.WORDS[Notice(message.notice)]
    mail = EmailMultiAlternatives(
        subject=words.subject,
        body=notices.body(message.notice, ref=message.ref, path=message.link, lines=message.lines),
        to=[message.to],
        connection=connection,
        headers={"Message-ID": message.message_id, "Auto-Submitted": "auto-generated", **way_out(message)},
    )
    if message.calendar:
        method = "CANCEL" if "\r\nMETHOD:CANCEL\r\n" in message.calendar else "REQUEST"
        entry = addressed(message.calendar, message.to)
        mail.attach_alternative(entry, f"text/calendar; method={method}")
        mail.attach("cpms-meeting.ics", entry.encode(), "application/ics")
    return mail


def way_out(message: OutboxMessage) -> dict[str, str]:
    """Where its reader changes how such mails come (RFC 2369); none for what no preference holds back, but the daily mail."""
    notice = Notice(message.notice)
    if message.recipient is None or (notice in notices.ALWAYS_AT_ONCE and notice != Notice.DIGEST):
        return {}
    return {"List-Unsubscribe": f"<{settings.BASE_URL}{reverse('mails')}>"}


def addressed(calendar: str, address: str) -> str:
    """The entry with its reader as the only one invited (RFC 5546 asks for one): nobody's address goes to anybody else.

    No answer is asked for: who comes is seen by who joins.
    """
    line = f"ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=FALSE:mailto:{address}"
    folded = "\r\n ".join(line[start : start + FOLD] for start in range(0, len(line), FOLD))
    return calendar.replace("BEGIN:VEVENT\r\n", f"BEGIN:VEVENT\r\n{folded}\r\n")
