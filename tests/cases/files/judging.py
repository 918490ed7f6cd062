"""What became of a file: refused with a reason, neutralised, or not."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pypdf
from PIL import Image, ImageChops, ImageOps, ImageStat

from panels.cases.cleaning import documents, pictures
from panels.cases.cleaning.kinds import PDF, Cleaned, NotTaken, check, kind_of
from panels.cases.cleaning.pdf_hazards import found_in
from tests.cases.files.making import TOKEN, Sample

EVIDENCE = Path(__file__).resolve().parents[3] / "docs" / "evidence" / "files.md"
Cleaner = Callable[[bytes, str], Cleaned]
REFUSED, NEUTRALISED, READABLE = "refused", "neutralised", "readable"
UNLIKE = 12  # mean difference of a point, of 255


def here(data: bytes, kind: str) -> Cleaned:
    """In this process, without the child's limits."""
    return documents.clean(data, kind) if kind == PDF else pictures.clean(data, kind)


def became(sample: Sample, clean: Cleaner) -> tuple[str, Cleaned | None]:
    """``refused`` with a sentence, or ``neutralised``; raises ``AssertionError`` for anything hostile that came through."""
    try:
        made = clean(sample.data, check(sample.data, sample.filename))
    except NotTaken:
        return REFUSED, None
    assert kind_of(made.data) == made.kind, sample.name
    assert TOKEN.encode() not in everything_in(made), sample.name
    return NEUTRALISED, made


def everything_in(made: Cleaned) -> bytes:
    """The file's own bytes, its opened streams, and its pages."""
    opened = b""
    if made.kind == PDF:
        with pikepdf.open(io.BytesIO(made.data)) as pdf:
            assert found_in(pdf) == []
            held = [one.get("/Filter") for one in pdf.objects if isinstance(one, pikepdf.Stream)]
            packed = [one for one in held if "DCT" in str(one) or "JPX" in str(one)]
            assert all(
                one == pikepdf.Name.DCTDecode for one in packed
            )  # what is packed once more could not be looked into
            plain = io.BytesIO()
            pdf.save(plain, qdf=True)
            opened = plain.getvalue()
    else:
        picture = Image.open(io.BytesIO(made.data))
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert not picture.getexif()
    return made.data + opened + b"".join(page.jpeg for page in made.pages) + "".join(made.removed).encode()


def is_readable(sample: Sample, made: Cleaned) -> bool:
    """All pages are there, the words can be read, and a picture looks as before, turned upright."""
    if len(made.pages) != sample.pages:
        return False
    if made.kind == PDF:
        text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made.data)).pages)
        return text.count(sample.words) == sample.pages and sample.words in made.text and not is_blank(made)
    return likeness(sample.data, made.data)


def is_blank(made: Cleaned) -> bool:
    drawn = (Image.open(io.BytesIO(page.jpeg)).convert("L") for page in made.pages)
    return any(low == high for low, high in (page.getextrema() for page in drawn))


def likeness(before: bytes, after: bytes) -> bool:
    first, second = ImageOps.exif_transpose(Image.open(io.BytesIO(before))), Image.open(io.BytesIO(after))
    if first.size != second.size:
        return False
    if first.mode.startswith("I"):
        return first.getextrema() == second.getextrema()
    difference = ImageChops.difference(first.convert("RGB"), second.convert("RGB"))
    return max(ImageStat.Stat(difference).mean) < UNLIKE


def write_evidence(fates: Counter[str], benign: int, slowest: float) -> None:
    """Called once nothing came through and everything was readable."""
    EVIDENCE.write_text(
        REPORT.format(
            hostile=fates.total(),
            refused=fates[REFUSED],
            neutralised=fates[NEUTRALISED],
            benign=benign,
            slowest=slowest,
        ),
        encoding="utf-8",
    )


REPORT = """# Files from outside

Made by `bin/campaign files` from the script in `tests/cases/files/`; every file goes through the child process with its limits,
as in the worker. Hostile: scripts and actions in every place a PDF can hang them, carried files, dynamic forms, encryption,
content fetched from outside, metadata with a planted token, bombs, cut and lying files, other kinds under our names, polyglots.

| files | number | what became of them |
|---|---|---|
| hostile | {hostile} | {refused} refused with a reason, {neutralised} neutralised, 0 came through |
| benign | {benign} | {benign} readable: every page, the words on it, pictures as before |

*Neutralised*: written anew, holds no planted token (streams opened), nothing active, no metadata. The slowest hostile file took
{slowest:.0f} s. The suite runs the same files but the heaviest in one process, and a few of those in the child.
"""
