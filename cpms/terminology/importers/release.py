"""What a reader of a terminology's file hands over."""

from __future__ import annotations

from dataclasses import dataclass, field

from cpms.terminology.states import Kind, System


class ReleaseRefused(Exception):
    """The file is not a release of that terminology; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class ReadConcept:
    code: str
    name: str
    kind: Kind
    active: bool = True
    replaced_by: str = ""
    definition: str = ""
    synonyms: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Release:
    """A whole release, its licence and the sentence that licence asks to show."""

    system: System
    version: str
    licence: str
    attribution: str
    concepts: tuple[ReadConcept, ...] = field(repr=False)
