"""``python -m panels.cases.cleaning.child KIND SECONDS BYTES``: a file on standard input, what became of it on standard output.

The only importer of the libraries that parse files from outside. It runs without Django, limits its own time and memory, and
once the libraries are loaded it can open no further file and no socket: the limit on open files is what is open already.

The answer is a line of JSON (``refused``, or ``kind``, ``removed``, ``text``, ``sizes``) and then the bytes: the file, its pages.
"""

from __future__ import annotations

import io
import json
import os
import resource
import sys
from collections.abc import Callable

import pikepdf
from PIL import Image, Jpeg2KImagePlugin, MpoImagePlugin, TiffImagePlugin

from panels.cases.cleaning import documents, pictures
from panels.cases.cleaning.kinds import JPEG, PDF, PNG, UNREADABLE, Cleaned, NotTaken

LOADED = (
    Jpeg2KImagePlugin,
    MpoImagePlugin,
    TiffImagePlugin,
)  # what the library would load when it meets them, after the doors are closed
CLEANERS: dict[str, Callable[[bytes, str], Cleaned]] = {
    PDF: documents.clean,
    JPEG: pictures.clean,
    PNG: pictures.clean,
}


def rehearse() -> None:
    """Clean a small file of each kind once, so that everything the libraries load on their way is there already."""
    Image.preinit()
    dot, page = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (1, 1)).save(dot, "JPEG", comment=b"x")
    pictures.clean(dot.getvalue(), JPEG)
    with pikepdf.new() as pdf:
        blank = pdf.add_blank_page()
        blank.Resources.Font = pikepdf.Dictionary(
            F=pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        )
        blank.Contents = pdf.make_stream(b"BT /F 9 Tf 9 9 Td (a) Tj ET")
        pdf.save(page)
    documents.clean(page.getvalue(), PDF)


def limit_resources(seconds: int, memory: int) -> None:
    """Processor time, no file may grow, nothing more may be opened; address space where the system can say it."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    highest = max(int(name) for name in os.listdir("/dev/fd"))  # noqa: PTH208 no more than the names
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest, highest))


def answer(cleaned: Cleaned) -> bytes:
    said = {
        "kind": cleaned.kind,
        "removed": cleaned.removed,
        "text": cleaned.text,
        "size": len(cleaned.data),
        "pages": [[len(page.jpeg), page.width, page.height] for page in cleaned.pages],
    }
    head = json.dumps(said, ensure_ascii=True).encode()
    return b"".join([head, b"\n", cleaned.data, *(page.jpeg for page in cleaned.pages)])


def refused(reason: str) -> bytes:
    return json.dumps({"refused": reason}).encode() + b"\n"


def clean(data: bytes, kind: str) -> bytes:
    try:
        return answer(CLEANERS[kind](data, kind))
    except NotTaken as reason:
        return refused(str(reason))
    except (MemoryError, RecursionError):
        return refused(UNREADABLE)


if __name__ == "__main__":
    rehearse()
    limit_resources(int(sys.argv[2]), int(sys.argv[3]))
    sys.stdout.buffer.write(clean(sys.stdin.buffer.read(), sys.argv[1]))
