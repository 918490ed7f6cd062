"""Does this text name a person? Asked while somebody types; answered beside the text; never in the way."""

from __future__ import annotations

from typing import Any

import structlog
from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cpms import identifiers
from cpms.accounts.access import access
from cpms.accounts.access.routes import WRITE
from cpms.patients.queries import own_numbers_in
from panels.cases.importers.sent import sent_text
from panels.cases.lab_forms import LONGEST

MOST = 8
PIECE, OVERLAP = 20_000, 200  # signs that are searched for the hospital's numbers at once, and of who is not signed in
log = structlog.get_logger("cpms.identifiers")


@access("cases:marks", public="looks at a text that somebody types, keeps nothing", methods=WRITE)
def marks(request: HttpRequest) -> HttpResponse:
    """The text is looked at and forgotten; the log gets the kinds that were found."""
    if not request.user.is_authenticated and not ratelimit.consume(request, action="marks"):
        return HttpResponse(status=429)
    text = sent_text(request)[: LONGEST if request.user.is_authenticated else PIECE]
    own = own_numbers(text, by=request.user) if request.user.is_authenticated else []
    found = identifiers.marks(text, records=own)
    if found:
        log.info("identifiers_marked", kinds=sorted({mark.kind for mark in found}))
    shown = [(mark.kind, text[mark.start : mark.end]) for mark in found[:MOST]]
    return render(request, "cases/_marks.html", {"marks": shown, "more": max(len(found) - MOST, 0)})


def own_numbers(text: str, *, by: Any) -> set[tuple[int, int]]:
    """Where the text holds the hospital's number of a patient of the person's own, piece by piece."""
    starts = range(0, max(len(text) - OVERLAP, 1), PIECE - OVERLAP)
    found = ((start, span) for start in starts for span in own_numbers_in(text[start : start + PIECE], by=by))
    return {(start + first, start + last) for start, (first, last) in found}
