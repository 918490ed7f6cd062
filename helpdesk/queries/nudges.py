"""Whom somebody reminded or spoke with, and whether that helped."""

from __future__ import annotations

import datetime as dt
import operator
from collections import Counter
from collections.abc import Collection, Iterable
from functools import reduce
from typing import Any

from django.db.models import Max, OuterRef, Q
from django.utils import timezone

from cpms import clock
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from helpdesk.models import Nudge
from helpdesk.people import queries as log
from helpdesk.queries.rows import Part
from helpdesk.states import ABOUT, LOOKED_BACK, NudgeKind
from panels import queries as panels
from panels.models import Panel

SPOKEN = "Hospital opened a panel after somebody spoke with it"
SILENT = (NudgeKind.PANEL, NudgeKind.CENTRE, NudgeKind.RETURN)
"""Rows of these say when something happened last; the others wait for the one thing that was hoped for."""
Moments = dict[Any, dt.datetime]


def note_nudges(parts: Iterable[Part], *, user: Any) -> None:
    """Put the newest nudge beside each row, with ``helped``; beside a hospital what somebody spoke with it, if that is newer.
    A row says since when nothing happened: what is newer than the nudge helped for a while.
    """
    parts = [part for part in parts if part.kind and part.rows]
    shown = [Q(kind=part.kind, **{f"{ABOUT[part.kind]}__in": [row.key for row in part.rows]}) for part in parts]
    if not shown:
        return
    rows = Nudge.objects.visible_to(user).filter(reduce(operator.or_, shown)).select_related("by").order_by("at")
    newest = {(nudge.kind, nudge.about_key): nudge for nudge in rows}
    quiet = [row.key for part in parts if part.kind == NudgeKind.CENTRE for row in part.rows]
    spoken = log.newest_contacts(quiet, user=user)
    for part in parts:
        for row in part.rows:
            nudge: Any = newest.get((part.kind, row.key))
            contact: Any = spoken.get(row.key) if part.kind == NudgeKind.CENTRE else None
            if contact is not None and (nudge is None or contact.at > nudge.at):
                nudge = contact
                nudge.helped = opened_after(contact, row.since)
            elif nudge is not None:
                nudge.helped = part.kind in SILENT and is_after(row.since, nudge.at)
            row.nudge = nudge


def is_after(moment: Any, nudge: dt.datetime) -> bool:
    return moment is not None and moment > nudge


def opened_after(contact: Any, opened: Any) -> bool:
    """Whether a hospital's newest panel came after it was spoken with, which may be written down days later."""
    return is_after(opened, contact.at) or (opened is not None and timezone.localdate(opened) > contact.on)


def effect_of_nudges(user: Any) -> list[tuple[str, int, int]]:
    """Of the last months: what was asked for, how often, and after how many nudges it happened; the same of what
    people spoke with hospitals. The same number of queries, whatever was done."""
    columns = ("pk", "kind", "at", "centre", "person", "request__decided_at", "person__activated_at")
    rows = Nudge.objects.visible_to(user).filter(at__gte=clock.now() - LOOKED_BACK).order_by()
    nudges = list(rows.values(*columns))
    late = clock.rights_day() - LOOKED_BACK
    said = log.contacts(user).filter(on__gte=late).order_by()
    spoken: list[Any] = list(said.values_list("centre", "at", "on", named=True))
    opened = last_opened(
        {one["centre"] for one in of_kind(nudges, NudgeKind.CENTRE)} | {contact.centre for contact in spoken}
    )
    back = last_here({one["person"] for one in of_kind(nudges, NudgeKind.RETURN)})
    moved = moved_since([one["pk"] for one in of_kind(nudges, NudgeKind.PANEL)])

    def helped(one: dict[str, Any]) -> bool:
        moments = {
            NudgeKind.REQUEST: one["request__decided_at"],
            NudgeKind.ACTIVATION: one["person__activated_at"],
            NudgeKind.CENTRE: opened.get(one["centre"]),
            NudgeKind.RETURN: back.get(one["person"]),
        }
        return one["pk"] in moved or is_after(moments.get(one["kind"]), one["at"])

    asked, well = Counter(one["kind"] for one in nudges), Counter(one["kind"] for one in nudges if helped(one))
    lines = [(kind.label, asked[kind], well[kind]) for kind in NudgeKind if asked[kind]]
    after = sum(opened_after(contact, opened.get(contact.centre)) for contact in spoken)
    return [*lines, (SPOKEN, len(spoken), after)] if spoken else lines


def of_kind(nudges: Iterable[dict[str, Any]], kind: NudgeKind) -> list[dict[str, Any]]:
    return [one for one in nudges if one["kind"] == kind]


def last_opened(centres: Collection[Any]) -> Moments:
    """When each of these hospitals opened its newest panel; none of who opened none."""
    rows = Panel.objects.filter(centre__in=centres, opened_at__isnull=False).order_by()
    return dict(rows.values_list("centre").annotate(Max("opened_at")))


def last_here(people: Collection[Any]) -> Moments:
    """When each of these people signed in last."""
    rows = AuditEvent.objects.filter(event=Event.SIGNED_IN, actor_id__in=people).order_by()
    return dict(rows.values_list("actor_id").annotate(Max("at")))


def moved_since(nudges: Collection[int]) -> set[int]:
    """Of nudges about panels, those after which something happened in the panel."""
    if not nudges:
        return set()
    after = panels.moved_after(OuterRef("at"), panel="panel")
    return set(Nudge.objects.filter(after, pk__in=nudges).order_by().values_list("pk", flat=True))
