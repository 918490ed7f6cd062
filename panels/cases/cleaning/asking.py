"""Have a file cleaned by the child process. A child that dies or takes too long refuses the file."""

from __future__ import annotations

import json
import subprocess
import sys

from django.conf import settings

from panels.cases.cleaning.kinds import Cleaned, NotTaken, Page

SECONDS = 45
CHILD_SECONDS, CHILD_MEMORY = 20, 1_500_000_000  # of processor time; of address space, much of it libraries
BEYOND = "The file needs more time or memory than any page does, and could not be checked."


def cleaned(data: bytes, kind: str) -> Cleaned:
    """Raises ``NotTaken`` with a sentence for the clinician."""
    child = [sys.executable, "-m", "panels.cases.cleaning.child", kind, str(CHILD_SECONDS), str(CHILD_MEMORY)]
    try:
        done = subprocess.run(  # noqa: S603 our own module, fixed arguments
            child, input=data, capture_output=True, timeout=SECONDS, check=True, cwd=settings.BASE_DIR, env={"PATH": ""}
        )
        head, _, rest = done.stdout.partition(b"\n")
        said = json.loads(head)
    except (subprocess.SubprocessError, OSError, ValueError) as error:
        raise NotTaken(BEYOND) from error
    if "refused" in said:
        raise NotTaken(said["refused"])
    return unpacked(said, rest)


def unpacked(said: dict, rest: bytes) -> Cleaned:
    at, pages = said["size"], []
    for length, width, height in said["pages"]:
        pages.append(Page(rest[at : at + length], width, height))
        at += length
    return Cleaned(said["kind"], rest[: said["size"]], pages, said["removed"], said["text"])
