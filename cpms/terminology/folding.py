"""How a name is made findable: without accents, case and punctuation."""

from __future__ import annotations

import re
import unicodedata

NOT_A_WORD = re.compile(r"[^0-9a-z]+")


def fold(text: str) -> str:
    """``Hürthle-cell`` becomes ``hurthle cell``. Letters outside a-z that carry no accent (Greek, Cyrillic) are dropped."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return NOT_A_WORD.sub(" ", "".join(letter for letter in plain if not unicodedata.combining(letter))).strip()
