"""Pictures inside a PDF that carry what a camera wrote, in every way a document can hold them; and the same ways without it."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator

from pikepdf import Array, Name, Pdf

from tests.cases.files.making import TOKEN, WORDS, Sample, document, drawing, image_in, jpeg, saved

NOTED: dict[str, bytes] = {"comment": TOKEN.encode(), "exif": b"Exif\0\0" + TOKEN.encode()}


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2, "big") + body


def noted() -> bytes:
    return jpeg(**NOTED)


def filled() -> bytes:
    """Fill bytes before every segment of the head, and a note among them."""
    return b"\xff\xd8" + b"\xff\xff" + segment(0xE1, TOKEN.encode()) + b"\xff\xff\xff" + jpeg()[2:]


def behind() -> bytes:
    return jpeg() + TOKEN.encode()


def between_scans() -> bytes:
    data = jpeg(progressive=True)
    second = data.index(b"\xff\xda", data.index(b"\xff\xda") + 2)
    tables = data.rindex(b"\xff\xc4", 0, second)
    return data[:tables] + segment(0xFE, TOKEN.encode()) + data[tables:]


def small_copy() -> bytes:
    """JFIF's own small picture, and its second segment with one more."""
    data = jpeg()
    size = int.from_bytes(data[4:6], "big")
    return (
        data[:2]
        + segment(0xE0, data[6 : 4 + size] + TOKEN.encode())
        + segment(0xE0, b"JFXX\0\x10" + TOKEN.encode())
        + data[4 + size :]
    )


def jpeg_2000(*, note: bool = False) -> bytes:
    data = saved(drawing(), "JPEG2000")
    if not note:
        return data
    body = bytes(16) + TOKEN.encode()
    return data + (len(body) + 8).to_bytes(4, "big") + b"uuid" + body


def held(data: bytes, *filters: Name) -> Callable[[Pdf], None]:
    """The picture, packed by Flate where the first of the filters is that."""

    def change(pdf: Pdf) -> None:
        packed = zlib.compress(data) if filters[0] == Name.FlateDecode else data
        image_in(pdf, packed).Filter = Array(list(filters))

    return change


def inline(pdf: Pdf) -> None:
    drawn = b" q 100 0 0 60 150 20 cm BI /W 240 /H 160 /BPC 8 /CS /RGB /F /DCT ID " + noted() + b" EI Q"
    pdf.pages[0].obj.Contents = pdf.make_stream(pdf.pages[0].obj.Contents.read_bytes() + drawn)


def hostile_pictures() -> Iterator[Sample]:
    changes = {
        "array": held(noted(), Name.DCTDecode),
        "flate": held(noted(), Name.FlateDecode, Name.DCTDecode),
        "jpeg 2000": held(jpeg_2000(note=True), Name.JPXDecode),
        "packed jpeg 2000": held(jpeg_2000(note=True), Name.FlateDecode, Name.JPXDecode),
        "no jpeg": held(TOKEN.encode(), Name.DCTDecode),
        "inline": inline,
    }
    for make in (filled, behind, between_scans, small_copy):
        changes[make.__name__] = held(make(), Name.DCTDecode)
    for name, change in changes.items():
        yield Sample(f"picture in a document, {name}", "letter.pdf", document(change))


def benign_pictures() -> Iterator[Sample]:
    changes = {
        "array": held(jpeg(), Name.DCTDecode),
        "flate": held(jpeg(), Name.FlateDecode, Name.DCTDecode),
        "progressive": held(jpeg(progressive=True), Name.DCTDecode),
        "restarts": held(jpeg(restart_marker_rows=1), Name.DCTDecode),
        "jpeg 2000": held(jpeg_2000(), Name.JPXDecode),
        "notes": held(jpeg(comment=b"made by a scanner"), Name.DCTDecode),
    }
    for name, change in changes.items():
        yield Sample(f"pdf with a picture, {name}", "letter.pdf", document(change), words=WORDS)
