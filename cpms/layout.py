"""``python -P cpms/layout.py SECONDS BYTES``: HTML on standard input, a PDF/UA-1 file on standard output.

The only importer of WeasyPrint. It runs as a child process, as a file, so that neither Django nor Celery is loaded with it. It
limits its own time and memory, and its fetcher knows the named assets and nothing else: no network, no file of the machine.
Should something get past the fetcher, Python makes no socket for it and starts no program.
"""

from __future__ import annotations

import ctypes.util
import resource
import sys
from ctypes.util import find_library
from pathlib import Path
from typing import Any

import pydyf

if sys.platform == "linux":
    # WeasyPrint tries each library under the names of every system. Where the linker does not know one, this starts the
    # compiler to look for it, which takes longer than a page; the name of this system is among them
    ctypes.util.find_library = lambda name: None

from weasyprint import HTML
from weasyprint.urls import URLFetcher, URLFetcherResponse

ctypes.util.find_library = find_library  # WeasyPrint opens its libraries on import; whoever asks later is told as ever
ROOT = Path(__file__).resolve().parent.parent
ASSETS = {
    "asset:document.css": ("text/css", "static/css/document.css"),
    "asset:wordmark.svg": ("image/svg+xml", "static/img/wordmark.svg"),
}


class AssetFetcher(URLFetcher):
    """Refuses every address that is not one of ``ASSETS``."""

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        if url not in ASSETS:
            raise ValueError("not one of our assets")
        mime, path = ASSETS[url]
        return URLFetcherResponse(url, (ROOT / path).read_bytes(), {"Content-Type": mime})


def limit_resources(seconds: int, memory: int) -> None:
    """Seconds of processor time everywhere, bytes of address space where the system can say it (not on macOS)."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def stay_alone() -> None:
    """From here on no socket is made and no other program started, whoever asks for it; a hook of this kind stays for good."""

    def refuse(event: str, _arguments: tuple[object, ...]) -> None:
        if event.startswith(
            ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system")
        ):
            raise PermissionError(f"{event}: a document asks for nothing")

    sys.addaudithook(refuse)


def write_pdf(html: str) -> bytes:
    """Tagged pages (PDF/UA-1) of a whole HTML document; its links to assets read ``asset:name``.

    The root's ``data-quotes`` is the language of its block quotes, where it is not the document's own.
    """
    page = HTML(string=html, base_url="asset:", url_fetcher=AssetFetcher())
    quotes = page.etree_element.get("data-quotes")

    def finish(_document: Any, file: Any) -> None:
        for thing in file.objects if quotes else ():
            if isinstance(thing, pydyf.Dictionary) and thing.get("S") == "/BlockQuote":
                thing["Lang"] = pydyf.String(quotes)

    made: bytes = page.write_pdf(pdf_variant="pdf/ua-1", finisher=finish)
    return made


if __name__ == "__main__":
    limit_resources(int(sys.argv[1]), int(sys.argv[2]))
    stay_alone()
    sys.stdout.buffer.write(write_pdf(sys.stdin.buffer.read().decode()))
