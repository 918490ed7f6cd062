"""Whether the trail is still what was written: each stretch against its seal, the seals against one another and against heads
that were kept elsewhere."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.conf import settings
from django.db.models import Count

from cpms import clock
from cpms.audit.models import AuditEvent, AuditHead, AuditSeal
from cpms.audit.states import SEALED_WITHIN, Event, Result

COLUMNS = (
    *("id", "at", "event", "result", "actor_id", "on_behalf_of_id", "subject_type", "subject_id"),
    *("patient_id", "route", "request_id", "detail"),
)
"""What a digest covers, in this order: seals that were made stay true only as long as it stays as it is."""


def saved_by(thing: Any, version: int) -> AuditEvent | None:
    """The event of who brought a thing to this version of its form: ``saved`` in the event's detail. ``None`` where the product did
    that by itself, or before it wrote down who."""
    about = {"subject_type": thing._meta.label_lower, "subject_id": str(thing.pk), "detail__saved": version}
    return AuditEvent.objects.filter(**about, result=Result.DONE, actor_id__isnull=False).order_by("pk").first()


def head() -> AuditHead:
    """How far the trail is sealed; not saved yet where nothing ever was."""
    return AuditHead.objects.filter(pk=1).first() or AuditHead(pk=1)


def stretch(first: int, last: int) -> Iterator[tuple[Any, ...]]:
    rows = AuditEvent.objects.filter(pk__gte=first, pk__lte=last).order_by("pk")
    return rows.values_list(*COLUMNS).iterator(chunk_size=2000)


def digest_of(before: str, rows: Iterable[tuple[Any, ...]]) -> tuple[str, int]:
    """SHA-256 over the digest before and each row as a line of JSON; and the number of rows."""
    total, number = hashlib.sha256(before.encode()), 0
    for number, row in enumerate(rows, 1):  # noqa: B007 the last one counts them
        total.update(json.dumps(row, default=plain, sort_keys=True, separators=(",", ":")).encode() + b"\n")
    return total.hexdigest(), number


def plain(value: Any) -> str:
    return value.astimezone(dt.UTC).isoformat(timespec="microseconds") if isinstance(value, dt.datetime) else str(value)


def behind() -> bool:
    """Whether an event has waited for its seal for longer than it ever should."""
    oldest = AuditEvent.objects.filter(pk__gt=head().last_id).order_by("pk").values_list("at", flat=True).first()
    return oldest is not None and oldest < clock.now() - SEALED_WITHIN


def by_other_roles() -> dict[str, int]:
    """Of the tables that decide who sees what, how many rows were changed by somebody who does not work as the product's role:
    an administrator of the database, or a migration."""
    notes = AuditEvent.objects.filter(event=Event.ROW_CHANGED).exclude(detail__role=settings.RUNTIME_ROLE)
    return dict(notes.order_by("subject_type").values_list("subject_type").annotate(Count("pk")))


def faults(kept: Iterable[Mapping[str, Any]] = ()) -> Iterator[str]:
    """What is wrong with the sealed trail, in words; nothing where it is whole. Reads all of it.

    ``kept`` are heads written down elsewhere (``number`` and ``digest``): without one, whoever owns the database may cut the end
    off, or seal everything anew, and nothing shows.
    """
    wanted = {int(one["number"]): str(one["digest"]) for one in kept}
    number, last, before = 0, 0, ""
    for seal in AuditSeal.objects.order_by("number").iterator():
        if (seal.number, seal.first_id) != (number + 1, last + 1):
            yield f"Seal {seal.number} does not follow on seal {number}."
        digest, events = digest_of(before, stretch(seal.first_id, seal.last_id))
        if (digest, events) != (seal.digest, seal.events):
            yield f"Events {seal.first_id} to {seal.last_id} are not those of seal {seal.number}: {events} of {seal.events}."
        number, last, before = seal.number, seal.last_id, seal.digest
        if wanted.pop(number, before) != before:
            yield f"Seal {number} is another than the one that was kept elsewhere."
    at = head()
    if (at.number, at.last_id, at.digest) != (number, last, before):
        yield f"The head names seal {at.number}, the last one is {number}."
    yield from (f"Seal {missing} was kept elsewhere and is gone." for missing in sorted(wanted) if missing)
