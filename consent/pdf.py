"""The consent sheet as a PDF to print and sign. It holds no patient's data; one sheet with the same words is one file."""

from __future__ import annotations

import hashlib

from django.core.cache import cache
from django.template.loader import render_to_string

from consent.models import ConsentForm
from consent.queries import sheet_of
from cpms.paper import pages_of

KEEP = 7 * 24 * 3600


def sheet(form: ConsentForm) -> bytes:
    """The tagged PDF, kept for a week. Raises ``CannotLayOut``."""
    text = render_to_string("patients/sheet_document.html", {"sheet": sheet_of(form)})
    named = f"consent-sheet-{hashlib.sha256(text.encode()).hexdigest()}"
    made: bytes | None = cache.get(named)
    if made is None:
        made = pages_of(text)
        cache.set(named, made, KEEP)
    return made
