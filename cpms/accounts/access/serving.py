"""On whose behalf an assistant works: found from the thing at hand, and carried by every row of the audit."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import models

from cpms.audit import actions as audit
from cpms.audit.states import Event


def served_clinician(user: Any, thing: Any) -> uuid.UUID | None:
    """The clinician for whom an assistant works on this thing; ``None`` for everybody's own work, and where it concerns
    several of those for whom the person works."""
    if not any(hasattr(type(thing), name) for name in ("treated_by_id", "treated_by_ids")):
        return None
    served = set(user.serves())
    if not served - {user.pk}:
        return None
    concerned = treating(thing) & served
    return concerned.pop() if len(concerned) == 1 and user.pk not in concerned else None


def treating(thing: Any) -> set[Any]:
    """The clinicians whose patient or question it is: one, or for a meeting those of its agenda."""
    return set(thing.treated_by_ids) if hasattr(type(thing), "treated_by_ids") else {thing.treated_by_id}


@contextmanager
def on_behalf(clinician: Any) -> Iterator[None]:
    """What is recorded inside carries this clinician, or with ``None`` nobody."""
    before = audit.on_behalf_of.set(clinician)
    try:
        yield
    finally:
        audit.on_behalf_of.reset(before)


def record_shown(things: Iterable[models.Model], *, by: Any) -> None:
    """The read event of a page that shows several patients; an assistant's is one for each clinician served, and one for
    the rest. Without anything shown there is none."""
    shown: defaultdict[Any, list[models.Model]] = defaultdict(list)
    for thing in things:
        shown[served_clinician(by, thing)].append(thing)
    for clinician, theirs in shown.items():
        with on_behalf(clinician):
            audit.record_list(Event.PATIENT_READ, theirs, by=by)


def record_read(thing: models.Model, *, by: Any) -> None:
    """The read event of one thing among several on a page."""
    with on_behalf(served_clinician(by, thing)):
        audit.record(Event.PATIENT_READ, on=thing, by=by)
