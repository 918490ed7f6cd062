"""The fixed words of the outcome document, one file of ``texts/`` for each language; what people write is never translated.

Every file has the same keys, and in every sentence the same places to fill. Dates and months are Django's own.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from cpms import countries
from outcomes.states import ENGLISH, Language

TEXTS = Path(__file__).parent / "texts"
SPOKEN_IN = {"DE": "de", "AT": "de", "LI": "de", "FR": "fr", "MC": "fr", "ES": "es", "IT": "it", "SM": "it", "PL": "pl"}
"""Countries of one language of ours; where several are official, or another one, nobody is told which is theirs."""


@cache
def words_of(language: str) -> Mapping[str, Any]:
    """The words of this language, with the names of all countries; one that has no name there keeps its English one."""
    words = tomllib.loads((TEXTS / f"{Language(language)}.toml").read_text(encoding="utf-8"))
    return words | {"countries": countries.NAMES | words.get("countries", {})}


def language_for(person: Any) -> Language:
    """The language of the person's hospital, as far as we have it; else English."""
    country = person.centre.country if person.centre else person.country
    return Language(SPOKEN_IN.get(country, ENGLISH))
