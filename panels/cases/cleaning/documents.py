"""PDF: what a page shows stays, everything else goes. What cannot be cleaned is refused."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pypdfium2
from pikepdf import Dictionary, Name, Pdf, Stream

from panels.cases.cleaning.kinds import MOST_PAGES, PDF, SHOWN_PIXELS, UNREADABLE, Cleaned, NotTaken, Page
from panels.cases.cleaning.pdf_hazards import found_in
from panels.cases.cleaning.pdf_pictures import check_pictures, clean_picture
from panels.cases.cleaning.pictures import shown

ROOT_KEYS = frozenset({"/Type", "/Pages", "/Version"})
PAGE_KEYS = frozenset(
    "/Type /Parent /MediaBox /CropBox /BleedBox /TrimBox /ArtBox /Rotate /Resources /Contents /UserUnit /Group".split()
)
RESOURCE_KEYS = frozenset("/ExtGState /ColorSpace /Pattern /Shading /XObject /Font /ProcSet /Properties".split())
STREAM_GOES = frozenset(
    "/F /FFilter /FDecodeParms /Metadata /AF /PieceInfo /OPI /Ref /Alternates /LastModified".split()
)
MOST_TEXT, MOST_SCALE = 200_000, 3.0
PROTECTED = "The document is protected by a password. Save it without one."
DYNAMIC = "The document is a form that only one program can show. Print it to a PDF file first."
TOO_MANY = "The document has more than 100 pages. Choose the pages that matter."


def clean(data: bytes, _kind: str) -> Cleaned:
    """Raises ``NotTaken`` for what is protected, dynamic, too long, damaged, or holds something active after cleaning."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            refuse_some(pdf)
            removed = found_in(pdf)
            written = rebuilt(pdf)
        check_again(written)
        pages, text = looked_at(written)
    except NotTaken:
        raise
    except pikepdf.PasswordError as error:
        raise NotTaken(PROTECTED) from error
    except Exception as error:  # whatever a parser raises for a document that lies about its own shape
        raise NotTaken(UNREADABLE) from error
    return Cleaned(PDF, written, pages, removed, text)


def refuse_some(pdf: Pdf) -> None:
    if pdf.is_encrypted:
        raise NotTaken(PROTECTED)
    form = pdf.Root.get("/AcroForm")
    if isinstance(form, Dictionary) and "/XFA" in form:
        raise NotTaken(DYNAMIC)
    if not 0 < len(pdf.pages) <= MOST_PAGES:
        raise NotTaken(TOO_MANY if len(pdf.pages) else UNREADABLE)


def rebuilt(pdf: Pdf) -> bytes:
    """What annotations and form fields show becomes part of the page; then only keys that draw a page stay."""
    if "/AcroForm" in pdf.Root:
        pdf.generate_appearance_streams()
    pdf.flatten_annotations("screen")
    keep_only(pdf.Root, ROOT_KEYS)
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    for page in pdf.pages:
        keep_only(page.obj, PAGE_KEYS)
        clean_resources(page.obj)
    for thing in pdf.objects:
        if isinstance(thing, Stream):
            clean_stream(pdf, thing)
    written = io.BytesIO()
    pdf.save(written, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return written.getvalue()


def keep_only(thing: Any, keys: frozenset[str]) -> None:
    for key in set(thing.keys()) - keys:
        del thing[key]


def clean_resources(thing: Any) -> None:
    resources = thing.get("/Resources")
    if isinstance(resources, Dictionary):
        keep_only(resources, RESOURCE_KEYS)
        if "/Properties" in resources:
            del resources["/Properties"]  # marks of content: nothing that is seen
        drawings = resources.get("/XObject")
        if isinstance(drawings, Dictionary):
            for name in [name for name, drawing in drawings.items() if not is_drawn(drawing)]:
                del drawings[name]


def is_drawn(drawing: Any) -> bool:
    return isinstance(drawing, Stream) and drawing.get("/Subtype") in {Name.Form, Name.Image}


def clean_stream(pdf: Pdf, stream: Any) -> None:
    for key in STREAM_GOES & set(stream.keys()):
        del stream[key]
    clean_resources(stream)
    clean_picture(pdf, stream)


def check_again(written: bytes) -> None:
    """The written file is read once more: nothing active and no camera's note is left, or it is refused."""
    with pikepdf.open(io.BytesIO(written)) as pdf:
        check_pictures(pdf)
        if left := found_in(pdf):
            raise NotTaken(
                f"The document holds what could not be taken out: {', '.join(left)}. Print it to a PDF file."
            )


def looked_at(written: bytes) -> tuple[list[Page], str]:
    """Each page as a picture, and the document's text."""
    pages, texts = [], []
    for page in pypdfium2.PdfDocument(written):
        scale = min(SHOWN_PIXELS / max(*page.get_size(), 1), MOST_SCALE)
        pages.append(shown(page.render(scale=scale, may_draw_forms=False).to_pil()))
        texts.append(page.get_textpage().get_text_bounded())
        page.close()
    return pages, "\n".join(texts)[:MOST_TEXT]
