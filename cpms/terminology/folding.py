"""How a name is made findable: without accents, case and punctuation. ``fold`` is for the terminologies, whose names are Latin;
what people write, and what they look for in it, is folded by ``fold_name``, in every alphabet."""

from __future__ import annotations

import re
import unicodedata

NOT_A_WORD = re.compile(r"[^0-9a-z]+")
NOT_A_LETTER = re.compile(r"[\W_]+")

STRUCK = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "\N{LATIN SMALL LETTER DOTLESS I}": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
SPELT = dict(
    zip(
        "αβγδεζηθικλμνξοπρστυφχψω",
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi psi "
        "omega".split(),
        strict=True,
    )
)
GREEK = "\N{GREEK SMALL LETTER ALPHA}-\N{GREEK SMALL LETTER OMEGA}"
IN_LATIN = re.compile(rf"(?<=[0-9a-z])[{GREEK}](?![{GREEK}])|(?<![{GREEK}])[{GREEK}](?=-?[a-z])")
"""A single Greek letter in a Latin word: 11β-hydroxylase is asked for as 11-beta-hydroxylase."""


def fold(text: str) -> str:
    """``Hürthle-cell`` becomes ``hurthle cell``, ``Wisła`` ``wisla``. Other alphabets (Greek, Cyrillic) are dropped."""
    if text.isascii():
        return NOT_A_WORD.sub(" ", text.casefold()).strip()
    return NOT_A_WORD.sub(" ", without_accents(text)).strip()


def fold_name(text: str) -> str:
    """As ``fold``, but keeps the letters of other alphabets: ``Παπαδόπουλος`` becomes ``παπαδοπουλοσ``, which is typed without the
    accent and with either sigma, and two hospitals with Greek names are two. ``11β-hydroxylase`` becomes ``11 beta hydroxylase``."""
    if text.isascii():
        return NOT_A_WORD.sub(" ", text.casefold()).strip()
    plain = IN_LATIN.sub(lambda letter: f" {SPELT[letter[0]]} ", without_accents(text))
    return NOT_A_LETTER.sub(" ", plain).strip()


def without_accents(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold().translate(STRUCK)
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def begins_each(words: list[str], text: str) -> bool:
    """Whether each of the folded words begins a word of the folded text."""
    return all(f" {word}" in f" {text}" for word in words)
