"""Let the helpdesk look on for an hour. It ends by itself, at once when somebody ends it, and every page read is on record."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from consent.actions import hold_consent
from cpms import clock
from cpms.accounts import queries as accounts
from cpms.accounts.access import Refused, ask
from cpms.accounts.models import User
from cpms.accounts.roles import Permission
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from cpms.patients.models import Patient
from panels import policy
from panels.models import Assist, Panel
from panels.queries import handing_over
from panels.states import ASSIST_LASTS, AssistKind, Part


def held(panel: Panel) -> Panel:
    """The panel as it stands, until commit: of two who let the same person in at one moment one does, and an hour that is ended
    has no other beside it."""
    hold_consent(panel.audit_patient_id)
    return Panel.objects.held(panel.pk)


def open_for(panel: Panel, who: User, kind: AssistKind, *, by: Any, reason: str = "") -> Assist:
    """The hour itself; one that runs already is not made longer."""
    if not accounts.helpdesk_of(panel.network).filter(pk=who.pk).exists():
        raise Refused("This person is not of the panel's helpdesk.")
    if Assist.objects.running().filter(panel=panel, who=who).exists():
        raise Refused("This person sees the panel already.")
    now = clock.now()
    assist = Assist.objects.create(
        panel=panel, who=who, kind=kind, reason=reason, given_by=by, given_at=now, until=now + ASSIST_LASTS
    )
    audit.record(Event.LET_IN, on=panel, by=by, kind=str(kind), ids=[str(who.pk)])
    path = reverse("panels:detail", args=[panel.ref])
    notifications.notify([who], notice=Notice.LET_IN, by=by, about=assist, ref=panel.ref, path=path, urgent=True)
    return assist


@transaction.atomic
def let_in(panel: Panel, *, who: User, by: Any) -> Assist:
    """The lead or the assistant asks somebody of the helpdesk to look on."""
    panel = held(panel)
    if not (verdict := ask(Permission.ASSIST_GIVE, by, panel)):
        raise Refused(verdict.reason)
    return open_for(panel, who, AssistKind.LEAD, by=by)


@transaction.atomic
def break_glass(panel: Panel, *, who: User, reason: str, by: Any) -> Assist:
    """``who`` asked, ``by`` is the second person. Whoever answers for the patient is told at once, and the data protection officer
    whose address is set. Raises ``Refused`` for one person alone."""
    if by.pk == who.pk or not by.is_staff:
        raise Refused("A second person of the helpdesk must confirm this.")
    panel = held(panel)
    if not (verdict := policy.may_be_looked_at(panel)):
        raise Refused(verdict.reason)
    assist = open_for(panel, who, AssistKind.GLASS, reason=reason, by=by)
    people, path, ref = who_hears(panel)
    notifications.notify(people, notice=Notice.GLASS_BROKEN, by=None, about=assist, ref=ref, path=path)
    if settings.DPO_EMAIL:
        notifications.notify_address(settings.DPO_EMAIL, notice=Notice.GLASS_BROKEN, about=assist)
    return assist


def who_hears(panel: Panel) -> tuple[list[User], str, str]:
    """The clinician, with the page that says who looks and why, and the panel's number; while nobody answers for the patient, who says
    who answers next: that page waits for the next clinician, and the number, which names the field of the disease, is not for them."""
    patient = panel.case.patient
    if Patient.objects.left_behind().filter(pk=patient.pk).exists():
        _verb, people, path = handing_over.who_decides(patient.centre)
        return people, path, ""
    return [patient.enrolled_by], reverse("panels:sight", args=[patient.pseudonym]), panel.ref


@transaction.atomic
def end_assist(assist: Assist, *, by: Any) -> None:
    """Over at once: by the treating side, or by whoever was let in."""
    if by.pk != assist.who_id and policy.part_of(by, assist.panel) != Part.TREATING:
        raise Refused(policy.FOR_TREATING_SIDE)
    if Assist.objects.running().filter(pk=assist.pk).update(ended_at=clock.now(), ended_by=by):
        audit.record(Event.ASSIST_ENDED, on=assist.panel, by=by, ids=[str(assist.who_id)])
