"""At least 150 files that do something, carry something, lie about themselves, or mean to exhaust whoever reads them."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String

from tests.cases.files.making import (
    KINDS,
    TOKEN,
    Sample,
    action,
    annotate,
    carried,
    chunk,
    document,
    drawing,
    image_in,
    jpeg,
    png,
    raw_jpeg,
    raw_png,
    saved,
)

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"


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
        for place in places(kind):
            yield Sample(f"{kind} {place.__name__}", "letter.pdf", document(place))


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


def place():
    """Camera notes with the place where the picture was taken."""
    notes = drawing().getexif()
    notes[0x010E] = notes[0x9286] = TOKEN
    notes.get_ifd(0x8825)[29] = TOKEN
    notes.get_ifd(0x8825).update({1: "N", 2: (61.0, 29.0, 53.0)})
    return notes


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
    yield Sample("too large", "scan.png", png() + b"\0" * 25_000_000)


def many_objects(pdf: Pdf) -> None:
    pdf.pages[0].obj.Resources.ExtGState = Dictionary(
        G=Array([Array([Dictionary(A=n)]) for n in range(200_000)]),
    )


def pictures() -> Iterator[Sample]:
    whole_png, whole_jpeg = png(), jpeg()
    for part in (0.02, 0.2, 0.5, 0.8):
        yield Sample(f"png cut at {part}", "scan.png", whole_png[: int(len(whole_png) * part)])
        yield Sample(f"jpeg cut at {part}", "scan.jpg", whole_jpeg[: int(len(whole_jpeg) * part)])
    yield Sample("png of no width", "scan.png", raw_png(0, 10))
    yield Sample("png without pixels", "scan.png", b"\x89PNG\r\n\x1a\n" + chunk(b"IEND", b""))
    yield Sample("png of an unknown colour", "scan.png", raw_png(10, 10, colour=5))
    yield Sample("jpeg place", "scan.jpg", jpeg(exif=place()))
    yield Sample("png place", "scan.png", png(exif=place()))
    yield Sample("jpeg comment", "scan.jpg", jpeg(comment=TOKEN.encode()))
    yield Sample("jpeg profile", "scan.jpg", jpeg(icc_profile=b"\0" * 128 + TOKEN.encode()))
    yield Sample("jpeg xmp", "scan.jpg", jpeg(xmp=f"<x>{TOKEN}</x>".encode()))
    yield Sample("png text", "scan.png", raw_png(4, 4, chunk(b"tEXt", b"Author\0" + TOKEN.encode())))
    yield Sample("png international text", "scan.png", raw_png(4, 4, chunk(b"iTXt", b"A\0\0\0\0\0" + TOKEN.encode())))
    yield Sample("png private chunk", "scan.png", raw_png(4, 4, chunk(b"prVt", TOKEN.encode())))
    frames = [drawing(), drawing().rotate(180)]
    yield Sample("png that moves", "scan.png", saved(frames[0], "PNG", save_all=True, append_images=frames[1:]))
    yield Sample("eicar in a text chunk", "scan.png", raw_png(4, 4, chunk(b"tEXt", b"C\0" + EICAR)))


def zipped() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr(f"{TOKEN}.txt", TOKEN)
    return written.getvalue()


def other_kinds() -> Iterator[Sample]:
    """What is none of the three kinds, under its own name and under one of ours."""
    plain = {
        "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        "html": b"<!doctype html><script>alert(1)</script>",
        "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n(x) run",
        "gif": saved(drawing("P"), "GIF"),
        "bmp": saved(drawing(), "BMP"),
        "tif": saved(drawing(), "TIFF"),
        "ico": saved(drawing(), "ICO"),
        "docx": zipped(),
        "exe": b"MZ" + bytes(64) + b"PE\0\0",
        "elf": b"\x7fELF" + bytes(60),
        "sh": b"#!/bin/sh\necho x\n",
        "php": b"<?php system('id'); ?>",
        "txt": EICAR,
        "xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        "dcm": bytes(128) + b"DICM" + bytes(64),
        "empty": b"",
    }
    for ending, data in plain.items():
        yield Sample(f"{ending} as itself", f"file.{ending}", data)
        for ours in ("pdf", "jpg", "png"):
            yield Sample(f"{ending} as {ours}", f"file.{ours}", data)


def polyglots() -> Iterator[Sample]:
    for words, more in (
        ("zip", zipped()),
        ("html", f"<script>{TOKEN}</script>".encode()),
        ("exe", b"MZ" + TOKEN.encode()),
        ("eicar", EICAR + TOKEN.encode()),
        ("pdf", document(lambda pdf: pdf.docinfo.update({"/Author": TOKEN}))),
    ):
        yield Sample(f"jpeg and then {words}", "scan.jpg", jpeg() + more)
        yield Sample(f"png and then {words}", "scan.png", png() + more)
        yield Sample(f"pdf and then {words}", "letter.pdf", document() + more)
        yield Sample(f"{words} and then pdf", "letter.pdf", (more if words != "pdf" else b"GIF89a") + document())
    for kind, data in (("pdf", document()), ("jpg", jpeg()), ("png", png())):
        for claimed in {"pdf", "jpg", "png"} - {kind}:
            yield Sample(f"{kind} named {claimed}", f"file.{claimed}", data)


def names() -> Iterator[Sample]:
    for name in (
        "scan.png.exe",
        "scan.png\u202egpj.exe",
        "scan",
        "scan.png\0.exe",
        "scan.svg",
        ".png.html",
        "scan.png/../x.php",
    ):
        yield Sample(f"name {name!r}", name, png())
