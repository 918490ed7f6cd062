"""Write the audit trail, in the caller's transaction: no row, no deed; no row, no patient's data on the page."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any

import structlog
from django.db import connection, models, transaction

from cpms import logs
from cpms.audit import queries
from cpms.audit.models import AuditEvent, AuditHead, AuditSeal
from cpms.audit.states import LONGEST_STRETCH, Event, Result

log = structlog.get_logger("cpms.audit")

route: ContextVar[str] = ContextVar("audit_route", default="")
on_behalf_of: ContextVar[uuid.UUID | None] = ContextVar("audit_on_behalf_of", default=None)
DETAIL_KEYS = frozenset(
    {"ids", "count", "verb", "from", "to", "role", "method", "reason", "stage", "version", "saved", "kind", "fields"}
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


@transaction.atomic
def seal() -> AuditSeal | None:
    """Seal what no transaction can write into any more; ``None`` where one still may. The system's own work, so without ``by``.

    Never in a request: the head would make everybody wait for everybody. Whoever drew a number of the stretch holds a lock on the
    table until the end, so those who hold one once the stretch is chosen are waited for, over several runs.
    """
    AuditHead.objects.get_or_create(pk=1)
    head = AuditHead.objects.select_for_update(skip_locked=True).filter(pk=1).first()
    if head is None:
        return None
    if head.next_id is None:
        newest = AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        if newest <= head.last_id:
            return None
        head.next_id, head.waits_for = min(newest, head.last_id + LONGEST_STRETCH), writing()
    else:
        head.waits_for = sorted(set(head.waits_for).intersection(writing()))
    if not head.waits_for:
        return seal_to(head, head.next_id)
    head.save()
    return None


WRITING = """
    SELECT virtualtransaction FROM pg_locks WHERE relation = %s::regclass AND mode = 'RowExclusiveLock'
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def writing() -> list[str]:
    """The transactions that wrote into the trail, or begin to, and have not ended."""
    with connection.cursor() as cursor:
        cursor.execute(WRITING, [AuditEvent._meta.db_table])
        return sorted({name for (name,) in cursor.fetchall()})


def seal_to(head: AuditHead, last: int) -> AuditSeal:
    first = head.last_id + 1
    digest, events = queries.digest_of(head.digest, queries.stretch(first, last))
    made = AuditSeal.objects.create(number=head.number + 1, first_id=first, last_id=last, events=events, digest=digest)
    head.number, head.last_id, head.digest, head.next_id, head.waits_for = made.number, last, digest, None, []
    head.save()
    return made


def tell_head() -> None:
    """Say the newest seal in the log, which is kept in another place than the database."""
    head = queries.head()
    log.info("audit trail sealed", seal=head.number, digest=head.digest)
