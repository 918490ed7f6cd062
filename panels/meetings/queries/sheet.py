"""The meeting's sheet: running order, what is decided, who is there. Constant query counts, whatever the size."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery

from cpms import clock
from cpms.accounts.models import User
from panels.meetings.models import AgendaItem, Attendance, Meeting, MeetingDecision
from panels.models import Contribution, Panel
from panels.states import StanceKind


@dataclass(frozen=True)
class Line:
    """A panel in the running order; ``panel`` is ``None`` for who does not take part in it, ``waits`` beyond the last slot."""

    item: AgendaItem
    panel: Panel | None
    minutes: int
    decisions: int
    waits: bool
    presenter_here: bool

    @property
    def ref(self) -> str:
        return self.item.panel.ref

    @property
    def clock(self) -> str:
        """How long its turn took, as minutes and seconds."""
        return f"{self.item.used // 60}:{self.item.used % 60:02}"

    @property
    def used_minutes(self) -> int:
        return round(self.item.used / 60)

    @property
    def over(self) -> bool:
        return self.item.used > self.minutes * 60


def running_order(meeting: Meeting, user: Any, attendance: list[Attendance]) -> list[Line]:
    """The agenda as it runs. Who takes no part in a panel sees its number and nothing of it."""
    rows = meeting.agenda.select_related("panel", "presenter").annotate(decided=Count("decisions"))
    items = list(rows.order_by("position", "pk"))
    seen = Panel.objects.visible_to(user).filter(pk__in=[item.panel_id for item in items]).with_case()
    panels = {panel.pk: panel for panel in seen}
    slots = meeting.series.slots if meeting.series else len(items)
    here = {row.who_id for row in attendance if row.present}
    share = meeting.minutes // max(slots, 1)
    return [
        Line(
            item,
            panels.get(item.panel_id),
            item.minutes or max(share, 1),
            item.decided,
            n >= slots,
            item.presenter_id is None or item.presenter_id in here,
        )
        for n, item in enumerate(items)
    ]


def whose_turn(lines: list[Line]) -> Line | None:
    """The panel whose clock runs, else the one that is paused, else the first that is still to come."""
    for wanted in (
        [line for line in lines if line.item.running],
        [line for line in lines if line.item.begun and line.item.done_at is None],
        [line for line in lines if line.item.done_at is None and not line.waits],
        lines[-1:],
    ):
        if wanted:
            return wanted[0]
    return None


def expected_end(meeting: Meeting, lines: list[Line]) -> dt.datetime:
    """When it ends if every turn that is still to come takes the minutes it was given."""
    left = sum(max(line.minutes * 60 - line.item.used, 0) for line in lines if not line.item.done_at and not line.waits)
    return max(clock.now(), meeting.starts_at) + dt.timedelta(seconds=left)


def attendance_of(meeting: Meeting) -> list[Attendance]:
    return list(meeting.attendance.select_related("who__centre").order_by("who__display_name", "pk"))


def works_at() -> Subquery:
    """For an update of attendances: the centre where each person works at this moment."""
    return Subquery(User.objects.filter(pk=OuterRef("who")).values("centre"))


def draft_of(item: AgendaItem, decision: MeetingDecision | None = None) -> str:
    """How a decision that is being typed, or corrected, is named among the person's drafts."""
    return f"decision:{decision.pk}" if decision else f"decision:{item.meeting_id}:{item.panel.ref}"


def as_written(decision: MeetingDecision | None) -> dict[str, Any]:
    """What stands in the decision, for the form that corrects it; nothing for a new one."""
    if decision is None:
        return {}
    shown = {name: getattr(decision, name) for name in ("text", "dissent", "due_on", "version")}
    return {**shown, "owner": decision.owner_id}


def decided(item: AgendaItem) -> list[MeetingDecision]:
    """What the meeting decided on one panel, in the order it was written down."""
    return list(item.decisions.select_related("key", "owner__centre", "noted_by"))


def to_decide(panel: Panel) -> list[Contribution]:
    """The statements marked for the outcome, or all advice when none is marked, with how many agree and dissent."""
    advice = Contribution.objects.advice().filter(panel=panel)
    marked = advice.filter(marked_at__isnull=False)
    views = {
        kind: Count("stances", filter=Q(stances__kind=kind), distinct=True)
        for kind in (StanceKind.AGREE, StanceKind.AMEND, StanceKind.DISSENT)
    }
    rows = marked if marked.exists() else advice
    return list(rows.annotate(**views).select_related("key", "author__centre").order_by("at")[:12])


def stamp(meeting: Meeting) -> str:
    """Changes with everything that a sheet shows live, and tells nothing of it."""
    clocks = ("pk", "position", "minutes", "presenter", "begun_at", "seconds", "done_at")
    rows: list[Any] = [(meeting.state, meeting.starts_at, meeting.minutes, meeting.link)]
    rows += meeting.agenda.order_by("pk").values_list(*clocks)
    rows += MeetingDecision.objects.filter(item__meeting=meeting).order_by("pk").values_list("pk", "version")
    rows += meeting.attendance.order_by("pk").values_list("who", "present")
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:16]
