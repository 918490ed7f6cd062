"""The consent sheet as a PDF to print and sign. It holds no patient's data; the same version and the same registries are the same file."""

from __future__ import annotations

import hashlib

from django.core.cache import cache
from django.template.loader import render_to_string

from consent.models import ConsentForm
from consent.queries import registries_on
from cpms.paper import pages_of

KEEP = 7 * 24 * 3600


def sheet(form: ConsentForm) -> bytes:
    """The tagged PDF, kept for a week. Raises ``CannotLayOut``."""
    registries = registries_on(form)
    named = f"consent-sheet-{form.pk}-{form.version}-{hashlib.sha256(registries.encode()).hexdigest()[:16]}"
    made: bytes | None = cache.get(named)
    if made is None:
        made = pages_of(render_to_string("patients/sheet_document.html", {"form": form, "registries": registries}))
        cache.set(named, made, KEEP)
    return made
