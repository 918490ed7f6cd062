"""Bytes of a foreign file to a tree of plain values, or a refusal a clinician understands. Linear in the file's size."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

from panels.cases.importers.read_case import ImportRefused

MAX_BYTES = 5_000_000
MAX_DEPTH = 40
MAX_VALUES = 60_000
MAX_TEXT = 20_000
MAX_DIGITS = 30

LOOKS_LIKE = (
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"\x1f\x8b", "a compressed (gzip) file"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xd0\xcf\x11\xe0", "an older Office document"),
    (b"##fileformat=VCF", "a VCF file of variants"),
    (b"MSH|", "an HL7 version 2 message"),
    (b"<", "an XML or HTML file"),
    (b"id:", "a YAML file"),
    (b"---", "a YAML file"),
)
# Refused: C0 controls but tab and line ends, DEL, lone surrogates, and the marks that reorder text on screen.
HOSTILE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


def parse(data: bytes) -> Any:
    """Dicts, lists, str, Decimal, bool and None. Raises ``ImportRefused`` for everything that is not sound JSON."""
    if len(data) > MAX_BYTES:
        raise ImportRefused(f"The file is larger than {MAX_BYTES // 1_000_000} MB. A case is usually under 100 kB.")
    if not data.strip():
        raise ImportRefused("The file is empty.")
    tree = _decode(_text(data))
    _check_sizes(tree)
    return tree


def _text(data: bytes) -> str:
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:40]
    for magic, kind in LOOKS_LIKE:
        if start.startswith(magic):
            raise ImportRefused(f"This looks like {kind}. Choose a phenopacket: a .json file.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ImportRefused("The file is not readable text (UTF-8). Choose a phenopacket: a .json file.") from None


def _decode(text: str) -> Any:
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=_number,
            parse_int=_number,
            parse_constant=_not_a_number,
        )
    except json.JSONDecodeError as error:
        raise ImportRefused(
            f"The file is not valid JSON: something is wrong in line {error.lineno}, column {error.colno}. "
            "It may have been cut off or edited by hand."
        ) from None
    except RecursionError:
        raise ImportRefused("The file is nested too deeply to be a case.") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ImportRefused(f"The entry {shorten(name)!r} stands twice in one place: one of them would be lost.")
        found[name] = value
    return found


def _number(text: str) -> Decimal:
    mantissa, _, exponent = text.lower().partition("e")
    if len(mantissa) > MAX_DIGITS or len(exponent) > 4 or abs(int(exponent or 0)) > MAX_DIGITS:
        raise ImportRefused(f"The number {shorten(text)} is too long or too large to be a clinical value.")
    return Decimal(text)


def _not_a_number(text: str) -> Decimal:
    raise ImportRefused(f"The file contains {text} where a number should be.")


def _check_sizes(tree: Any) -> None:
    level, values = [tree], 0
    for _ in range(MAX_DEPTH):
        values += len(level)
        if values > MAX_VALUES:
            raise ImportRefused("The file has too many entries to be one case.")
        level = [child for value in level for child in _children(value)]
        if not level:
            return
    raise ImportRefused("The file is nested too deeply to be a case.")


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value, *value.values()]
    if isinstance(value, str):
        _check_text(value)
    return value if isinstance(value, list) else []


def _check_text(text: str) -> None:
    if len(text) > MAX_TEXT:
        raise ImportRefused(f"A text in the file is longer than {MAX_TEXT:,} characters.")
    if HOSTILE.search(text):
        raise ImportRefused("The file contains hidden control characters, so what you see might not be what is stored.")


def shorten(value: Any, limit: int = 80) -> str:
    """One line of at most ``limit`` characters, safe to show."""
    text = " ".join(HOSTILE.sub("", str(value)).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"
