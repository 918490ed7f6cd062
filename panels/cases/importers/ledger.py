"""A book of what a reader took from a tree: at its end, every value that nobody took is named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

from panels.cases.importers.read_case import Coded, ImportRefused, LeftOut
from panels.cases.importers.strict_json import shorten

Path: TypeAlias = tuple[str | int, ...]

MAX_ITEMS = 2_000
MAX_LISTED = 1_000
NOT_UNDERSTOOD = "not understood"
AS_WORDS = "codes whose words were taken instead"
MAY_IDENTIFY = "may identify the patient, so it is not kept"
IDENTIFYING = frozenset(
    [
        "name",
        "names",
        "surname",
        "firstname",
        "lastname",
        "fullname",
        "forename",
        "birth",
        "birthday",
        "birthdate",
        "dob",
        "address",
        "street",
        "postcode",
        "zip",
        "phone",
        "telephone",
        "mobile",
        "email",
        "mail",
        "mrn",
        "ssn",
        "nhs",
        "insurance",
        "passport",
        "contact",
        "initials",
        "person",
        "guardian",
    ]
)
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
NUMBER = re.compile(r"-?\d{1,18}(\.\d{1,18})?([eE][-+]?\d{1,2})?")


@dataclass(slots=True)
class Ledger:
    """Paths taken (leaf by leaf), branches set aside as one line, and branches listed leaf by leaf for one reason."""

    taken: set[Path] = field(default_factory=set)
    aside: dict[Path, LeftOut] = field(default_factory=dict)
    reasons: dict[Path, str] = field(default_factory=dict)
    worded: dict[str, None] = field(default_factory=dict)

    def left_out(self, tree: Any) -> tuple[LeftOut, ...]:
        """What was set aside or never taken, in the order of the file; beyond ``MAX_LISTED`` only counted."""
        found = tuple(self._walk((), tree, NOT_UNDERSTOOD, private=False))
        if self.worded:
            found = (*found, LeftOut("…", AS_WORDS, shorten(", ".join(self.worded), 2_000)))
        if len(found) <= MAX_LISTED:
            return found
        return (*found[:MAX_LISTED], LeftOut("…", f"and {len(found) - MAX_LISTED:,} more values that were left out"))

    def words(self, coded: Coded) -> str:
        """The label, or the code where there is none; a code that its label replaces is named at the end."""
        if coded.code and coded.label:
            self.worded[coded.code] = None
        return str(coded)

    def _walk(self, path: Path, value: Any, why: str, *, private: bool) -> Iterator[LeftOut]:
        why = self.reasons.get(path, why)
        if path in self.aside:
            yield self.aside[path]
        elif isinstance(value, dict):
            for key, child in value.items():
                yield from self._walk((*path, key), child, why, private=private or _is_identifying(key))
        elif isinstance(value, list):
            for index, child in enumerate(value):
                yield from self._walk((*path, index), child, why, private=private)
        elif value is not None and path not in self.taken:
            yield LeftOut(written(path), MAY_IDENTIFY if private else why, "" if private else shorten(value))


@dataclass(frozen=True, slots=True)
class Node:
    """A value with its address. Its readers mark what they return as taken; wrong types refuse the file."""

    value: Any
    path: Path
    ledger: Ledger

    def get(self, name: str) -> Node | None:
        """The entry, under its camelCase or snake_case name; None when it is missing or null."""
        if not isinstance(self.value, dict):
            raise self.wrong("a group of entries in { }")
        key = name if name in self.value else _snake(name)
        value = self.value.get(key)
        return None if value is None else Node(value, (*self.path, key), self.ledger)

    def group(self, name: str) -> Node | None:
        node = self.get(name)
        if node and not isinstance(node.value, dict):
            raise node.wrong("a group of entries in { }")
        return node

    def groups(self, name: str) -> tuple[Node, ...]:
        """The entries of a list of groups; empty when the list is missing."""
        found = self._list(name)
        for node in found:
            if not isinstance(node.value, dict):
                raise node.wrong("a group of entries in { }")
        return found

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(node._text() for node in self._list(name))

    def _list(self, name: str) -> tuple[Node, ...]:
        node = self.get(name)
        if node is None:
            return ()
        if not isinstance(node.value, list):
            raise node.wrong("a list in [ ]")
        if len(node.value) > MAX_ITEMS:
            raise ImportRefused(f"{written(node.path)} has more than {MAX_ITEMS:,} entries: too many for one case.")
        return tuple(Node(value, (*node.path, index), self.ledger) for index, value in enumerate(node.value))

    def text(self, name: str) -> str:
        """The text on one line, or an empty one when the entry is missing."""
        node = self.get(name)
        return node._text() if node else ""

    def _text(self) -> str:
        if not isinstance(self.value, str):
            raise self.wrong("a text")
        self.take()
        return " ".join(self.value.split())

    def flag(self, name: str) -> bool:
        node = self.get(name)
        if node is None:
            return False
        if not isinstance(node.value, bool):
            raise node.wrong("true or false")
        node.take()
        return node.value

    def number(self, name: str) -> Decimal | None:
        """The number exactly as written; numbers in quotes count too, as Protobuf's JSON allows them."""
        node = self.get(name)
        if node is None:
            return None
        value = node.value
        if isinstance(value, str) and NUMBER.fullmatch(value.strip()):
            value = _decimal(value.strip())
        if not isinstance(value, Decimal):
            raise node.wrong("a number")
        node.take()
        return value

    def whole(self, name: str) -> int | None:
        value = self.number(name)
        if value is not None and (value != int(value) or abs(value) > 10**10):
            raise self.wrong(f"a group whose {name!r} is a whole number")
        return None if value is None else int(value)

    def choice(self, name: str, names: dict[str, str]) -> str:
        """Our word for a listed value, by its name or number. An unlisted one stays untaken, and is so named."""
        node = self.get(name)
        if node is None:
            return ""
        if isinstance(node.value, bool) or not isinstance(node.value, str | Decimal):
            raise node.wrong("one of the format's words")
        key = str(node.value)
        if isinstance(node.value, Decimal) and key.isdigit() and int(key) < len(names):
            key = list(names)[int(key)]
        if key not in names:
            return ""
        node.take()
        return names[key]

    def coded(self, name: str) -> Coded:
        node = self.group(name)
        return node.as_coded() if node else Coded()

    def words(self, name: str) -> str:
        """What the entry says, in words."""
        return self.ledger.words(self.coded(name))

    def all_words(self, name: str) -> tuple[str, ...]:
        return tuple(self.ledger.words(node.as_coded()) for node in self.groups(name))

    def named(self, name: str) -> Coded:
        """A code or label that must be there, or the entry would say nothing."""
        found = self.coded(name)
        if not found.code and not found.label:
            raise ImportRefused(f"{written((*self.path, name))} has neither a code nor a name.")
        return found

    def as_coded(self) -> Coded:
        code, label = self.text("id"), self.text("label")
        return Coded(system_of(code), _canonical(code), label)

    def take(self) -> None:
        self.ledger.taken.add(self.path)

    def set_aside(self, why: str, *, show: bool = False) -> None:
        """Leave the whole branch out, as one line. Its value is shown only where it cannot identify anybody."""
        shown = shorten(_plain(self.value)) if show else ""
        self.ledger.aside[self.path] = LeftOut(written(self.path), why, shown)

    def wrong(self, expected: str) -> ImportRefused:
        place = written(self.path) or "The file"
        return ImportRefused(f"{place} should be {expected}, but is {shorten(_plain(self.value), 40)!r}.")


def written(path: Path) -> str:
    """``phenotypicFeatures[3].type.id``"""
    parts = (f"[{part}]" if isinstance(part, int) else f".{shorten(part, 60)}" for part in path)
    return "".join(parts).removeprefix(".")


def system_of(code: str) -> str:
    """The terminology a code such as ``OMIM:201910`` names; empty for a code without a prefix."""
    prefix = code.partition(":")[0].upper() if ":" in code else ""
    return "ORPHA" if prefix in ("ORPHANET", "ORDO") else prefix


def _canonical(code: str) -> str:
    system, (_, colon, local) = system_of(code), code.partition(":")
    if not colon:
        return code
    return local.strip() if system in ("LOINC", "UCUM") else f"{system}:{local.strip()}"


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _snake(name: str) -> str:
    return re.sub("([A-Z])", lambda match: f"_{match[1].lower()}", name)


def _is_identifying(part: str) -> bool:
    return any(word.lower() in IDENTIFYING for word in WORD.findall(part[:200]))


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_plain(child)}" for key, child in list(value.items())[:6])
    if isinstance(value, list):
        return ", ".join(_plain(child) for child in value[:6])
    return str(value)
