"""How a name is made findable: without accents, case and punctuation."""

from __future__ import annotations

import re
import unicodedata

NOT_A_WORD = re.compile(r"[^0-9a-z]+")

STRUCK = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "\N{LATIN SMALL LETTER DOTLESS I}": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)


def fold(text: str) -> str:
    """``Hürthle-cell`` becomes ``hurthle cell``, ``Wisła`` ``wisla``. Other alphabets (Greek, Cyrillic) are dropped."""
    if text.isascii():
        return NOT_A_WORD.sub(" ", text.casefold()).strip()
    plain = unicodedata.normalize("NFKD", text).casefold().translate(STRUCK)
    return NOT_A_WORD.sub(" ", "".join(letter for letter in plain if not unicodedata.combining(letter))).strip()


def begins_each(words: list[str], text: str) -> bool:
    """Whether each of the folded words begins a word of the folded text."""
    return all(f" {word}" in f" {text}" for word in words)
