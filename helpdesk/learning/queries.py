"""The contents by reader, the section that helps with a page, and the search."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from django.urls import reverse
from rapidfuzz import fuzz, process

from cpms.terminology.folding import begins_each, fold_name
from helpdesk.learning.catalogue import Chapter, Section, address, chapters
from helpdesk.learning.states import HELP, STAFF_SITE, START, Reader

ALIKE, LONG_ENOUGH, MOST, EXCERPT = 75, 4, 12, 220
"""How alike a misspelt word is (of 100) and how long at least; results shown; signs of an excerpt."""
WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Hit:
    """``title`` and ``excerpt`` are pieces of text, each with whether it is one of the words searched for."""

    chapter: Chapter
    section: Section
    title: list[tuple[str, bool]]
    excerpt: list[tuple[str, bool]]


def contents() -> list[tuple[str, list[Chapter]]]:
    """Each kind of reader in words, with the chapters written for it first of all."""
    found = [(reader.label, [c for c in chapters().values() if c.readers[0] == reader]) for reader in Reader]
    return [(str(label), rows) for label, rows in found if rows]


def help_with(route: str, *, inside: bool) -> str:
    """Where the manual helps with the page of this route; only to open chapters for whoever is not signed in."""
    place = HELP.get(STAFF_SITE if route.startswith(f"{STAFF_SITE}:") else route, "")
    if inside:
        return address(place) if place else reverse("manual:contents")
    return address(place if place and chapters()[place.partition("#")[0]].is_open else START)


@cache
def vocabulary() -> frozenset[str]:
    """Every word of the manual, folded."""
    every = (f"{c.title} {s.title} {s.words}" for c in chapters().values() for s in c.sections)
    return frozenset(word for text in every for word in fold_name(text).split())


def understood(text: str) -> list[str]:
    """The folded words that are searched for; one that begins no word of the manual as the word most like it."""
    known, found = vocabulary(), []
    for word in fold_name(text).split():
        if len(word) >= LONG_ENOUGH and not any(one.startswith(word) for one in known):
            like = process.extractOne(word, sorted(known), scorer=fuzz.ratio, score_cutoff=ALIKE)
            word = like[0] if like else word
        found.append(word)
    return found


def search(words: list[str]) -> list[Hit]:
    """Sections that hold the words, or words that begin with them; where none holds all, those that hold the most. Those with
    the words in their title come first."""
    ranked = []
    for chapter in chapters().values():
        for section in chapter.sections:
            title = fold_name(f"{chapter.title} {section.title}")
            here = sum(begins_each([word], f"{title} {fold_name(section.words)}") for word in words)
            ranked.append((here, sum(begins_each([word], title) for word in words), chapter, section))
    most = max(here for here, *_others in ranked)
    ranked = sorted((row for row in ranked if row[0] == most > 0), key=lambda row: -row[1])
    return [
        Hit(c, s, marked(s.title, words), marked(excerpt(s.words, words), words))
        for _here, _title, c, s in ranked[:MOST]
    ]


def is_meant(word: str, words: list[str]) -> bool:
    return any(fold_name(word).startswith(one) for one in words)


def excerpt(text: str, words: list[str]) -> str:
    """The part of a text around the first of the words."""
    at = next((match.start() for match in WORD.finditer(text) if is_meant(match[0], words)), 0)
    start = text.rfind(". ", 0, at) + 2 if at > EXCERPT // 2 else 0
    start = start if at - start < EXCERPT else text.rfind(" ", 0, at - 40) + 1
    part = text[start : start + EXCERPT].rpartition(" ")[0] if len(text) > start + EXCERPT else text[start:]
    return f"{'… ' if start else ''}{part}{' …' if len(text) > start + EXCERPT else ''}"


def marked(text: str, words: list[str]) -> list[tuple[str, bool]]:
    pieces, at = [], 0
    for match in WORD.finditer(text):
        if is_meant(match[0], words):
            pieces += [(text[at : match.start()], False), (match[0], True)]
            at = match.end()
    return [(piece, meant) for piece, meant in [*pieces, (text[at:], False)] if piece]
