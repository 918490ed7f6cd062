"""Who can see a patient's case, and why; and who has read it. For the treating side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, Max, Q, QuerySet
from django.db.models.functions import TruncDate

from consent.models import care_consent
from cpms import clock
from cpms.accounts.models import Membership, UnitCover, User, practises
from cpms.accounts.roles import Role
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event, Result
from cpms.patients.policy import treats
from panels.models import Assist, Dispatch, Invitation, Panel
from panels.states import RUNNING, SHARED, AssistKind, InvitationKind, InvitationState, Sees, State

READS = (Event.PATIENT_READ, Event.DOCUMENT_READ, Event.CASE_EXPORTED)
MOST_READS = 100


@dataclass(frozen=True)
class Seer:
    """A person who ``sees`` the case now, or a part of it. ``why`` completes "because"; ``until`` is the day on which it ends by itself."""

    person: User
    why: str
    until: dt.date | dt.datetime | None = None
    sees: Sees = Sees.CASE


def seers(patient: Any, *, consented: bool) -> list[Seer]:
    """Everybody who can open the case, its invitation sheet or its outcome's document, at this moment; the treating side first.

    ``consented`` says whether stage-1 consent is in force: without it only the treating side sees anything.
    """
    lead = patient.enrolled_by
    found = [Seer(lead, "answers for the patient")]
    for held in lead.assistants.current().select_related("assistant__centre"):
        if held.assistant.is_active and held.assistant.centre_id == lead.centre_id:
            found.append(Seer(held.assistant, f"assists {lead.display_name}", held.valid_to))
    if consented:
        asked = Invitation.objects.filter(panel__case__patient=patient)
        asked = asked.annotate(here=ExpressionWrapper(practises("invitee"), BooleanField()))
        rows = asked.select_related("invitee__centre", "panel__key")
        found += [seer for row in rows.order_by("sent_at") if (seer := by_invitation(row))]
        let_in = hours_now(patient).select_related("panel__key", "who__centre", "given_by")
        found += [by_assist(row) for row in let_in]
        found += by_unit(patient, besides={seer.person.pk for seer in found if seer.sees == Sees.CASE})
        shown = {seer.person.pk for seer in found if seer.sees == Sees.CASE}
        found += [seer for seer in coordinators(patient) if seer.person.pk not in shown]
    return found


def by_unit(patient: Any, *, besides: Collection[Any]) -> list[Seer]:
    """Who reads the patient's panels as one of the clinician's unit. Mostly nobody, and then no query."""
    lead = patient.enrolled_by
    cover = UnitCover.objects.visible_to(lead).select_related("unit").first()
    shared = Panel.objects.filter(case__patient=patient, state__in=SHARED)
    if cover is None or patient.erased_at or patient.centre_id != lead.centre_id or not shared.exists():
        return []
    why = f"works in {cover.unit}, whose clinicians may all see its panels ({cover.reason})"
    people = User.objects.covering(lead).exclude(pk__in=besides).select_related("centre").order_by("display_name")
    return [Seer(person, why, cover.valid_to) for person in people]


@dataclass(frozen=True)
class Glimpse:
    """Words that hang on a panel and stand open to more people than the case: who reads them, and what they are."""

    who: str
    what: str


def glimpses(patient: Any, *, consented: bool) -> list[Glimpse]:
    """The quick questions that panels of the patient grew from, and the topics noted of them. Two queries."""
    if not consented:
        return []
    panels, found = Panel.objects.filter(case__patient=patient).order_by("drafted_at"), []
    grown = panels.filter(grown_from__isnull=False, grown_from__key__destroyed_at=None)
    for panel in grown.select_related("grown_from__group__parent"):
        question = panel.grown_from
        who = f"The clinicians and coordinators of {question.group.whole_name}"
        found.append(Glimpse(who, f"the quick question {question.ref} with its answers, from which {panel.ref} grew"))
    for panel in panels.filter(topic__isnull=False).select_related("topic__group__parent", "topic__network"):
        who = f"The coordinators of {panel.topic.group.whole_name} and of {panel.topic.network}"
        found.append(Glimpse(who, f"the topic that was noted in general words when {panel.ref} closed"))
    return found


def coordinators(patient: Any) -> list[Seer]:
    """Who coordinates a group or network that a running panel was put before, whatever was decided of it: they see the
    question with what an invitation shows, and no more. One line for each person and panel."""
    rows = Dispatch.objects.filter(panel__case__patient=patient, panel__state__in=RUNNING)
    put = list(rows.select_related("panel", "network", "group__network").order_by("asked_at"))
    of_group = Q(role=Role.GROUP_COORDINATOR, group__in=[row.group_id for row in put if row.group_id])
    of_network = Q(role=Role.NETWORK_COORDINATOR, network__in=[row.network_id for row in put])
    held = Membership.objects.current().filter(of_group | of_network, user__is_active=True)
    found: dict[Any, Seer] = {}
    for member in held.select_related("user__centre").order_by("user__display_name", "pk") if put else ():
        for row in put:
            if member.group_id == row.group_id if member.group_id else member.network_id == row.network_id:
                where = row.addressee if member.group_id else row.network.name
                why = f"coordinates {where}, which {row.panel.ref} was put before"
                found.setdefault(
                    (member.user_id, row.panel_id), Seer(member.user, why, member.valid_to, sees=Sees.QUESTION)
                )
    return list(found.values())


WAYS_TO_A_PANEL = {
    "panels.panel": "panel",
    "cases.case": "panel__case",
    "patients.patient": "panel__case__patient",
    "meetings.meeting": "panel__agenda_items__meeting",
}
PARTS_OF_IT = {"panel_id": "panel", "case_id": "panel__case", "patient_id": "panel__case__patient"}


def looking_on(user: Any, thing: Any) -> list[Assist]:
    """Who of the helpdesk sees, at this moment, the panels that a page is about, as far as the reader sees them too.

    For the frame of every page of a case: one narrow query, for mostly nobody looks on anywhere, and two more while somebody
    does. ``may_end`` says whether the reader may end it: whoever was let in, and the treating side.
    """
    name = WAYS_TO_A_PANEL.get(thing._meta.label_lower)
    parts = {way: getattr(thing, part) for part, way in PARTS_OF_IT.items() if hasattr(thing, part)}
    about = {name: thing} if name else parts
    if not about:
        return []
    running = list(Assist.objects.looking_on().order_by().values_list("pk", flat=True))
    if not running:
        return []
    in_force = Assist.objects.filter(care_consent("panel__case__patient"), pk__in=running, panel__state__in=SHARED)
    found = list(
        in_force.filter(**about).select_related("who", "given_by", "panel__key", "panel__case__patient").distinct()
    )
    keys = [row.panel_id for row in found]
    seen = set(Panel.objects.visible_to(user).filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()
    for row in found:
        row.may_end = user.pk == row.who_id or treats(user, row.panel.case.patient)  # type: ignore[attr-defined]
    return [row for row in found if row.panel_id in seen]


def hours_now(patient: Any) -> QuerySet[Assist]:
    """The hours by which the helpdesk sees a panel of the patient at this moment, under stage-1 consent."""
    return Assist.objects.looking_on().filter(panel__case__patient=patient, panel__state__in=SHARED)


def hours_over(patient: Any, *, consented: bool) -> QuerySet[Assist]:
    """The hours for which the helpdesk was let in and by which it sees nothing now, the latest first, for whoever looks only
    afterwards: all but those that ``seers`` tells."""
    rows = Assist.objects.filter(panel__case__patient=patient)
    if consented:
        rows = rows.exclude(pk__in=hours_now(patient).order_by().values("pk"))
    return rows.select_related("panel__key", "who", "given_by").order_by("-given_at")[:MOST_READS]


def by_assist(row: Assist) -> Seer:
    why = f"was let into {row.panel.ref} by {row.given_by.display_name}"
    if row.kind == AssistKind.GLASS:
        why = f"broke the glass of {row.panel.ref}, confirmed by {row.given_by.display_name} ({row.reason})"
    return Seer(row.who, why, row.until)


def by_invitation(row: Any) -> Seer | None:
    """What an invitation lets its invitee see now: the case, the sheet or the document alone, or nothing. ``row.here`` says
    whether the invitee is a clinician of a hospital today, which an expert has to be."""
    panel, person, now = row.panel, row.shown, clock.now()
    if not row.invitee.is_active or not (row.here or row.kind == InvitationKind.GUEST):
        return None
    if row.state == InvitationState.PENDING:
        live = row.expires_at > now and panel.state in RUNNING
        return Seer(person, f"is asked into {panel.ref}", row.expires_at, sees=Sees.QUESTION) if live else None
    if row.state != InvitationState.ACCEPTED:
        return None
    if row.kind == InvitationKind.GUEST:
        return as_guest(row) if row.guest_until is not None and row.guest_until > now else None
    return Seer(person, f"is a member of {panel.ref}") if panel.state in SHARED else None


def as_guest(row: Invitation) -> Seer | None:
    """The case while the panel runs; when it is closed the document, for a guest may be the one who treats the patient."""
    if row.panel.state in RUNNING:
        return Seer(row.shown, f"is a guest in {row.panel.ref}", row.guest_until)
    if row.panel.state == State.CLOSED:
        why = f"was a guest in {row.panel.ref} and may open the outcome document"
        return Seer(row.shown, why, row.guest_until, sees=Sees.DOCUMENT)
    return None


@dataclass(frozen=True)
class Reading:
    """One person's readings of one day; ``listed`` where the patient stood among others, on a page that lists them."""

    person: User | None
    day: dt.date
    times: int
    last: dt.datetime
    on_behalf_of: User | None
    listed: bool = False


