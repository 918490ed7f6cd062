"""The outcome document: what is in it, its fingerprint, and its pages.

Users never supply HTML: every text is escaped by the template. The pages are laid out by ``cpms.layout`` in a
child process with limits on time and memory.
"""

from __future__ import annotations

import zoneinfo
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from consent.models import Consent
from consent.states import Stage
from cpms import clock
from cpms.paper import pages_of
from outcomes import queries
from outcomes.models import Outcome, OutcomeDocument
from outcomes.queries import Statement
from outcomes.states import Decision
from panels.meetings.models import Meeting
from panels.meetings.states import MeetingState
from panels.models import Invitation, Panel


def gather(document: OutcomeDocument) -> dict[str, Any]:
    """Everything the template prints, as plain texts and lists; nothing is looked up later."""
    panel = Panel.objects.with_case().get(pk=document.panel_id)
    outcome = Outcome.objects.get(panel=panel)
    signatures = queries.signatures(outcome, document.number)
    before = {s.who_id: s for s in queries.signatures(outcome, document.number - 1)}
    version = queries.version_of(outcome, document.number)
    patient = panel.case.patient
    return {
        "ref": panel.ref,
        "zone": zoneinfo.ZoneInfo(panel.lead.zone),
        "number": document.number,
        "code": document.code,
        "title": panel.title,
        "opened": panel.opened_at,
        "sent": version.sent_at,
        "reason": version.reason,
        "earlier": queries.version_of(outcome, document.number - 1) if version.reason else None,
        "closed": panel.closed_at,
        "patient": patient,
        "network": panel.network,
        "group": panel.group,
        "consent": Consent.objects.in_force(Stage.CARE).filter(patient=patient).first(),
        "diagnoses": list(panel.case.diagnoses.all()),
        "text": queries.text_from(version.body),
        "fingerprint": queries.fingerprint(version.body),
        "signatures": [(s, before.get(s.who_id)) for s in signatures],
        "also_asked": also_asked(panel, {signature.who_id for signature in signatures}),
        "meeting": last_meeting(panel),
        "dissents": [s for s in signatures if s.decision == Decision.DISSENT],
        "base_url": settings.BASE_URL.partition("//")[2],
        "demo": settings.DEMO,
    }


def also_asked(panel: Panel, signers: set[Any]) -> list[Any]:
    """People who were invited as experts and did not sign: the reader should know who had no part in it."""
    asked = Invitation.objects.filter(panel=panel).experts().select_related("invitee__centre")
    return [invitation.invitee for invitation in asked if invitation.invitee_id not in signers]


def last_meeting(panel: Panel) -> Any:
    """When the last held meeting on the panel began, or ``None``."""
    held = Meeting.objects.filter(agenda__panel=panel, state=MeetingState.HELD)
    return held.order_by("-starts_at").values_list("starts_at", flat=True).first()


def lay_out(content: dict[str, Any]) -> bytes:
    """The PDF/UA-1 file. Raises ``CannotLayOut``."""
    with timezone.override(content["zone"]):
        html = render_to_string("outcomes/document.html", content)
    return pages_of(html)


def statement(user: Any, year: Statement) -> bytes:
    """A person's year as a PDF: numbers of panels, counts and minutes; no patient's data. Raises ``CannotLayOut``."""
    context = {"person": user, "statement": year, "made": clock.now(), "demo": settings.DEMO}
    with timezone.override(zoneinfo.ZoneInfo(user.zone)):
        return pages_of(render_to_string("outcomes/statement_document.html", context))
