"""At least 150 files that do something, carry something, lie about themselves, or mean to exhaust whoever reads them."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String

from tests.cases.files.hostile_kinds import names, other_kinds, pictures, place, polyglots
from tests.cases.files.making import (
    KINDS,
    TOKEN,
    Sample,
    action,
    annotate,
    carried,
    chunk,
    document,
    image_in,
    jpeg,
    png,
    raw_jpeg,
    raw_png,
)
from tests.cases.files.pictures_in_pdf import hostile_pictures


def all_hostile() -> Iterator[Sample]:
    yield from actions()
    yield from carriers()
    yield from documents()
    yield from metadata()
    yield from exhausting()
    yield from pictures()
    yield from other_kinds()
    yield from polyglots()
    yield from names()
    yield from hostile_pictures()


def places(kind: str):
    """Where an action can hang in a document."""

    def on_open(pdf: Pdf) -> None:
        pdf.Root.OpenAction = action(kind)

    def on_print(pdf: Pdf) -> None:
        pdf.Root.AA = Dictionary(WP=action(kind), DC=action(kind))

    def on_page(pdf: Pdf) -> None:
        pdf.pages[0].obj.AA = Dictionary(O=action(kind), C=action(kind))

    def on_click(pdf: Pdf) -> None:
        annotate(pdf, Subtype=Name.Link, A=action(kind))

    def on_hover(pdf: Pdf) -> None:
        annotate(pdf, Subtype=Name.Widget, FT=Name.Btn, T=String("b"), AA=Dictionary(E=action(kind), U=action(kind)))

    def in_outline(pdf: Pdf) -> None:
        item = pdf.make_indirect(Dictionary(Title=String("Look"), A=action(kind)))
        pdf.Root.Outlines = pdf.make_indirect(Dictionary(First=item, Last=item, Count=1))

    return on_open, on_print, on_page, on_click, on_hover, in_outline


def actions() -> Iterator[Sample]:
    for kind in KINDS:
        for hang in places(kind):
            yield Sample(f"{kind} {hang.__name__}", "letter.pdf", document(hang))


def by_name(pdf: Pdf, ending: str) -> None:
    names = Dictionary(Names=Array([String("x"), carried(pdf, ending)]))
    pdf.Root.Names = Dictionary(EmbeddedFiles=names)


def script_tree(pdf: Pdf) -> None:
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("x"), action("JavaScript")])))


def attached(pdf: Pdf) -> None:
    annotate(pdf, Subtype=Name.FileAttachment, FS=carried(pdf, "exe"))


def associated(pdf: Pdf) -> None:
    pdf.Root.AF = Array([carried(pdf, "xml")])
    pdf.pages[0].obj.AF = Array([carried(pdf, "xml")])


def associated_picture(pdf: Pdf) -> None:
    image_in(pdf, jpeg()).AF = Array([carried(pdf, "xml")])


def portfolio(pdf: Pdf) -> None:
    by_name(pdf, "exe")
    pdf.Root.Collection = Dictionary(Type=Name.Collection, D=String(TOKEN))


def film(pdf: Pdf) -> None:
    content = Dictionary(Assets=Dictionary(Names=Array([String("a.swf"), carried(pdf, "swf")])))
    annotate(pdf, Subtype=Name.RichMedia, RichMediaContent=content)


def model(pdf: Pdf) -> None:
    stream = pdf.make_stream(TOKEN.encode())
    stream.update(Dictionary(Type=Name("/3D"), Subtype=Name.U3D, OnInstantiate=pdf.make_stream(TOKEN.encode())))
    annotate(pdf, Subtype=Name("/3D"), **{"3DD": stream})


def carriers() -> Iterator[Sample]:
    for ending in ("exe", "zip", "js", "html", "pdf", "docm"):
        yield Sample(f"carries {ending}", "letter.pdf", document(lambda pdf, e=ending: by_name(pdf, e)))
    for change in (script_tree, attached, associated, associated_picture, portfolio, film, model):
        yield Sample(change.__name__, "letter.pdf", document(change))


def dynamic(pdf: Pdf) -> None:
    pdf.Root.AcroForm = Dictionary(Fields=Array(), XFA=pdf.make_stream(f"<xdp>{TOKEN}</xdp>".encode()))


def dynamic_parts(pdf: Pdf) -> None:
    part = pdf.make_stream(TOKEN.encode())
    pdf.Root.AcroForm = Dictionary(Fields=Array(), XFA=Array([String("template"), part]))


def elsewhere(pdf: Pdf) -> None:
    stream = pdf.pages[0].obj.Contents
    stream.F, stream.FFilter = String(f"http://127.0.0.1/{TOKEN}"), Name.FlateDecode


def reference(pdf: Pdf) -> None:
    form = pdf.make_stream(b"q Q")
    form.update(Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 9, 9])))
    form.Ref = Dictionary(F=String(f"//127.0.0.1/{TOKEN}.pdf"), Page=0)
    pdf.pages[0].obj.Resources.XObject = Dictionary(R=form)


def postscript(pdf: Pdf) -> None:
    stream = pdf.make_stream(f"({TOKEN}) run".encode())
    stream.update(Dictionary(Type=Name.XObject, Subtype=Name.PS))
    pdf.pages[0].obj.Resources.XObject = Dictionary(P=stream)


def prepress(pdf: Pdf) -> None:
    image_in(pdf, jpeg()).OPI = Dictionary({"/2.0": Dictionary(F=String(f"{TOKEN}.tif"))})


def other_picture(pdf: Pdf) -> None:
    other = pdf.make_stream(TOKEN.encode())
    image_in(pdf, jpeg()).Alternates = Array([Dictionary(Image=other)])


def no_page(pdf: Pdf) -> None:
    del pdf.pages[0]


def documents() -> Iterator[Sample]:
    for change in (dynamic, dynamic_parts, elsewhere, reference, postscript, prepress, other_picture, no_page):
        yield Sample(change.__name__, "letter.pdf", document(change))
    for revision in (2, 3, 4, 6):
        for user in ("", "secret"):
            how = pikepdf.Encryption(owner="owner", user=user, R=revision, aes=revision >= 4, metadata=revision >= 4)
            yield Sample(f"encrypted {revision} {user}", "letter.pdf", document(encryption=how))
    whole = document(pages=3)
    for part in (0.1, 0.3):
        yield Sample(f"cut at {part}", "letter.pdf", whole[: int(len(whole) * part)])
    yield Sample("head alone", "letter.pdf", b"%PDF-1.7\n")
    yield Sample("noise", "letter.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 40)
    yield Sample("page tree in a circle", "letter.pdf", whole.replace(b"/Type /Page ", b"/Type /Pages "))


def info(pdf: Pdf) -> None:
    pdf.docinfo["/Author"] = TOKEN


def xmp(pdf: Pdf) -> None:
    pdf.Root.Metadata = pdf.make_stream(f"<x>{TOKEN}</x>".encode())


def private(pdf: Pdf) -> None:
    pdf.pages[0].obj.PieceInfo = Dictionary(App=Dictionary(Private=String(TOKEN)))
    pdf.pages[0].obj.Metadata = pdf.make_stream(TOKEN.encode())


def hidden_note(pdf: Pdf) -> None:
    annotate(pdf, Subtype=Name.Text, Contents=String(TOKEN), F=2)


def picture_notes(pdf: Pdf) -> None:
    image_in(pdf, jpeg(comment=TOKEN.encode(), exif=place()))


def picture_xmp(pdf: Pdf) -> None:
    image_in(pdf, jpeg()).Metadata = pdf.make_stream(TOKEN.encode())


def thumbnail(pdf: Pdf) -> None:
    pdf.pages[0].obj.Thumb = pdf.make_stream(TOKEN.encode())


def marked_content(pdf: Pdf) -> None:
    pdf.pages[0].obj.Resources.Properties = Dictionary(P1=Dictionary(Author=String(TOKEN)))


def not_used(pdf: Pdf) -> None:
    pdf.Root.Unused = pdf.make_indirect(Dictionary(Old=String(TOKEN)))


def metadata() -> Iterator[Sample]:
    for change in (
        info,
        xmp,
        private,
        hidden_note,
        picture_notes,
        picture_xmp,
        thumbnail,
        marked_content,
        not_used,
    ):
        yield Sample(f"metadata {change.__name__}", "letter.pdf", document(change))
    behind = f"\n99 0 obj << /Old ({TOKEN}) >> endobj\n%%EOF\n".encode()
    yield Sample("metadata in an old revision", "letter.pdf", document() + behind)


def filled(pdf: Pdf) -> None:
    pdf.pages[0].obj.Contents = pdf.make_stream(b"")
    pdf.pages[0].obj.Contents.write(zlib.compress(b"0 0 m 9 9 l S\n" * 8_000_000, 9), filter=Name.FlateDecode)


def eats_itself(pdf: Pdf) -> None:
    form = pdf.make_stream(b"/X Do /X Do")
    form.update(Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 9, 9])))
    form.Resources = Dictionary(XObject=Dictionary(X=form))
    pdf.pages[0].obj.Resources.XObject = Dictionary(X=form)
    pdf.pages[0].obj.Contents = pdf.make_stream(b"/X Do")


def huge_picture(pdf: Pdf) -> None:
    stream = image_in(pdf, zlib.compress(b"\0" * 1000), Name.FlateDecode, (60_000, 60_000))
    stream.BitsPerComponent = 16


def deep(pdf: Pdf) -> None:
    nest = Array()
    for _level in range(400):
        nest = Array([nest])
    pdf.pages[0].obj.Resources.ExtGState = Dictionary(G=nest)


def exhausting() -> Iterator[Sample]:
    for change in (filled, eats_itself, huge_picture, deep):
        yield Sample(f"exhausting {change.__name__}", "letter.pdf", document(change), heavy=True)
    yield Sample("exhausting pages", "letter.pdf", document(pages=140))
    yield Sample("exhausting objects", "letter.pdf", document(many_objects), heavy=True)
    yield Sample("picture bomb, colour", "scan.png", raw_png(60_000, 60_000))
    yield Sample("picture bomb, grey", "scan.png", raw_png(60_000, 60_000, colour=0))
    yield Sample("picture bomb, jpeg", "scan.jpg", raw_jpeg(65_000, 65_000))
    yield Sample("picture just too large", "scan.png", raw_png(10_000, 5_001))
    text = chunk(b"zTXt", b"Note\0\0" + zlib.compress(b"A" * 90_000_000))
    yield Sample("text bomb", "scan.png", raw_png(10, 10, text), heavy=True)
    profile = chunk(b"iCCP", b"icc\0\0" + zlib.compress(b"A" * 90_000_000))
    yield Sample("profile bomb", "scan.png", raw_png(10, 10, profile), heavy=True)
    yield Sample("too large", "scan.png", png() + b"\0" * 50_000_000)


def many_objects(pdf: Pdf) -> None:
    pdf.pages[0].obj.Resources.ExtGState = Dictionary(
        G=Array([Array([Dictionary(A=n)]) for n in range(200_000)]),
    )
