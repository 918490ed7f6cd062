"""Chance that falls the same way on every machine, so that two demonstrations show the same figures."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

Thing = TypeVar("Thing")


def below(limit: int, *about: object) -> int:
    """A number from 0 up to, but not including, ``limit``; the same for the same ``about``."""
    digest = hashlib.sha256("|".join(str(part) for part in about).encode()).digest()
    return int.from_bytes(digest[:8], "big") % limit


def one_of(things: Sequence[Thing], *about: object) -> Thing:
    return things[below(len(things), *about)]


def some_of(things: Sequence[Thing], count: int, *about: object) -> list[Thing]:
    """``count`` different things, or all of them when there are fewer, in a mixed order."""
    mixed = sorted(range(len(things)), key=lambda number: below(2**60, number, *about))
    return [things[number] for number in mixed[:count]]