def readings(patient: Any) -> list[Reading]:
    """From the audit trail: one line per person, day and way, the latest first, the last hundred. Constant queries.

    The lists that the enrolling clinician looks through every day are left out.
    """
    trail = AuditEvent.objects.filter(result=Result.DONE, actor_id__isnull=False)
    opened = trail.filter(patient_id=patient.pk, event__in=READS)
    panels = Panel.objects.filter(case__patient=patient).values_list("pk", flat=True)
    listed = trail.of_lists_with([patient.pk, *panels]).exclude(actor_id=patient.enrolled_by_id)
    lines = [(line, False) for line in by_day(opened)] + [(line, True) for line in by_day(listed)]
    lines = sorted(lines, key=lambda one: one[0]["last"], reverse=True)[:MOST_READS]
    ids = {line[name] for line, _ in lines for name in ("actor_id", "on_behalf_of_id") if line[name]}
    people = User.objects.select_related("centre").in_bulk(ids)
    return [
        Reading(
            people.get(line["actor_id"]),
            line["day"],
            line["times"],
            line["last"],
            people.get(line["on_behalf_of_id"]),
            in_list,
        )
        for line, in_list in lines
    ]


def by_day(events: QuerySet[AuditEvent]) -> list[Any]:
    """One row for each person, clinician served and day, the latest first."""
    grouped = events.annotate(day=TruncDate("at")).order_by().values("actor_id", "on_behalf_of_id", "day")
    return list(grouped.annotate(times=Count("pk"), last=Max("at")).order_by("-last")[:MOST_READS])
