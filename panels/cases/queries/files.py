"""A file's bytes, put together from its sealed pieces."""

from __future__ import annotations

import hashlib

from panels.cases.models import CaseFile, FilePiece
from panels.cases.states import PieceOf


class Altered(Exception):
    """The pieces are not the file that was cleaned."""


def joined(file: CaseFile, of: PieceOf) -> bytes:
    return b"".join(file.pieces_of(of))


def raw_of(file: CaseFile) -> bytes:
    """The file as it came: for the child process and nobody else."""
    return joined(file, PieceOf.RAW)


def content_of(file: CaseFile) -> bytes:
    """The cleaned file. Raises ``Altered`` when a piece is missing, moved or changed."""
    data = joined(file, PieceOf.CLEAN)
    if hashlib.sha256(data).hexdigest() != file.fingerprint:
        raise Altered
    return data


def page_of(file: CaseFile, number: int) -> FilePiece | None:
    return FilePiece.objects.filter(file=file, of=PieceOf.PAGE, number=number).first()


def pages_of(file: CaseFile) -> list[tuple[int, int, int]]:
    """Number, width and height of each page."""
    rows = FilePiece.objects.filter(file=file, of=PieceOf.PAGE)
    return list(rows.values_list("number", "width", "height"))
