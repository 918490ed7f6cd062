"""Password rules beyond length and the common list."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import ValidationError

STAFF_LENGTH = 15
CONTEXT_WORDS = ("cpms", "endo-ern", "ern-bond", "hospital", "password", "endocrin")


class ContextWordsValidator:
    """Refuse passwords built on this product's own words (ASVS 5.0, 6.2.11)."""

    def validate(self, password: str, user: Any = None) -> None:
        lowered = password.lower()
        for word in CONTEXT_WORDS:
            if word in lowered and len(password) - len(word) < 8:
                raise ValidationError(f"Do not build your password on “{word}”.", code="context_word")

    def get_help_text(self) -> str:
        return "Do not build it on words such as CPMS, hospital or your network's name."


class StaffLengthValidator:
    """Fifteen characters for the helpdesk, who reach every account of their network: what NIST SP 800-63B-4 (3.1.1.2) asks
    where a password stands alone. See docs/adr/0023-passwords.md."""

    def validate(self, password: str, user: Any = None) -> None:
        if user is not None and user.is_staff and len(password) < STAFF_LENGTH:
            raise ValidationError(f"Helpdesk staff choose at least {STAFF_LENGTH} characters.", code="staff_length")

    def get_help_text(self) -> str:
        return f"At least {STAFF_LENGTH} characters for helpdesk staff."


class BreachedPasswordValidator:
    """Refuse passwords known from breaches (ASVS 5.0, 6.2.12), by a file that the operator lays down; nothing leaves the house.

    The file holds one SHA-1 in hexadecimal per line, in order, with or without ``:count`` behind it, as such lists are
    published. Without ``CPMS_BREACHED_PASSWORDS`` nothing is looked up.
    """

    def validate(self, password: str, user: Any = None) -> None:
        path = settings.BREACHED_PASSWORDS
        digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
        if path and holds(Path(path), digest.encode()):
            raise ValidationError(
                "This password is on a list of stolen ones. Choose another.", code="breached_password"
            )

    def get_help_text(self) -> str:
        return "Not one that is known from a breach elsewhere."


def holds(path: Path, wanted: bytes) -> bool:
    """Whether a line of an ordered file begins with ``wanted``, by halving: some thirty reads of a file of any size."""
    with path.open("rb") as file:
        low, high = 0, file.seek(0, 2)
        while low < high:
            middle = (low + high) // 2
            if line_after(file, middle)[: len(wanted)].upper() < wanted:
                low = middle + 1
            else:
                high = middle
        return line_after(file, low)[: len(wanted)].upper() == wanted


def line_after(file: IO[bytes], place: int) -> bytes:
    """The first whole line that begins at ``place`` or behind it; past the end what sorts behind everything."""
    file.seek(max(0, place - 1))
    if place:
        file.readline()
    return file.readline() or b"~"
