"""What can wait for somebody, how long until a reminder, and the life of a mail. Tables only."""

from __future__ import annotations

import datetime as dt

from django.db import models


class Verb(models.TextChoices):
    """The next action; the text is the button's."""

    ANSWER = "answer", "Answer"
    REPLY = "reply", "Reply"
    ADD_DATA = "add_data", "Add data"
    FINISH_DRAFT = "finish_draft", "Finish"
    WRITE_OUTCOME = "write_outcome", "Write outcome"
    SIGN = "sign", "Sign"
    CLOSE = "close", "Close panel"
    REVIVE = "revive", "Look after"
    DECIDE = "decide", "Decide"


def verb_choices() -> list[tuple[str, str]]:
    """By reference, so that a new verb is no migration."""
    return Verb.choices


class Settled(models.TextChoices):
    DONE = "done", "done"
    CANCELLED = "cancelled", "no longer needed"


class Pace(models.TextChoices):
    """When a person wants to hear of what is not urgent."""

    AT_ONCE = "at_once", "At once"
    DAILY = "daily", "One mail a day"
    OFF = "off", "Only what is asked of me"


class MailState(models.TextChoices):
    WAITING = "waiting", "waiting"
    HELD = "held", "held for the daily mail"
    DIGESTED = "digested", "part of a daily mail"
    SENDING = "sending", "being sent"
    SENT = "sent", "sent"
    CANCELLED = "cancelled", "cancelled"
    GIVEN_UP = "given_up", "given up"


DAY = dt.timedelta(days=1)
REMIND_AFTER: dict[str, tuple[dt.timedelta, ...]] = {
    Verb.ANSWER: (3 * DAY, 7 * DAY),
    Verb.REPLY: (7 * DAY,),
    Verb.ADD_DATA: (7 * DAY,),
    Verb.FINISH_DRAFT: (),
    Verb.WRITE_OUTCOME: (3 * DAY, 7 * DAY),
    Verb.SIGN: (5 * DAY,),
    Verb.CLOSE: (5 * DAY,),
    Verb.REVIVE: (7 * DAY,),
    Verb.DECIDE: (2 * DAY, 5 * DAY),
}
"""Waits after opening (product rules of chasing); an urgent panel halves them."""


def reminder_due(verb: str, opened_at: dt.datetime, sent: int, *, urgent: bool) -> dt.datetime | None:
    """When the next reminder goes out after ``sent`` of them; ``None`` when no more follow."""
    waits = REMIND_AFTER[verb]
    if sent >= len(waits):
        return None
    return opened_at + (waits[sent] / 2 if urgent else waits[sent])
