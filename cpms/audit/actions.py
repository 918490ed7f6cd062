"""Write the audit trail, in the caller's transaction: no row, no deed; no row, no patient's data on the page."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any

from django.db import models

from cpms import logs
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event, Result

route: ContextVar[str] = ContextVar("audit_route", default="")
on_behalf_of: ContextVar[uuid.UUID | None] = ContextVar("audit_on_behalf_of", default=None)
DETAIL_KEYS = frozenset(
    {"ids", "count", "verb", "from", "to", "role", "method", "reason", "stage", "version", "kind", "fields"}
)


def record(
    event: Event, *, on: models.Model | None, by: Any, result: Result = Result.DONE, patient: Any = None, **detail: Any
) -> AuditEvent:
    """Append one event. ``by`` is a user, or ``None`` for the system; ``patient`` a patient or its id.

    Raises ``ValueError`` for a detail key that is not allow-listed: the trail holds ids and codes, and of texts only
    the reason that somebody gives for taking figures out.
    """
    if unknown := set(detail) - DETAIL_KEYS:
        raise ValueError(f"not allowed in the audit trail: {sorted(unknown)}")
    if patient is None:
        patient = getattr(on, "audit_patient_id", None)
    return AuditEvent.objects.create(
        event=event,
        result=result,
        actor_id=getattr(by, "pk", None),
        on_behalf_of_id=on_behalf_of.get(),
        subject_type=on._meta.label_lower if on is not None else "",
        subject_id=str(on.pk) if on is not None else "",
        patient_id=getattr(patient, "pk", patient),
        route=route.get(),
        request_id=logs.request_id.get(),
        detail=detail,
    )


def record_list(event: Event, things: Iterable[models.Model], *, by: Any) -> AuditEvent:
    """One event for a list page, holding every id that was shown."""
    ids = [str(thing.pk) for thing in things]
    return record(event, on=None, by=by, ids=ids, count=len(ids))
