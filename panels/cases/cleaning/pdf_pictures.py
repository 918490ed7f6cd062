"""The pictures inside a PDF without what their cameras wrote into them: notes, places, small copies."""

from __future__ import annotations

import io
from typing import Any

from pikepdf import Array, Dictionary, Name, Pdf, Stream
from PIL import Image

from panels.cases.cleaning.jpeg_segments import NoJpeg, without_notes
from panels.cases.cleaning.kinds import MOST_PIXELS, NotTaken

SHORT = {
    "/DCT": "/DCTDecode",
    "/Fl": "/FlateDecode",
    "/LZW": "/LZWDecode",
    "/A85": "/ASCII85Decode",
    "/AHx": "/ASCIIHexDecode",
}
PACKED = frozenset({"/FlateDecode", "/LZWDecode", "/ASCII85Decode", "/ASCIIHexDecode", "/RunLengthDecode"})
JPEG, JPEG_2000 = "/DCTDecode", "/JPXDecode"
COLOURS = {"L": Name.DeviceGray, "RGB": Name.DeviceRGB}
OPAQUE = "/SMaskInData /Decode /Mask /ImageMask"  # what is told by the samples themselves would be lost
QUALITY = 92
UNSURE = "A picture in the document could not be checked for notes of a camera. Print the document to a PDF file."


def clean_picture(pdf: Pdf, stream: Any) -> None:
    """Leave a stream of JPEG without its notes, and one of JPEG 2000 as a JPEG. Raises ``NotTaken`` where that cannot be done."""
    filters = filters_of(stream)
    if JPEG not in filters and JPEG_2000 not in filters:
        return
    last, before = filters[-1], filters[:-1]
    if last not in {JPEG, JPEG_2000} or not PACKED.issuperset(before):
        raise NotTaken(UNSURE)
    data = unpacked(pdf, stream, before)
    if last == JPEG_2000:
        as_jpeg(stream, data)
        return
    try:
        stream.write(without_notes(data), filter=Name.DCTDecode, decode_parms=last_parameters(stream, len(filters)))
    except NoJpeg as error:
        raise NotTaken(UNSURE) from error


def filters_of(stream: Any) -> list[str]:
    held = stream.get("/Filter", Array([]))
    return [SHORT.get(str(name), str(name)) for name in (held if isinstance(held, Array) else [held])]


def parameters_of(stream: Any) -> list[Any]:
    held = stream.get("/DecodeParms", Array([]))
    return list(held) if isinstance(held, Array) else [held]


def last_parameters(stream: Any, count: int) -> Any:
    held = parameters_of(stream)
    return held[-1] if len(held) == count and isinstance(held[-1], Dictionary) else None


def unpacked(pdf: Pdf, stream: Any, filters: list[str]) -> bytes:
    """What lies below the filters that only pack: Flate around a JPEG, say."""
    raw: bytes = stream.read_raw_bytes()
    if not filters:
        return raw
    packed = pdf.make_stream(raw)
    packed.Filter = Array([Name(name) for name in filters])
    held = parameters_of(stream)
    if len(held) > len(filters):
        packed.DecodeParms = Array(held[: len(filters)])
    found: bytes = packed.read_bytes()
    return found


def as_jpeg(stream: Any, data: bytes) -> None:
    """A grey or coloured picture drawn anew. One that means more than its colours is refused."""
    if any(key in stream for key in OPAQUE.split()):
        raise NotTaken(UNSURE)
    with Image.open(io.BytesIO(data), formats=["JPEG2000"]) as picture:
        if picture.mode not in COLOURS or picture.width * picture.height > MOST_PIXELS:
            raise NotTaken(UNSURE)
        own = stream.get("/ColorSpace", COLOURS[picture.mode])
        if own not in COLOURS.values() or own != COLOURS[picture.mode]:
            raise NotTaken(UNSURE)
        made = io.BytesIO()
        picture.save(made, "JPEG", quality=QUALITY)
        mode = picture.mode
    stream.write(without_notes(made.getvalue()), filter=Name.DCTDecode)
    stream.ColorSpace, stream.BitsPerComponent = COLOURS[mode], 8


def check_pictures(pdf: Pdf) -> None:
    """Of the written document: every JPEG is without notes, none is packed, and none hides among the words of a page."""
    for thing in pdf.objects:
        if not isinstance(thing, Stream):
            continue
        filters = filters_of(thing)
        if filters == [JPEG]:
            data = thing.read_raw_bytes()
            if without_notes(data) != data:
                raise NotTaken(UNSURE)
        elif JPEG in filters or JPEG_2000 in filters or holds_inline_jpeg(thing):
            raise NotTaken(UNSURE)


def holds_inline_jpeg(stream: Any) -> bool:
    """Whether a content stream draws a picture that stands in it (``BI /F /DCT ID ...``) with all that it carries."""
    if "/Subtype" in stream and stream.get("/Subtype") != Name.Form:
        return False
    if "/Length1" in stream or "/FunctionType" in stream or "/N" in stream:
        return False
    try:
        data = stream.read_bytes()
    except Exception:  # noqa: BLE001 what cannot be opened draws nothing
        return False
    return b"/DCT" in data and b"\xff\xd8\xff" in data
