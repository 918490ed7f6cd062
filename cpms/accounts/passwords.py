"""Password rules beyond length and the common list."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

CONTEXT_WORDS = ("cpms", "endo-ern", "ern-bond", "hospital", "password", "endocrin")


class ContextWordsValidator:
    """Refuse passwords built on this product's own words (ASVS 5.0, 6.2.11)."""

    def validate(self, password: str, user: Any = None) -> None:
        lowered = password.lower()
        for word in CONTEXT_WORDS:
            if word in lowered and len(password) - len(word) < 8:
                raise ValidationError(f"Please do not build your password on “{word}”.", code="context_word")

    def get_help_text(self) -> str:
        return "Do not build it on words such as CPMS, hospital or your network's name."
