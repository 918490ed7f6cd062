"""What the commands in ``bin/`` say while they work."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator


def say(text: str) -> None:
    """One line, at once, even through a pipe."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


@contextlib.contextmanager
def step(label: str) -> Iterator[None]:
    """Name the step, then say how long it took; a failed step leaves its line open for the error."""
    began = time.monotonic()
    sys.stdout.write(f"  {label:<44}")
    sys.stdout.flush()
    yield
    say(f"{time.monotonic() - began:.1f} s")
