"""Building stones of the corpus: pictures, PDF pages, and the token that must never come through."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image, ImageDraw

TOKEN = "CNRYHOSTILE7741"
WORDS = "Serum calcium low"


@dataclass(frozen=True)
class Sample:
    """One file. ``pages`` is how many a benign one shows; ``heavy`` ones are only handed to the child process."""

    name: str
    filename: str
    data: bytes
    pages: int = 1
    words: str = ""
    heavy: bool = False


def drawing(mode: str = "RGB", size: tuple[int, int] = (240, 160)) -> Image.Image:
    """A slope of grey with a box: something whose likeness can be measured."""
    picture = Image.linear_gradient("L").resize(size)
    ImageDraw.Draw(picture).rectangle((20, 20, 80, 60), fill=255)
    return picture if mode == "L" else picture.convert(mode)


def saved(picture: Image.Image, kind: str, **options) -> bytes:
    written = io.BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


def jpeg(**options) -> bytes:
    return saved(drawing(), "JPEG", **options)


def png(mode: str = "RGB", **options) -> bytes:
    return saved(drawing(mode), "PNG", **options)


def font() -> Dictionary:
    return Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)


def add_page(pdf: Pdf, words: str = WORDS):
    page = pdf.add_blank_page(page_size=(300, 200))
    page.Resources = Dictionary(Font=Dictionary(F1=font()))
    page.Contents = pdf.make_stream(f"BT /F1 14 Tf 20 120 Td ({words}) Tj ET".encode())
    return page


def document(change: Callable[[Pdf], None] | None = None, pages: int = 1, **options) -> bytes:
    """A small PDF; ``change`` makes it what it is."""
    with warnings.catch_warnings(), pikepdf.new() as pdf:
        warnings.simplefilter("ignore")  # the library says what is wrong with what we make on purpose
        for _page in range(pages):
            add_page(pdf)
        if change:
            change(pdf)
        written = io.BytesIO()
        pdf.save(written, **options)
    return written.getvalue()


def image_in(pdf: Pdf, data: bytes, filter_name: Name = Name.DCTDecode, size=(240, 160)):
    """Draw a picture on the first page; gives the picture's stream."""
    stream = pdf.make_stream(data)
    stream.update(Dictionary(Type=Name.XObject, Subtype=Name.Image, Width=size[0], Height=size[1], BitsPerComponent=8))
    stream.ColorSpace, stream.Filter = Name.DeviceRGB, filter_name
    page = pdf.pages[0]
    page.obj.Resources.XObject = Dictionary(Im1=stream)
    page.obj.Contents = pdf.make_stream(page.obj.Contents.read_bytes() + b" q 100 0 0 60 150 20 cm /Im1 Do Q")
    return stream


def action(kind: str) -> Dictionary:
    """An action of one kind, with the token in whatever it carries."""
    made = Dictionary(Type=Name.Action, S=Name(f"/{kind}"))
    carried = {
        "JavaScript": ("/JS", String(f"app.alert('{TOKEN}')")),
        "URI": ("/URI", String(f"http://127.0.0.1/{TOKEN}")),
        "Launch": ("/F", String(f"{TOKEN}.exe")),
        "GoToR": ("/F", String(f"//127.0.0.1/{TOKEN}.pdf")),
        "SubmitForm": ("/F", String(f"http://127.0.0.1/{TOKEN}")),
        "ImportData": ("/F", String(f"{TOKEN}.fdf")),
        "GoToE": ("/F", String(f"{TOKEN}.pdf")),
        "Rendition": ("/JS", String(f"app.launchURL('{TOKEN}')")),
        "Hide": ("/T", String(TOKEN)),
        "Named": ("/N", Name(f"/{TOKEN}")),
        "Movie": ("/T", String(TOKEN)),
        "RichMediaExecute": ("/CMD", Dictionary(C=String(TOKEN))),
    }
    key, value = carried[kind]
    made[key] = value
    return made


KINDS = (
    "JavaScript",
    "URI",
    "Launch",
    "GoToR",
    "SubmitForm",
    "ImportData",
    "GoToE",
    "Rendition",
    "Hide",
    "Named",
    "Movie",
    "RichMediaExecute",
)


def annotate(pdf: Pdf, **keys) -> None:
    note = Dictionary(Type=Name.Annot, Rect=Array([10, 10, 60, 40]), **keys)
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(note)])


def carried(pdf: Pdf, ending: str) -> Dictionary:
    """A file specification with a file inside."""
    inside = pdf.make_stream(f"MZ {TOKEN} payload".encode())
    inside.Type = Name.EmbeddedFile
    return pdf.make_indirect(Dictionary(Type=Name.Filespec, F=String(f"{TOKEN}.{ending}"), EF=Dictionary(F=inside)))


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def raw_png(width: int, height: int, *more: bytes, colour: int = 2, pixels: bytes = b"\0" * 64) -> bytes:
    """A PNG that claims a size, whatever it holds."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(pixels))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + body + chunk(b"IEND", b"")


def raw_jpeg(width: int, height: int) -> bytes:
    """A JPEG whose frame claims another size than it holds."""
    data = bytearray(jpeg())
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(data)
