"""A JPEG stream without the notes in it; the pixels are not touched."""

from __future__ import annotations

START, END, SCAN, COMMENT, STUFFED = 0xD8, 0xD9, 0xDA, 0xFE, 0x00
RESTARTS = range(0xD0, 0xD8)
JFIF, ADOBE = 0xE0, 0xEE  # they say how to read the pixels; every other application segment is a note
JFIF_HEAD, ADOBE_HEAD = b"JFIF\0", b"Adobe"
JFIF_SIZE, ADOBE_SIZE = 12, 12  # bytes that count: behind them JFIF has a small picture


class NoJpeg(ValueError):
    """The bytes are not one whole JPEG stream, so nobody can say what they carry."""


def without_notes(data: bytes) -> bytes:
    """The same picture, from its first mark to its last and nothing behind. Raises ``NoJpeg``.

    Any number of fill bytes may stand before a mark, and a picture with several scans has segments between them.
    """
    if data[:2] != bytes([0xFF, START]):
        raise NoJpeg
    kept, at, scans = [data[:2]], 2, 0
    while True:
        marker, at = next_marker(data, at)
        if marker == END:
            if not scans:
                raise NoJpeg
            return b"".join([*kept, bytes([0xFF, END])])
        size = int.from_bytes(data[at : at + 2], "big")
        body = data[at + 2 : at + size]
        if size < 2 or len(body) != size - 2 or marker in {STUFFED, START}:
            raise NoJpeg
        kept.append(segment(marker, body))
        at += size
        if marker == SCAN:
            behind, scans = end_of_scan(data, at), scans + 1
            kept.append(data[at:behind])
            at = behind


def next_marker(data: bytes, at: int) -> tuple[int, int]:
    """The mark that begins here, and where what it says begins."""
    begun = at
    while at < len(data) and data[at] == 0xFF:
        at += 1
    if at == begun or at >= len(data):
        raise NoJpeg
    return data[at], at + 1


def segment(marker: int, body: bytes) -> bytes:
    """The segment as it is kept; empty for a note."""
    if marker == JFIF:
        body = body[:JFIF_SIZE] + b"\0\0" if body.startswith(JFIF_HEAD) and len(body) >= JFIF_SIZE else b""
    elif marker == ADOBE:
        body = body[:ADOBE_SIZE] if body.startswith(ADOBE_HEAD) else b""
    elif marker == COMMENT or 0xE0 <= marker <= 0xEF or 0xF0 <= marker <= 0xFD:
        body = b""
    return bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2, "big") + body if body else b""


def end_of_scan(data: bytes, at: int) -> int:
    """Where the next mark begins: within a scan 0xFF is stuffed with a zero, or restarts the count."""
    while (at := data.find(b"\xff", at)) >= 0 and at + 1 < len(data):
        if data[at + 1] != STUFFED and data[at + 1] not in RESTARTS:
            return at
        at += 2
    raise NoJpeg
