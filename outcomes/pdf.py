"""The outcome document: what is in it, its fingerprint, and its pages.

Users never supply HTML: every text is escaped by the template. The pages are laid out by ``cpms.layout`` in a
child process with limits on time and memory.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import format_html

from consent.models import Consent
from consent.states import Stage
from cpms import clock, words
from cpms.paper import pages_of
from outcomes import queries
from outcomes.models import Outcome, OutcomeDocument
from outcomes.queries import Statement
from outcomes.states import ENGLISH, Decision
from outcomes.wording import words_of
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
    patient, say = panel.case.patient, words_of(document.language)
    consent = Consent.objects.in_force(Stage.CARE).filter(patient=patient).first()
    return fixed(document) | {
        "ref": panel.ref,
        "zone": zoneinfo.ZoneInfo(panel.lead.zone),
        "title": panel.title,
        "opened": panel.opened_at,
        "sent": version.sent_at,
        "reason": version.reason,
        "earlier": queries.version_of(outcome, document.number - 1) if version.reason else None,
        "closed": panel.closed_at,
        "patient": patient,
        "patient_country": words.of(say["countries"], patient.country),
        "network": panel.network,
        "group": panel.group,
        "consent": consent,
        "giver": words.of(say["giver"], consent.given_by) if consent else "",
        "diagnoses": list(panel.case.diagnoses.all()),
        "text": queries.text_from(version.body),
        "fingerprint": queries.fingerprint(version.body),
        "signatures": [(s, before.get(s.who_id), place_of(s.who, say)) for s in signatures],
        "also_asked": also_asked(panel, {signature.who_id for signature in signatures}, say),
        "meeting": last_meeting(panel),
        "dissents": [s for s in signatures if s.decision == Decision.DISSENT],
    }


def fixed(document: OutcomeDocument) -> dict[str, Any]:
    """What is the same for every outcome: the words of a language, and how the document is checked.

    ``theirs`` is the language of what people wrote, in a document whose own words are in another one.
    """
    return {
        "say": words_of(document.language),
        "language": document.language,
        "theirs": "" if document.language == ENGLISH else str(ENGLISH),
        "number": document.number,
        "code": document.code,
        "printed_code": format_html('<b class="code">{}</b>', document.code),
        "address": format_html(
            '<span class="code">{}</span>', settings.BASE_URL.partition("//")[2] + reverse("outcomes:verify")
        ),
        "demo": settings.DEMO,
    }


def place_of(person: Any, say: Mapping[str, Any]) -> str:
    """Hospital, city and country, the country's name in the document's language."""
    country = person.centre.country if person.centre else person.country
    return ", ".join(part for part in (person.place, words.of(say["countries"], country)) if part)


def also_asked(panel: Panel, signers: set[Any], say: Mapping[str, Any]) -> list[tuple[str, str]]:
    """People who were invited as experts and did not sign: the reader should know who had no part in it."""
    asked = Invitation.objects.filter(panel=panel).experts().select_related("invitee__centre")
    rest = [invitation.invitee for invitation in asked if invitation.invitee_id not in signers]
    return [(person.display_name, place_of(person, say)) for person in rest]


def last_meeting(panel: Panel) -> Any:
    """When the last held meeting on the panel began, or ``None``."""
    held = Meeting.objects.filter(agenda__panel=panel, state=MeetingState.HELD)
    return held.order_by("-starts_at").values_list("starts_at", flat=True).first()


def written(content: dict[str, Any]) -> str:
    """The document as HTML, in its language and its lead's zone."""
    with timezone.override(content["zone"]), translation.override(content["language"]):
        return render_to_string("outcomes/document.html", content)


def lay_out(content: dict[str, Any]) -> bytes:
    """The PDF/UA-1 file. Raises ``CannotLayOut``."""
    return pages_of(written(content))


def statement(user: Any, year: Statement) -> bytes:
    """A person's year as a PDF: numbers of panels, counts and minutes; no patient's data. Raises ``CannotLayOut``."""
    context = {"person": user, "statement": year, "made": clock.now(), "demo": settings.DEMO}
    with timezone.override(zoneinfo.ZoneInfo(user.zone)):
        return pages_of(render_to_string("outcomes/statement_document.html", context))
