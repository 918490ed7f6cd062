"""Is this patient known here already, and everything that is held about one."""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.db import models
from django.db.models import Count, Max, Min, Q
from django.utils.text import get_valid_filename

from cpms.accounts.models import User
from cpms.archives import Carried
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event, Result
from cpms.drafts import queries as drafts
from cpms.drafts.models import Draft
from cpms.patients.models import Patient
from cpms.vault.cipher import digest
from cpms.vault.fields import SealedBytesField

RECEIVED: dict[str, str] = {
    Event.PATIENT_READ: "read it",
    Event.FILE_READ: "downloaded a file",
    Event.DOCUMENT_READ: "downloaded the outcome document",
    Event.CASE_EXPORTED: "took the case out as a file",
    Event.PATIENT_EXPORTED: "took out everything held",
    Event.REGISTRY_RECEIVED: "took the case out, de-identified, for a registry",
}
LONGEST_NUMBER, FEWEST_DIGITS, MOST_LOOKED_AT = 60, 3, 2_000
HIDDEN = frozenset(["key", "local_id_token"])  # of no meaning to a person


def number_token(centre_id: Any, number: str) -> str:
    """The blind index of a hospital's own number; empty for none. Spaces and case make no difference."""
    plain = "".join(number.split()).casefold()
    return digest(f"patient number of {centre_id}", plain) if plain else ""


def same_number(number: str, *, by: Any, patient: Patient | None = None) -> str:
    """A sentence when another patient of the person's centre has the number; empty when none has."""
    token = number_token(by.centre_id, number)
    others = Patient.objects.exclude(pk=patient.pk) if patient else Patient.objects.all()
    known = others.filter(centre=by.centre_id, local_id_token=token).first() if token else None
    if known is None:
        return ""
    if Patient.objects.visible_to(by).filter(pk=known.pk).exists():
        return f"You have entered this patient before: {known.pseudonym}. Start the panel from the patient's page."
    return "Your hospital has entered a patient with this number before; a colleague treats the patient in CPMS."


def own_numbers_in(text: str, *, by: Any) -> list[tuple[int, int]]:
    """Where the text holds the hospital's number of one of the person's own patients, alone or as up to three words.

    Compared by blind index: nothing is opened, and nobody learns of a colleague's patient.
    """
    words = [match for match in re.finditer(r"[\w./-]*\w", text) if len(match[0]) <= LONGEST_NUMBER]
    spans: dict[str, list[tuple[int, int]]] = {}
    for size in (1, 2, 3):
        for first, last in zip(words, words[size - 1 :], strict=False):
            said = text[first.start() : last.end()]
            if (
                len(said) <= LONGEST_NUMBER
                and sum(sign.isdigit() for sign in said) >= FEWEST_DIGITS
                and len(spans) < MOST_LOOKED_AT
            ):
                spans.setdefault(number_token(by.centre_id, said), []).append((first.start(), last.end()))
    own = Patient.objects.visible_to(by).filter(centre=by.centre_id, local_id_token__in=list(spans)) if spans else ()
    return [span for patient in own for span in spans[patient.local_id_token]]


def rows_about(thing: models.Model, seen: set[Any]) -> Iterator[models.Model]:
    """The row and everything that hangs on it, whichever app it stands in."""
    if (type(thing), thing.pk) in seen:
        return
    seen.add((type(thing), thing.pk))
    yield thing
    for relation in thing._meta.related_objects:
        if isinstance(relation.field, models.ForeignKey) and relation.related_model is not User:
            if getattr(relation.related_model, "HOLDS_CONTENT", False):
                continue
            children = relation.related_model._base_manager.filter(**{relation.field.name: thing})
            for child in children:
                yield from rows_about(child, seen)


def names_of(patient: Patient) -> list[str]:
    """Keys and numbers of the patient's rows, as forms about them are named in drafts: ``case:<key>``, ``prepare:<number>``.

    A counted key (5) is left out: it is that of another thing as well, whose draft has nothing to do with this patient.
    """
    rows = list(rows_about(patient, set()))
    keys = [str(row.pk) for row in rows if isinstance(row.pk, uuid.UUID)]
    return keys + [ref for row in rows if (ref := getattr(row, "ref", ""))]


@dataclass(frozen=True)
class Taken:
    """A patient handed over since the enrolment: who enrolled them, and since when their clinician of today answers."""

    enrolled_by: User
    since: dt.datetime


def taken_over(patient: Patient) -> Taken | None:
    """From the audit trail; nothing for a patient who was never handed over."""
    events = AuditEvent.objects.filter(event=Event.PATIENT_HANDED_OVER, patient_id=patient.pk).order_by("at", "pk")
    found = list(events.values_list("detail", "at"))
    return Taken(User.objects.get(pk=found[0][0]["from"]), found[-1][1]) if found else None


@dataclass(frozen=True)
class Receipt:
    """One way in which a person received the patient's data: how often, from when to when."""

    what: str
    times: int
    first: dt.datetime
    last: dt.datetime


@dataclass(frozen=True)
class Recipient:
    """A person who was let in or took something out, with every way in which they received data."""

    person: User
    receipts: list[Receipt]


