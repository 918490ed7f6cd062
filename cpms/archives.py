"""ZIP files written while they are sent: no more than one piece of one file is held at a time."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from cpms import clock


@dataclass(frozen=True)
class Carried:
    """A file that a row stands for: its name in the copy, and its bytes, read only when they are asked for."""

    name: str
    pieces: Iterable[bytes]


class Outlet:
    """What a ZIP is written to: holds no more than was written since it was last emptied."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.waiting.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing lies behind it."""

    def empty(self) -> bytes:
        held, self.waiting = b"".join(self.waiting), []
        return held


def zipped(files: Iterable[Carried]) -> Iterator[bytes]:
    """Stored without compressing: pictures and documents are small already."""
    outlet: Any = Outlet()
    with zipfile.ZipFile(outlet, "w") as archive:
        for file in files:
            with archive.open(zipfile.ZipInfo(file.name, clock.now().timetuple()[:6]), "w") as entry:
                for piece in file.pieces:
                    entry.write(piece)
                    yield outlet.empty()
            yield outlet.empty()
    yield outlet.empty()
