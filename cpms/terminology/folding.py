"""How a name is made findable: without accents, case and punctuation."""

from __future__ import annotations

import re
import unicodedata

NOT_A_WORD = re.compile(r"[^0-9a-z]+")
NOT_A_LETTER = re.compile(r"[\W_]+")

STRUCK = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "\N{LATIN SMALL LETTER DOTLESS I}": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)


def fold(text: str) -> str:
    """``Hürthle-cell`` becomes ``hurthle cell``, ``Wisła`` ``wisla``. Other alphabets (Greek, Cyrillic) are dropped."""
    if text.isascii():
        return NOT_A_WORD.sub(" ", text.casefold()).strip()
    return NOT_A_WORD.sub(" ", without_accents(text)).strip()


def fold_name(text: str) -> str:
    """As ``fold``, but keeps the letters of other alphabets: two hospitals with Greek names are two."""
    return NOT_A_LETTER.sub(" ", without_accents(text)).strip()


def without_accents(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold().translate(STRUCK)
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def begins_each(words: list[str], text: str) -> bool:
    """Whether each of the folded words begins a word of the folded text."""
    return all(f" {word}" in f" {text}" for word in words)
