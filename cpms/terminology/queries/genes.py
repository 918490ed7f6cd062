"""Genes by their symbols, as HGNC writes them. What two cases or people are matched by is the symbol, so a misspelt one is asked about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache

from rapidfuzz import fuzz, process

from cpms.terminology.models import Concept
from cpms.terminology.queries.finding import Hit, release_loaded, search
from cpms.terminology.states import System

ALIKE, SHORTEST_GUESS = 85, 4  # CYP21A and CYP21A2 are, MEN1 and MEN2 are not


def genes() -> Mapping[str, str]:
    """Each gene in which a rare disease is known: its symbol, by the symbol in capitals. One query, kept until another release."""
    return _genes(release_loaded(System.GENE))


@lru_cache(maxsize=1)
def _genes(_loaded_at: dt.datetime | None) -> Mapping[str, str]:
    symbols = Concept.objects.of(System.GENE).active().values_list("name", flat=True)
    return {symbol.upper(): symbol for symbol in symbols}


def gene_like(symbol: str, known: Mapping[str, str]) -> str:
    """The gene that may be meant by a symbol that is none; nothing where it is one, or is like none."""
    text = symbol.strip().upper()
    if text in known or len(text) < SHORTEST_GUESS:
        return ""
    near = process.extractOne(text, list(known), scorer=fuzz.ratio, score_cutoff=ALIKE)
    return known[near[0]] if near else ""


def suggested_genes(text: str, limit: int = 10) -> list[Hit]:
    """Genes whose symbol begins with the text, or else the one that it is like."""
    if hits := search(System.GENE, text, limit):
        return hits
    return search(System.GENE, like, 1) if (like := gene_like(text, genes())) else []
