"""Documents on paper: HTML of our own templates, laid out as tagged PDF pages by a child process.

The child (``cpms.layout``) limits its own time and memory and fetches nothing; what it is given has no sign that hides or turns.
"""

from __future__ import annotations

import subprocess
import sys
import unicodedata

from django.conf import settings

LAYOUT = [sys.executable, "-P", str(settings.BASE_DIR / "cpms" / "layout.py")]
SECONDS = 60
CHILD_SECONDS, CHILD_MEMORY = 50, 3_000_000_000  # address space, much of it libraries that are mapped and not used


class CannotLayOut(Exception):
    """The child process failed or took too long; trying again may help."""


def is_control(sign: str) -> bool:
    return unicodedata.category(sign) == "Cc"


def turns_direction(sign: str) -> bool:
    """Embedding, override, isolate, and the marks that end them (Unicode Annex 9)."""
    return unicodedata.bidirectional(sign) in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def printable(html: str) -> str:
    """Without control signs, and without marks that turn the reading direction: on paper "50" must not read "05"."""
    return "".join(sign for sign in html if sign in "\n\t" or not (is_control(sign) or turns_direction(sign)))


def pages_of(html: str) -> bytes:
    """Laid out by the one module that knows how, in a child process of its own."""
    child = [*LAYOUT, str(CHILD_SECONDS), str(CHILD_MEMORY)]
    try:
        done = subprocess.run(  # noqa: S603 our own module, fixed arguments
            child,
            input=printable(html).encode(),
            capture_output=True,
            timeout=SECONDS,
            check=True,
            cwd=settings.BASE_DIR,
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise CannotLayOut(type(error).__name__) from error
    return done.stdout
