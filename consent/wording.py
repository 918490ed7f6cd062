"""The fixed words of the consent sheet beside its text: boxes, lines and who signs. One file of ``texts/`` for each language.

Staff add sheets in any language; for one that has no file here, the words are English and the sheet says so.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

TEXTS = Path(__file__).parent / "texts"
ENGLISH = "en"


@cache
def languages() -> frozenset[str]:
    """Those that have fixed words of their own."""
    return frozenset(path.stem for path in TEXTS.glob("*.toml"))


def spoken(language: str) -> str:
    """The language of the fixed words on a sheet in this language."""
    return language if language in languages() else ENGLISH


@cache
def words_of(language: str) -> Mapping[str, Any]:
    return tomllib.loads((TEXTS / f"{spoken(language)}.toml").read_text(encoding="utf-8"))