def recipients(patient: Patient) -> list[Recipient]:
    """Everybody who ever received data of the patient, from the audit trail; constant queries. The treating side's own
    reading is left out, what it took out of CPMS is not; a list shows no more than number, title and state."""
    events = AuditEvent.objects.filter(patient_id=patient.pk, result=Result.DONE).order_by()
    treating = Q(actor_id=patient.enrolled_by_id) | Q(on_behalf_of_id=patient.enrolled_by_id)
    taken = events.filter(event__in=RECEIVED, actor_id__isnull=False).exclude(treating & Q(event=Event.PATIENT_READ))
    found: dict[str, list[Receipt]] = {}
    for row in counted(taken.values("actor_id", "event")):
        receipt = Receipt(RECEIVED[row["event"]], row["times"], row["first"], row["last"])
        found.setdefault(str(row["actor_id"]), []).append(receipt)
    for row in counted(lists_with(patient).exclude(treating).values("actor_id")):
        receipt = Receipt("saw it in a list", row["times"], row["first"], row["last"])
        found.setdefault(str(row["actor_id"]), []).append(receipt)
    for key, moments in let_in(events).items():
        found.setdefault(key, []).insert(0, Receipt("was let in", len(moments), min(moments), max(moments)))
    people = User.objects.select_related("centre").in_bulk(list(found))
    return [Recipient(people[uuid.UUID(key)], receipts) for key, receipts in found.items() if uuid.UUID(key) in people]


def counted(rows: Any) -> Any:
    return rows.annotate(times=Count("pk"), first=Min("at"), last=Max("at")).order_by("first")


def lists_with(patient: Patient) -> models.QuerySet[AuditEvent]:
    """The lists that showed the patient, or one of the patient's panels, among others."""
    panels = Patient.objects.filter(pk=patient.pk, cases__panels__isnull=False).values_list("cases__panels", flat=True)
    trail = AuditEvent.objects.filter(result=Result.DONE, actor_id__isnull=False).order_by()
    return trail.of_lists_with([patient.pk, *panels])


def let_in(events: models.QuerySet[AuditEvent]) -> dict[str, list[dt.datetime]]:
    """Key of a person to the moments at which the case was opened to them."""
    found: dict[str, list[dt.datetime]] = {}
    for at, detail in events.filter(event=Event.ACCESS_GRANTED).order_by("at").values_list("at", "detail"):
        for key in detail["ids"]:
            found.setdefault(key, []).append(at)
    return found


def everything_about(patient: Patient) -> tuple[dict[str, Any], list[Carried]]:
    """Rows by kind with their opened fields, who received data, and every access in the order it happened, with the
    reader's name; and the files, each named by its row."""
    rows = list(rows_about(patient, set()))
    kinds: dict[str, list[dict[str, Any]]] = {}
    files: list[Carried] = []
    for row in rows:
        shown = opened(row)
        if found := getattr(row, "carried", lambda: None)():
            name, pieces = found
            shown["file"] = f"files/{len(files) + 1:03d}-{get_valid_filename(name)}"
            files.append(Carried(shown["file"], pieces))
        kinds.setdefault(str(row._meta.verbose_name), []).append(shown)
    received = [
        {
            "who": one.person.display_name,
            "where": one.person.place,
            "received": [asdict(receipt) for receipt in one.receipts],
        }
        for one in recipients(patient)
    ]
    said = {"held": kinds, "being_written": being_written(patient), "recipients": received}
    said["accesses"] = accesses(patient, listed_as=[row.pk for row in rows if row is patient or hasattr(row, "ref")])
    return {"pseudonym": patient.pseudonym, **said}, files


def accesses(patient: Patient, *, listed_as: list[Any]) -> list[dict[str, Any]]:
    """What was done and read in the order it happened, by whom and for whom; also the lists that showed the patient, or a
    panel of the patient, among others."""
    about = AuditEvent.objects.filter(patient_id=patient.pk)
    lists = AuditEvent.objects.of_lists_with(listed_as)
    events = sorted([*about, *lists], key=lambda event: (event.at, event.pk))
    keys = {key for event in events for key in (event.actor_id, event.on_behalf_of_id) if key}
    people = dict(User.objects.filter(pk__in=keys).values_list("pk", "display_name"))
    return [
        {
            "at": event.at,
            "what": event.get_event_display() + ("" if event.patient_id else ", in a list"),
            "who": people.get(event.actor_id, "the system"),
        }
        | ({"for": people.get(event.on_behalf_of_id, "")} if event.on_behalf_of_id else {})
        for event in events
    ]


def being_written(patient: Patient) -> list[dict[str, Any]]:
    """Texts about the patient that are typed and not sent: whole what the enrolling clinician types, of others that they do."""
    found = Draft.objects.filter(pk__in=[draft.pk for draft in drafts.about(names_of(patient))]).select_related("user")
    return [
        {"who": draft.user.display_name, "what": draft.label, "last": draft.updated_at}
        | ({"text": json.loads(draft.body)} if draft.user_id == patient.enrolled_by_id else {})
        for draft in found.select_related("key")
    ]


def opened(row: models.Model) -> dict[str, Any]:
    """The row's columns; a file is named by its size."""
    shown = {}
    for field in row._meta.concrete_fields:
        if field.name in HIDDEN or (field.is_relation and field.name == "content_object"):
            continue
        value = getattr(row, field.attname)
        if isinstance(field, SealedBytesField):
            value = f"{len(value)} bytes"
        elif isinstance(value, bytes | memoryview):
            continue
        shown[field.name] = value
    return shown


def erasures() -> Iterator[dict[str, str]]:
    """Who was erased, when and by whom, oldest first: ids and a moment, to be kept apart from the database."""
    rows = Patient.objects.exclude(erased_at=None).order_by("erased_at").values_list("pk", "erased_at", "erased_by")
    for patient, moment, person in rows.iterator():
        yield {"patient": str(patient), "erased_at": str(moment), "erased_by": str(person)}
