"""The lists of the page of today, and their lines."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet

from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from helpdesk.models import Nudge
from helpdesk.people.models import Outreach


@dataclass
class Row:
    """One line: what it is about in neutral words, since when, where it is opened, the last nudge or contact, the address
    by which the reader approves of it, where it is theirs to decide, and whether it is a mail that is sent ``again``."""

    key: Any
    name: str
    note: str = ""
    since: dt.date | None = None
    path: str = ""
    nudge: Nudge | Outreach | None = None
    approve: str = ""
    again: bool = False


@dataclass(frozen=True)
class Part:
    """A list of the page: its first rows, and how many there are. ``kind`` is what its button nudges; empty for none. Alone on
    the page it has a ``page`` of its own, and so many rows stand before it."""

    title: str
    rows: list[Row]
    count: int
    kind: str = ""
    button: str = ""
    whole: str = ""
    since: str = "Asked"
    page: int = 0
    before: int = 0

    @property
    def place(self) -> str:
        return f"{self.before + 1} to {self.before + len(self.rows)} of {self.count}"

    @property
    def more(self) -> int:
        return self.count - self.before - len(self.rows)


def signed_in(person: str) -> QuerySet[AuditEvent]:
    """The sign-ins of one person, named as the outer query names the key."""
    return AuditEvent.objects.filter(event=Event.SIGNED_IN, actor_id=OuterRef(person)).order_by()
