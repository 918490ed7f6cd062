"""What may come in, how it is told apart, and what comes out. No Django here: the child process imports it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

PDF, JPEG, PNG = "pdf", "jpeg", "png"
LARGEST = 50_000_000
MOST_PIXELS = 50_000_000
MOST_PAGES = 100
SHOWN_PIXELS = 1600  # the longer side of a page as it is shown
MIME = {PDF: "application/pdf", JPEG: "image/jpeg", PNG: "image/png"}
ENDING = {"pdf": PDF, "jpg": JPEG, "jpeg": JPEG, "jpe": JPEG, "png": PNG}
# A new kind needs a line here and in ENDING, and a cleaner in ``child.CLEANERS``
MAGIC = (
    (re.compile(rb"(?:\xef\xbb\xbf)?\s{0,64}%PDF-\d"), PDF),
    (re.compile(rb"\xff\xd8\xff"), JPEG),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), PNG),
)
NAMES = {PDF: "a PDF document", JPEG: "a JPEG picture", PNG: "a PNG picture"}
NOT_TAKEN = "This is no PDF, JPEG or PNG file. Save it as one of these."
TOO_LARGE = "The file is larger than 50 MB. Make it smaller, or leave out what is not needed."
UNREADABLE = "The file is damaged or not complete, and could not be read."


class NotTaken(Exception):
    """The reason why a file is refused, in a sentence for the clinician."""


@dataclass
class Page:
    """A page as it is shown: a JPEG with its size in pixels."""

    jpeg: bytes
    width: int
    height: int


@dataclass
class Cleaned:
    """The file written anew, its pages to look at, what was taken out of it in words, and the text it holds."""

    kind: str
    data: bytes
    pages: list[Page]
    removed: list[str] = field(default_factory=list)
    text: str = ""


def kind_of(data: bytes) -> str:
    """The kind by the first bytes. Raises ``NotTaken``."""
    found = next((kind for pattern, kind in MAGIC if pattern.match(data)), "")
    if not found:
        raise NotTaken(NOT_TAKEN)
    return found


def named_kind(filename: str) -> str:
    """The kind that a file's name claims. Raises ``NotTaken``."""
    kind = ENDING.get(filename.rpartition(".")[2].lower().strip())
    if kind is None:
        raise NotTaken(NOT_TAKEN)
    return kind


def check(data: bytes, filename: str) -> str:
    """The kind, when size, name and first bytes agree. Raises ``NotTaken``."""
    if len(data) > LARGEST:
        raise NotTaken(TOO_LARGE)
    claimed, found = named_kind(filename), kind_of(data)
    if claimed != found:
        raise NotTaken(f"The name says {NAMES[claimed]}, but the file is {NAMES[found]}. Save it as what it is.")
    return found
