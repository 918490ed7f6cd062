"""At least 100 files as hospitals make them; every one must arrive readable."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Pdf, String

from tests.cases.files.making import (
    WORDS,
    Sample,
    action,
    annotate,
    document,
    drawing,
    font,
    image_in,
    jpeg,
    png,
    saved,
)
from tests.cases.files.pictures_in_pdf import benign_pictures


def all_benign() -> Iterator[Sample]:
    yield from jpegs()
    yield from pngs()
    yield from plain_documents()
    yield from changed_documents()
    yield from benign_pictures()


def jpegs() -> Iterator[Sample]:
    for mode, quality, progressive in itertools.product(("RGB", "L", "CMYK"), (40, 75, 95), (False, True)):
        data = saved(drawing(mode), "JPEG", quality=quality, progressive=progressive)
        yield Sample(f"jpeg {mode} {quality} {progressive}", "scan.jpg", data)
    for size in ((1, 1), (17, 900), (3000, 40), (2400, 1800)):
        yield Sample(f"jpeg {size}", "PHOTO.JPEG", saved(drawing(size=size), "JPEG"))
    for subsampling in (0, 1, 2):
        yield Sample(f"jpeg subsampled {subsampling}", "scan.jpg", jpeg(subsampling=subsampling))
    for turned in range(1, 9):
        notes = drawing().getexif()
        notes[0x0112] = turned
        yield Sample(f"jpeg turned {turned}", "scan.jpg", jpeg(exif=notes))
    yield Sample("jpeg with dots per inch", "scan.jpg", jpeg(dpi=(300, 300)))
    yield Sample("jpeg restarts", "scan.jpg", jpeg(restart_marker_rows=1))


def pngs() -> Iterator[Sample]:
    for mode in ("RGB", "L", "RGBA", "LA", "P", "1", "I;16"):
        for level in (1, 9):
            yield Sample(f"png {mode} {level}", "scan.png", png(mode, compress_level=level))
    for size in ((1, 1), (900, 17), (2400, 1800)):
        yield Sample(f"png {size}", "Scan.PNG", saved(drawing(size=size), "PNG"))
    yield Sample("png with dots per inch", "scan.png", png(dpi=(300, 300)))
    yield Sample("png with a clear colour", "scan.png", png("P", transparency=0))
    yield Sample("png optimised", "scan.png", png(optimize=True))


def plain_documents() -> Iterator[Sample]:
    for pages in (1, 2, 3, 5, 12, 40):
        yield Sample(f"pdf of {pages}", "letter.pdf", document(pages=pages), pages=pages, words=WORDS)
    for version in ("1.3", "1.4", "1.5", "1.6", "1.7", "2.0"):
        yield Sample(f"pdf {version}", "letter.PDF", document(force_version=version), words=WORDS)
    for mode in ObjectStreamMode.__members__.values():
        for linear in (False, True):
            data = document(object_stream_mode=mode, linearize=linear)
            yield Sample(f"pdf {mode} {linear}", "letter.pdf", data, words=WORDS)
    yield Sample("pdf uncompressed", "letter.pdf", document(compress_streams=False, qdf=True), words=WORDS)
    yield Sample("pdf after a mark of byte order", "letter.pdf", b"\xef\xbb\xbf" + document(), words=WORDS)
    yield Sample("pdf after a line feed", "letter.pdf", b"\r\n" + document(), words=WORDS)
    yield Sample("pdf with more behind", "letter.pdf", document() + b"\n\n\n", words=WORDS)


def changed_documents() -> Iterator[Sample]:
    for name, change in CHANGES.items():
        yield Sample(f"pdf {name}", "letter.pdf", document(change), words=WORDS)
    for turned in (90, 180, 270):
        yield Sample(f"pdf turned {turned}", "letter.pdf", document(turn(turned)), words=WORDS)
    for size in ((612, 792), (842, 595), (2384, 3370), (200, 1400)):
        yield Sample(f"pdf page {size}", "letter.pdf", document(sized(size)), words=WORDS)
    for number in range(1, 9):
        yield Sample(f"pdf with {number} pictures", "letter.pdf", document(with_pictures(number)), words=WORDS)


def turn(degrees: int):
    def change(pdf: Pdf) -> None:
        pdf.pages[0].obj.Rotate = degrees

    return change


def sized(size: tuple[int, int]):
    def change(pdf: Pdf) -> None:
        pdf.pages[0].obj.MediaBox = Array([0, 0, *size])

    return change


def with_pictures(number: int):
    def change(pdf: Pdf) -> None:
        for _one in range(number):
            image_in(pdf, jpeg(quality=60 + number))

    return change


def linked(pdf: Pdf) -> None:
    annotate(pdf, Subtype=Name.Link, A=action("URI"))


def described(pdf: Pdf) -> None:
    pdf.docinfo["/Title"] = "Letter"
    pdf.Root.Lang, pdf.Root.MarkInfo = String("fi"), Dictionary(Marked=True)


def cropped(pdf: Pdf) -> None:
    pdf.pages[0].obj.CropBox = Array([10, 10, 280, 180])


def outlined(pdf: Pdf) -> None:
    item = pdf.make_indirect(Dictionary(Title=String("One"), Dest=Array([pdf.pages[0].obj, Name.Fit])))
    pdf.Root.Outlines = pdf.make_indirect(Dictionary(First=item, Last=item, Count=1))


def filled_form(pdf: Pdf) -> None:
    """The value of a field that somebody typed must stay readable."""
    look = pdf.make_stream(b"/Tx BMC BT /F1 9 Tf 2 4 Td (Value typed) Tj ET EMC")
    look.update(Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 120, 20])))
    look.Resources = Dictionary(Font=Dictionary(F1=font()))
    field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("a"), V=String("Value typed"))
    field.Rect, field.AP, field.F = Array([20, 40, 140, 60]), Dictionary(N=look), 4
    held = pdf.make_indirect(field)
    pdf.pages[0].obj.Annots = Array([held])
    pdf.Root.AcroForm = Dictionary(
        Fields=Array([held]), DA=String("/F1 9 Tf"), DR=Dictionary(Font=Dictionary(F1=font()))
    )


def stamped(pdf: Pdf) -> None:
    look = pdf.make_stream(b"1 0 0 RG 2 2 46 26 re S")
    look.update(Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 50, 30])))
    annotate(pdf, Subtype=Name.Stamp, AP=Dictionary(N=look), F=4)


def layered(pdf: Pdf) -> None:
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Layer")))
    pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(Order=Array([layer])))
    pdf.pages[0].obj.Resources.Properties = Dictionary(L=layer)


def drawn_glyphs(pdf: Pdf) -> None:
    """A font whose glyphs are drawings named as keys that would be active elsewhere."""
    glyph = pdf.make_stream(b"600 0 0 0 500 500 d1 0 0 500 500 re f")
    own = Dictionary(Type=Name.Font, Subtype=Name.Type3, FontBBox=Array([0, 0, 600, 600]), FirstChar=97, LastChar=97)
    own.FontMatrix, own.Widths = Array([0.001, 0, 0, 0.001, 0, 0]), Array([600])
    own.CharProcs, own.Encoding = Dictionary(AA=glyph), Dictionary(Differences=Array([97, Name.AA]))
    page = pdf.pages[0].obj
    page.Resources.Font.F2 = own
    page.Contents = pdf.make_stream(page.Contents.read_bytes() + b" BT /F2 20 Tf 20 60 Td (a) Tj ET")


def transparent(pdf: Pdf) -> None:
    pdf.pages[0].obj.Group = Dictionary(S=Name.Transparency, CS=Name.DeviceRGB)
    pdf.pages[0].obj.Resources.ExtGState = Dictionary(G=Dictionary(ca=0.5))


def shared_page(pdf: Pdf) -> None:
    pdf.pages[0].obj.Contents = Array([pdf.pages[0].obj.Contents, pdf.make_stream(b"q Q")])


def shown_twice(pdf: Pdf) -> None:
    pdf.pages[0].obj.UserUnit = 2


CHANGES = {
    "with a link": linked,
    "described": described,
    "cropped": cropped,
    "with an outline": outlined,
    "with a filled form": filled_form,
    "with a stamp": stamped,
    "in layers": layered,
    "with drawn glyphs": drawn_glyphs,
    "with transparency": transparent,
    "in two streams": shared_page,
    "in other units": shown_twice,
}
