"""The consent sheet as a PDF to print and sign. It holds no patient's data; the same version is the same file."""

from __future__ import annotations

import subprocess
import sys

from django.conf import settings
from django.core.cache import cache
from django.template.loader import render_to_string

from consent.models import ConsentForm

SECONDS, KEEP = 60, 7 * 24 * 3600
CHILD_SECONDS, CHILD_MEMORY = 50, 3_000_000_000  # address space, much of it mapped and not used


class CannotLayOut(Exception):
    """The page could not be laid out now; trying again may help."""


def sheet(form: ConsentForm) -> bytes:
    """The tagged PDF, kept for a week. Raises ``CannotLayOut``."""
    named = f"consent-sheet-{form.pk}-{form.version}"
    made: bytes | None = cache.get(named)
    if made is None:
        made = lay_out(render_to_string("patients/sheet_document.html", {"form": form}))
        cache.set(named, made, KEEP)
    return made


def lay_out(html: str) -> bytes:
    """Through the one module that knows how, in a child process of its own."""
    child = [sys.executable, "-m", "outcomes.layout", str(CHILD_SECONDS), str(CHILD_MEMORY)]
    try:
        done = subprocess.run(  # noqa: S603 our own module, fixed arguments
            child, input=html.encode(), capture_output=True, timeout=SECONDS, check=True, cwd=settings.BASE_DIR
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise CannotLayOut(type(error).__name__) from error
    return done.stdout
