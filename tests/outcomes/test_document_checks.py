"""The document as three other programs read it: pikepdf (qpdf), PDFium and pypdf. WeasyPrint, which made it, is not asked.

``CPMS_HOSTILE`` sets how many outcomes of hostile text are laid out; every run takes one, drawn anew, a campaign takes 100.
"""

from __future__ import annotations

import io
import os
import random

import pikepdf
import pypdfium2
import pytest

from outcomes import actions as outcomes
from outcomes import pdf
from outcomes.models import OutcomeDocument
from outcomes.states import DocumentState
from tests.outcomes.test_document_layout import assert_harmless, ear, hostile, secret_file, written_outcome  # noqa: F401

pytestmark = pytest.mark.django_db
HOSTILE = int(os.environ.get("CPMS_HOSTILE", "1"))
WORDS = "Δόση: 20 mg, Доза; naïve Größe, ąćęłńóśźż, ≤ 5 µmol/L."
IN_ORDER = (
    "Patient and question",
    "Conclusion",
    "Advice",
    "For the patient, in plain words",
    "Dissent",
    "Contributors and signatures",
    "Responsibility",
    "Is this document genuine?",
)


def made(text: str) -> OutcomeDocument:
    document = OutcomeDocument.objects.get(panel=written_outcome(text).panel)
    outcomes.make_document(str(document.pk), by=None)
    document.refresh_from_db()
    assert document.state == DocumentState.READY
    return document


def structure(node, depth=0):
    """(tag, element) of the structure tree in reading order."""
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield str(kid.S), kid
            yield from structure(kid, depth + 1)


def fonts_of(file) -> dict[str, bool]:
    """Name of each font on the pages to whether its program is inside the file."""
    found = {}
    for page in file.pages:
        for font in page.resources.get("/Font", {}).values():
            inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
            program = {"/FontFile", "/FontFile2", "/FontFile3"} & set(inner.FontDescriptor.keys())
            found[str(font.BaseFont)] = bool(program)
    return found


def test_tags_title_language_fonts_and_order_of_the_text():
    document = made(WORDS)
    with pikepdf.open(io.BytesIO(document.pdf)) as file:
        assert file.check_pdf_syntax() == []
        root = file.Root
        assert bool(root.MarkInfo.Marked)
        assert str(root.Lang) == "en"
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        with file.open_metadata() as words:
            assert words["dc:title"] == f"Outcome of panel {document.panel.ref}, version 1"
            assert words["pdfuaid:part"] == "1"
        fonts = fonts_of(file)
        assert fonts
        assert [name for name, inside in fonts.items() if not inside] == []
        tags = [tag for tag, _element in structure(root.StructTreeRoot)]
        assert [tag for tag in tags if tag in {"/H1", "/H2"}] == ["/H1", *["/H2"] * len(IN_ORDER)]
        assert tags.count("/Table") == 2
        assert {"/TH", "/TD", "/TR"} <= set(tags)
        pictures = [element for tag, element in structure(root.StructTreeRoot) if tag == "/Figure"]
        assert [str(picture.Alt) for picture in pictures] == ["CPMS"]
        assert all("/StructParents" in page for page in file.pages)
    text = "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(document.pdf))
    flat = " ".join(text.split()).partition(IN_ORDER[0])
    flat = "".join(flat[1:])  # what stands in the head of each page is not part of the order
    assert WORDS in flat
    places = [flat.index(heading) for heading in IN_ORDER]
    assert places == sorted(places)


def test_the_same_input_gives_the_same_bytes():
    content = pdf.gather(OutcomeDocument.objects.get(panel=written_outcome("Give salt.").panel))
    first, second = pdf.lay_out(content), pdf.lay_out(content)
    assert first == second


@pytest.mark.parametrize("seed", range(HOSTILE))
def test_hostile_outcomes_fetch_nothing_and_run_nothing(seed, ear, secret_file):  # noqa: F811 fixtures
    chance = random.Random(seed if HOSTILE > 1 else random.random())  # of this run's seed
    attempts = hostile(ear.port, secret_file)
    text = chance.choice(("\n", "", " ", "\x07", '"><!--')).join(
        chance.sample(attempts, chance.randint(3, len(attempts)))
    )
    document = made(text)
    assert_harmless(document.pdf, ear)
    with pikepdf.open(io.BytesIO(document.pdf)) as file:
        kinds = {str(thing.get("/S")) for thing in file.objects if isinstance(thing, pikepdf.Dictionary)}
    assert not kinds & {"/JavaScript", "/URI", "/Launch", "/GoToR", "/SubmitForm", "/ImportData"}
