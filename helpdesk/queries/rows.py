"""The lists of the page of today, and their lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Window
from django.urls import reverse

from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from cpms.notifications import notices
from cpms.notifications.notices import Notice
from helpdesk.models import Nudge
from helpdesk.people.models import Outreach
from helpdesk.states import NudgeKind


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


MOST_SHOWN, MOST_ALONE = 8, 50
OPEN = "…"
MAILS: dict[str, tuple[Notice, Callable[[], str]]] = {
    NudgeKind.REQUEST: (Notice.REQUEST_WAITING, lambda: reverse("people:requests")),
    NudgeKind.PANEL: (Notice.PANEL_IDLE, lambda: f"/panels/{OPEN}/"),
    NudgeKind.CENTRE: (Notice.CENTRE_QUIET, lambda: "/"),
    NudgeKind.RETURN: (Notice.COME_BACK, lambda: "/"),
    NudgeKind.ACTIVATION: (Notice.ACCOUNT_READY, lambda: f"/accounts/activate/{OPEN}/"),
}
"""Which mail each kind of button sends, and where it leads; what differs from row to row stands open."""


@dataclass(frozen=True)
class Mail:
    """A mail before it goes: its words, and whether something in them is filled in for each reader."""

    subject: str
    text: str

    @property
    def differs(self) -> bool:
        return OPEN in self.text


@dataclass(frozen=True)
class Span:
    """Which rows of a list: the first few, or a ``page`` of many, counted from one."""

    page: int = 0

    @property
    def most(self) -> int:
        return MOST_ALONE if self.page else MOST_SHOWN

    @property
    def before(self) -> int:
        return self.most * max(self.page - 1, 0)

    def cut(self, rows: Any) -> Any:
        return rows[self.before : self.before + self.most]

    def of(self, rows: QuerySet[Any]) -> tuple[list[Any], int]:
        """These rows, and how many there are in all; 0 behind the end."""
        return counted(self.cut(rows.annotate(whole=Window(Count("pk")))))

    def up_to(self, rows: QuerySet[Any]) -> tuple[list[Any], int]:
        """All from the first to these: of lists that are put in one order."""
        return counted(rows.annotate(whole=Window(Count("pk")))[: self.before + self.most])


FIRST = Span()


def counted(rows: QuerySet[Any]) -> tuple[list[Any], int]:
    found = list(rows)
    return found, found[0].whole if found else 0


@dataclass(frozen=True)
class Part:
    """A list of the page: some rows, and how many there are in all. ``kind`` is what its button nudges, empty for none; by its
    ``name`` or kind it opens alone."""

    title: str
    rows: list[Row]
    count: int
    kind: str = ""
    button: str = ""
    whole: str = ""
    since: str = "Asked"
    name: str = ""
    span: Span = FIRST

    @property
    def page(self) -> int:
        """0 among the others, else that of its own."""
        return self.span.page

    @property
    def mail(self) -> Mail | None:
        """What its button sends, in the very words; ``None`` without a button."""
        if not self.kind:
            return None
        notice, path = MAILS[self.kind]
        return Mail(notices.WORDS[notice].subject, notices.body(notice, ref=OPEN, path=path()))

    @property
    def alone(self) -> str:
        """What its address says."""
        return self.name or self.kind

    @property
    def place(self) -> str:
        return f"{self.span.before + 1} to {self.span.before + len(self.rows)} of {self.count}"

    @property
    def more(self) -> int:
        return self.count - self.span.before - len(self.rows)


def signed_in(person: str) -> QuerySet[AuditEvent]:
    """The sign-ins of one person, named as the outer query names the key."""
    return AuditEvent.objects.filter(event=Event.SIGNED_IN, actor_id=OuterRef(person)).order_by()
