"""Whom somebody reminded or spoke with, and whether that helped."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from functools import reduce
from typing import Any

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q

from cpms import clock
from helpdesk.models import Nudge
from helpdesk.people import queries as log
from helpdesk.queries.rows import Part, signed_in
from helpdesk.states import ABOUT, LOOKED_BACK, NudgeKind
from panels import queries as panels
from panels.models import Panel

SPOKEN = "Hospital opened a panel after somebody spoke with it"


def helped() -> Q:
    """Whether what a nudge asked for has happened since."""
    opened = Panel.objects.filter(centre=OuterRef("centre"), opened_at__gt=OuterRef("at"))
    back = signed_in("person").filter(at__gt=OuterRef("at"))
    return (
        Q(kind=NudgeKind.REQUEST, request__decided_at__gt=F("at"))
        | Q(kind=NudgeKind.ACTIVATION, person__activated_at__gt=F("at"))
        | (Q(kind=NudgeKind.PANEL) & panels.moved_after(OuterRef("at"), panel="panel"))
        | (Q(kind=NudgeKind.CENTRE) & Q(Exists(opened)))
        | (Q(kind=NudgeKind.RETURN) & Q(Exists(back)))
    )


def note_nudges(parts: Iterable[Part], *, user: Any) -> None:
    """Put the newest nudge beside each row, with ``helped``; beside a hospital what somebody spoke with it, if that is newer.
    Two queries."""
    parts = [part for part in parts if part.kind and part.rows]
    shown = [Q(kind=part.kind, **{f"{ABOUT[part.kind]}__in": [row.key for row in part.rows]}) for part in parts]
    if not shown:
        return
    rows = Nudge.objects.visible_to(user).filter(reduce(operator.or_, shown)).select_related("by")
    newest = {
        (nudge.kind, nudge.about_key): nudge for nudge in rows.annotate(helped=yes_or_no(helped())).order_by("at")
    }
    quiet = [row.key for part in parts if part.kind == NudgeKind.CENTRE for row in part.rows]
    spoken = log.newest_contacts(quiet, user=user)
    for part in parts:
        for row in part.rows:
            nudge, contact = newest.get((part.kind, row.key)), spoken.get(row.key)
            talked = part.kind == NudgeKind.CENTRE and contact is not None and (nudge is None or contact.at > nudge.at)
            row.nudge = contact if talked else nudge


def yes_or_no(condition: Q) -> models.Case:
    return models.Case(models.When(condition, then=True), default=False, output_field=models.BooleanField())


def effect_of_nudges(user: Any) -> list[tuple[str, int, int]]:
    """Of the last months: what was asked for, how often, and after how many nudges it happened; the same of what
    people spoke with hospitals. Two queries."""
    rows = Nudge.objects.visible_to(user).filter(at__gte=clock.now() - LOOKED_BACK).annotate(helped=yes_or_no(helped()))
    counted = rows.order_by().values("kind").annotate(asked=Count("pk"), well=Count("pk", filter=Q(helped=True)))
    numbers = {row["kind"]: (row["asked"], row["well"]) for row in counted}
    lines = [(kind.label, *numbers[kind]) for kind in NudgeKind if kind in numbers]
    late = clock.rights_day() - LOOKED_BACK
    spoken = log.contacts(user).filter(on__gte=late).order_by()
    said = spoken.aggregate(asked=Count("pk"), well=Count("pk", filter=Q(helped=True)))
    return [*lines, (SPOKEN, said["asked"], said["well"])] if said["asked"] else lines
