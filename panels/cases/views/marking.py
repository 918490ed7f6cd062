"""Does this text name a person? Asked while somebody types; answered beside the text; never in the way."""

from __future__ import annotations

import structlog
from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cpms import identifiers
from cpms.accounts.access import access
from cpms.accounts.access.routes import WRITE
from cpms.patients.queries import own_numbers_in
from panels.cases.importers.sent import sent_text

MOST = 8
log = structlog.get_logger("cpms.identifiers")


@access("cases:marks", public="looks at a text that somebody types, keeps nothing", methods=WRITE)
def marks(request: HttpRequest) -> HttpResponse:
    """The text is looked at and forgotten; the log gets the kinds that were found."""
    if not request.user.is_authenticated and not ratelimit.consume(request, action="marks"):
        return HttpResponse(status=429)
    text = sent_text(request.body)
    own = own_numbers_in(text[: identifiers.LONGEST], by=request.user) if request.user.is_authenticated else []
    found = identifiers.marks(text, records=own)
    if found:
        log.info("identifiers_marked", kinds=sorted({mark.kind for mark in found}))
    shown = [(mark.kind, text[mark.start : mark.end]) for mark in found[:MOST]]
    return render(request, "cases/_marks.html", {"marks": shown, "more": max(len(found) - MOST, 0)})
