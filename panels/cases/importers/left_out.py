"""What was left out of a file, in two heaps: what somebody should look at, and what was never meant for a case."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from panels.cases.importers.read_case import LeftOut

NOT_FOR_A_CASE = (
    "an identifier",
    "a name for the variant used only inside the file",
    "the computable (VRS) form of a variant",
    "may identify the patient",
    "an exact date; kept only as",
    "codes whose words were taken instead",
    "who made the file",
    "a publication the file names",
)
"""How the reasons begin that ask nothing of anybody."""


@dataclass(frozen=True, slots=True)
class Heaps:
    """Both in the order of the file; together they are everything that was left out."""

    look: tuple[LeftOut, ...]
    aside: tuple[LeftOut, ...]

    def __len__(self) -> int:
        return len(self.look) + len(self.aside)


def heaps(items: Iterable[LeftOut]) -> Heaps:
    every = tuple(items)
    return Heaps(
        look=tuple(one for one in every if not one.why.startswith(NOT_FOR_A_CASE)),
        aside=tuple(one for one in every if one.why.startswith(NOT_FOR_A_CASE)),
    )


def heaps_of(kept: str) -> Heaps:
    """Of what an import keeps as JSON."""
    return heaps(LeftOut(**one) for one in json.loads(kept or "[]"))
