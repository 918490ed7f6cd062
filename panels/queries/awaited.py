"""What waits for whom, by when: every open thing of one panel that its reader may see. One query, whatever the size."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.timezone import localdate

from cpms import clock
from cpms.notifications.models import WorkItem
from cpms.notifications.states import Verb
from panels.models import Dispatch, Panel
from panels.queries.page import Seat
from panels.states import RUNNING

TO_ALL: dict[str, str] = {
    Verb.ANSWER: "yes or no",
    Verb.REPLY: "advice",
    Verb.ADD_DATA: "more data",
    Verb.CLARIFY: "an answer to the coordinators",
    Verb.DISPATCH: "taking it up",
    Verb.HELP: "names of people to ask",
    Verb.WRITE_OUTCOME: "the outcome",
    Verb.SIGN: "signature",
    Verb.CLOSE: "closing",
}
"""What everybody in the panel may read: its seats, its way through the groups, the requests in it, its outcome."""
TO_TREATING_SIDE: dict[str, str] = {Verb.SUBSTITUTE: "asking others", Verb.MEET: "calling a meeting"}
OF_COORDINATORS = frozenset({Verb.DISPATCH, Verb.HELP})


@dataclass(frozen=True)
class Awaited:
    """``who`` owes ``what`` by a day; ``overdue`` counts the reader's days since it passed, 0 when it lies ahead."""

    who: str
    what: str
    due_at: dt.datetime

    @property
    def overdue(self) -> int:
        return max((clock.today() - localdate(self.due_at)).days, 0)


def awaited(
    panel: Panel, seats: Sequence[Seat], way: Sequence[Dispatch], *, user: Any, treating: bool
) -> list[Awaited]:
    """The soonest first. Of a group's coordinators one line stands for all; a guest who has not answered is named as typed."""
    if panel.state not in RUNNING:
        return []
    words = TO_ALL | TO_TREATING_SIDE if treating else TO_ALL
    named = {seat.invitation.pk: seat.invitation.shown.display_name for seat in seats}
    groups = {row.pk: f"coordinators of {row.addressee}" for row in way}
    subjects = [panel.pk, *named, *groups]
    items = WorkItem.objects.open().filter(subject_id__in=subjects, verb__in=words).select_related("who")
    rows: dict[tuple[Any, str], Awaited] = {}
    for item in items.order_by("due_at", "pk"):
        of_group = item.verb in OF_COORDINATORS
        who = groups.get(item.subject_id) or named.get(item.subject_id) or item.who.display_name
        who = "you" if item.who_id == user.pk and not of_group else who
        key = (item.subject_id if of_group else item.pk, item.verb)
        rows.setdefault(key, Awaited(who, words[item.verb], item.due_at))
    return list(rows.values())
