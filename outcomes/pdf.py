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

from cpms import clock, words
from cpms.paper import pages_of
from outcomes import queries
from outcomes.models import Outcome, OutcomeDocument
from outcomes.queries import Statement
from outcomes.states import ENGLISH, Decision
from outcomes.wording import words_of


def gather(document: OutcomeDocument) -> dict[str, Any]:
    """Everything the template prints, as plain texts and lists: the signed text, and the facts that were kept with the document."""
    panel = document.panel
    outcome = Outcome.objects.get(panel=panel)
    version, say = queries.version_of(outcome, document.number), words_of(document.language)
    facts = queries.facts_from(document.facts or queries.facts_of(panel, document.number))
    consent, signatures = facts["consent"], facts["signatures"]
    return (
        fixed(document)
        | facts
        | {
            "ref": panel.ref,
            "zone": zoneinfo.ZoneInfo(facts["zone"]),
            "sent": version.sent_at,
            "reason": version.reason,
            "earlier": queries.version_of(outcome, document.number - 1) if version.reason else None,
            "patient_country": words.of(say["countries"], facts["patient"]["country"]),
            "giver": words.of(say["giver"], consent["given_by"]) if consent else "",
            "text": queries.text_from(version.body),
            "fingerprint": queries.fingerprint(version.body),
            "signatures": [(s, s["before"], place_of(s["who"], say)) for s in signatures],
            "also_asked": [(person["display_name"], place_of(person, say)) for person in facts["also_asked"]],
            "dissents": [s for s in signatures if s["decision"] == Decision.DISSENT],
        }
    )


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


def place_of(person: Mapping[str, str], say: Mapping[str, Any]) -> str:
    """Hospital, city and country, the country's name in the document's language."""
    return ", ".join(part for part in (person["place"], words.of(say["countries"], person["country"])) if part)


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
