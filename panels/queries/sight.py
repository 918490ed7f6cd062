"""Who can see a patient's case, and why; and who has read it. For the treating side."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max
from django.db.models.functions import TruncDate

from cpms import clock
from cpms.accounts.models import User
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from panels.models import Assist, Invitation
from panels.states import RUNNING, SHARED, AssistKind, InvitationKind, InvitationState

READS = (Event.PATIENT_READ, Event.DOCUMENT_READ, Event.CASE_EXPORTED)
MOST_READS = 100


@dataclass(frozen=True)
class Seer:
    """A person who sees the case now. ``why`` completes "because"; ``until`` is the day on which it ends by itself."""

    person: User
    why: str
    until: dt.date | dt.datetime | None = None
    sheet_only: bool = False


def seers(patient: Any, *, consented: bool) -> list[Seer]:
    """Everybody who can open the case, or its invitation sheet, at this moment; the treating side first.

    ``consented`` says whether stage-1 consent is in force: without it only the treating side sees anything.
    """
    lead = patient.enrolled_by
    found = [Seer(lead, "enrolled the patient")]
    for held in lead.assistants.current().select_related("assistant__centre"):
        if held.assistant.is_active and held.assistant.centre_id:
            found.append(Seer(held.assistant, f"assists {lead.display_name}", held.valid_to))
    if consented:
        rows = Invitation.objects.filter(panel__case__patient=patient).select_related("invitee__centre", "panel__key")
        found += [seer for row in rows.order_by("sent_at") if (seer := by_invitation(row))]
        let_in = Assist.objects.running().filter(panel__case__patient=patient, panel__state__in=SHARED)
        found += [by_assist(row) for row in let_in.select_related("panel", "who__centre", "given_by")]
    return found


def assists(panel: Any) -> list[Assist]:
    """Who of the helpdesk sees the panel at this moment."""
    return list(Assist.objects.running().filter(panel=panel).select_related("who", "given_by"))


def by_assist(row: Assist) -> Seer:
    why = f"was let into {row.panel.ref} by {row.given_by.display_name}"
    if row.kind == AssistKind.GLASS:
        why = f"broke the glass of {row.panel.ref}, confirmed by {row.given_by.display_name} ({row.reason})"
    return Seer(row.who, why, row.until)


def by_invitation(row: Invitation) -> Seer | None:
    """What an invitation lets its invitee see now: the case, the sheet alone, or nothing."""
    panel, person, now = row.panel, row.invitee, clock.now()
    if not person.is_active:
        return None
    if row.state == InvitationState.PENDING:
        live = row.expires_at > now and panel.state in RUNNING
        return Seer(person, f"is asked into {panel.ref}", row.expires_at, sheet_only=True) if live else None
    if row.state != InvitationState.ACCEPTED:
        return None
    if row.kind == InvitationKind.GUEST:
        live = row.guest_until is not None and row.guest_until > now and panel.state in RUNNING
        return Seer(person, f"is a guest in {panel.ref}", row.guest_until) if live else None
    seated = person.centre_id is not None and panel.state in SHARED
    return Seer(person, f"is a member of {panel.ref}") if seated else None


@dataclass(frozen=True)
class Reading:
    """One person's readings of one day."""

    person: User | None
    day: dt.date
    times: int
    last: dt.datetime
    on_behalf_of: User | None


def readings(patient: Any) -> list[Reading]:
    """From the audit trail: one line per person and day, the latest first, the last hundred. Constant queries."""
    rows = AuditEvent.objects.filter(patient_id=patient.pk, event__in=READS, result="done", actor_id__isnull=False)
    grouped = rows.annotate(day=TruncDate("at")).order_by().values("actor_id", "on_behalf_of_id", "day")
    lines = list(grouped.annotate(times=Count("pk"), last=Max("at")).order_by("-last")[:MOST_READS])
    ids = {line[name] for line in lines for name in ("actor_id", "on_behalf_of_id") if line[name]}
    people = User.objects.select_related("centre").in_bulk(ids)
    return [
        Reading(
            people.get(line["actor_id"]),
            line["day"],
            line["times"],
            line["last"],
            people.get(line["on_behalf_of_id"]),
        )
        for line in lines
    ]
