"""Does this text name a person? Asked while somebody types; answered beside the text; never in the way."""

from __future__ import annotations

import json

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cpms import identifiers
from cpms.accounts.access import access
from cpms.accounts.access.routes import WRITE
from cpms.accounts.roles import Permission

MOST = 8
log = structlog.get_logger("cpms.identifiers")


@access("cases:marks", verb=Permission.SIGNED_IN, methods=WRITE)
def marks(request: HttpRequest) -> HttpResponse:
    """The text is looked at and forgotten; the log gets the kinds that were found."""
    text = text_of(request.body)
    found = identifiers.marks(text)
    if found:
        log.info("identifiers_marked", kinds=sorted({mark.kind for mark in found}))
    shown = [(mark.kind, text[mark.start : mark.end]) for mark in found[:MOST]]
    return render(request, "cases/_marks.html", {"marks": shown, "more": max(len(found) - MOST, 0)})


def text_of(body: bytes) -> str:
    """The text that the script sent; nothing when it sent something else."""
    try:
        sent = json.loads(body)
    except ValueError:
        return ""
    text = sent.get("text") if isinstance(sent, dict) else ""
    return text if isinstance(text, str) else ""
