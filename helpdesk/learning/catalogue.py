"""The manual's chapters: shipped texts, read once per process.

A chapter is a file of a small part of Markdown, and of nothing else: a title, a line ``Readers:``, perhaps a line ``Open: yes``
(readable without an account), sentences that lead in, then sections ``## Title {#anchor}`` with paragraphs, ``- `` and ``1. ``
lists, ``**words that stand on the page**`` and ``[links](chapter#section)``. Anything else is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.urls import reverse

from helpdesk.learning.states import Reader

FOLDER = Path(__file__).with_name("chapters")
HEADING = re.compile(r"## (?P<title>.+) \{#(?P<anchor>[a-z-]+)\}")
INLINE = re.compile(r"\*\*(?P<bold>[^*]+)\*\*|\[(?P<link>[^\]]+)\]\((?P<to>[a-z-]+(?:#[a-z-]+)?)\)")
LISTS = {"- ": "bullets", "1. ": "steps"}


class BadChapter(ValueError):
    """A chapter that is not written as the others are."""


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one kind: plain, ``bold``, or leading to a section (``to``)."""

    text: str
    bold: bool = False
    to: str = ""

    @property
    def address(self) -> str:
        return address(self.to)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph (one item) or a list: ``kind`` is text, bullets or steps."""

    kind: str
    items: tuple[tuple[Run, ...], ...]

    @property
    def words(self) -> str:
        return " ".join("".join(run.text for run in item) for item in self.items)


@dataclass(frozen=True, slots=True)
class Section:
    anchor: str
    title: str
    blocks: tuple[Block, ...]

    @property
    def words(self) -> str:
        return " ".join(block.words for block in self.blocks)


@dataclass(frozen=True)
class Chapter:
    """``is_open`` chapters are read without an account."""

    slug: str
    title: str
    readers: tuple[Reader, ...]
    is_open: bool
    lead: str
    sections: tuple[Section, ...]

    def get_absolute_url(self) -> str:
        return reverse("manual:open" if self.is_open else "manual:chapter", args=[self.slug])

    def section(self, anchor: str) -> Section | None:
        return next((one for one in self.sections if one.anchor == anchor), None)


def runs(text: str) -> tuple[Run, ...]:
    found, at = [], 0
    for match in INLINE.finditer(text):
        if match.start() > at:
            found.append(Run(text[at : match.start()]))
        found.append(Run(match["bold"], bold=True) if match["bold"] else Run(match["link"], to=match["to"]))
        at = match.end()
    return (*found, Run(text[at:])) if at < len(text) else tuple(found)


def blocks(lines: list[str]) -> Iterator[Block]:
    """Paragraphs are lines up to an empty one; each line of a list is an item."""
    for part in "\n".join(lines).strip().split("\n\n"):
        rows = part.strip().splitlines()
        marks = {next((mark for mark in LISTS if row.startswith(mark)), "") for row in rows}
        if len(marks) == 1 and (mark := marks.pop()):
            yield Block(LISTS[mark], tuple(runs(row.removeprefix(mark)) for row in rows))
        elif rows:
            yield Block("text", (runs(" ".join(rows)),))


def parsed(slug: str, text: str) -> Chapter:
    """Raises ``BadChapter`` for a file without title, readers or sections, and for a section without an anchor."""
    head, *rest = text.split("\n## ")
    title, *lines = head.strip().splitlines()
    said = dict(line.split(": ", 1) for line in lines if line.startswith(("Readers: ", "Open: ")))
    if not title.startswith("# ") or "Readers" not in said or not rest:
        raise BadChapter(f"{slug}: a title, readers and sections are needed")
    lead = " ".join(line for line in lines if not line.startswith(("Readers: ", "Open: "))).strip()
    sections = []
    for part in rest:
        first, *body = f"## {part}".splitlines()
        heading = HEADING.fullmatch(first.strip())
        if heading is None:
            raise BadChapter(f"{slug}: no anchor in “{first}”")
        sections.append(Section(heading["anchor"], heading["title"], tuple(blocks(body))))
    readers = tuple(Reader(name.strip()) for name in said["Readers"].split(","))
    return Chapter(slug, title.removeprefix("# "), readers, said.get("Open") == "yes", lead, tuple(sections))


@cache
def chapters() -> dict[str, Chapter]:
    """By slug, in the order of ``ORDER``."""
    return {slug: parsed(slug, (FOLDER / f"{slug}.md").read_text(encoding="utf-8")) for slug in ORDER}


def address(place: str) -> str:
    """Where ``chapter`` or ``chapter#section`` is read. Raises ``KeyError`` for a chapter that does not exist."""
    slug, hash_sign, anchor = place.partition("#")
    return chapters()[slug].get_absolute_url() + hash_sign + anchor


ORDER = (
    "coming-in",
    "outside",
    "my-day",
    "help",
    "patients",
    "case",
    "panel",
    "outcome",
    "questions",
    "advice",
    "meetings",
    "coordinating",
    "people",
    "reports",
    "helpdesk",
)
