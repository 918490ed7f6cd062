"""What a page lists, and how it comes to have 3, 30 or 300 of them. Each function here is asked for the rows of a range."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tools.bench.growing.ground import Ground

Grow = Callable[[Ground, range], None]


@dataclass(frozen=True)
class Growth:
    """``by`` names the rows in the table; each of the ``routes`` lists them. ``few`` says why nothing has 300 of them."""

    by: str
    routes: tuple[str, ...]
    grow: Grow
    few: str = ""


GROWTHS: list[Growth] = []


def grows(by: str, *routes: str, few: str = "") -> Callable[[Grow], Grow]:
    """The pages that list what the function makes."""

    def registered(function: Grow) -> Grow:
        GROWTHS.append(Growth(by, routes, function, few))
        return function

    return registered
