"""Moments in words back to a phenopacket's ``TimeElement``, the way the reader makes words of them; and terms likewise."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from panels.cases.ages import MONTHS
from panels.cases.importers.read_case import ReadAge
from panels.cases.importers.times import ends_of

Tree = dict[str, Any]
AGE = re.compile(r"(?:(\d{1,3}) years?)?\s*(?:(\d{1,2}) months?)?\s*(?:(\d{1,5}) days?)?")
MONTH = re.compile(r"([A-Z][a-z]+) (\d{4})")
GESTATION = re.compile(r"(\d{1,3}) weeks(?: (\d{1,3}) days)? of gestation")
LAST_SEEN = "not stated; last seen "
CODE = re.compile(r"[A-Za-z][A-Za-z0-9]*:\S+")


def term(text: str, code: str = "") -> Tree:
    """An ontology class by code and name; a text in the shape of a code is one."""
    if not code and CODE.fullmatch(text):
        return {"id": text}
    return {
        name: value
        for name, value in (("id", code), ("label", text))
        if value and not (name == "label" and text == code)
    }


def coded(system: str, code: str, label: str) -> Tree:
    """A code with its prefix where the case keeps it without one."""
    return term(label, f"{system}:{code}" if code and system in {"LOINC", "UCUM"} else code)


def iso_of(text: str) -> str:
    """``P5Y3M`` for "5 years 3 months"; empty for other words."""
    if text == "at birth":
        return "P0D"
    match = AGE.fullmatch(text)
    if not text or not match or not any(match.groups()):
        return ""
    return "P" + "".join(f"{int(part)}{unit}" for part, unit in zip(match.groups(), "YMD", strict=True) if part)


def timestamp_of(text: str) -> str:
    """The first of the month, as near as the case keeps it; empty for other words."""
    match = MONTH.fullmatch(text)
    return f"{match[2]}-{MONTHS[match[1]]:02}-01T00:00:00Z" if match and match[1] in MONTHS else ""


def moment(text: str, code: str = "") -> Tree:
    """The ``TimeElement`` for words; an ontology class for words that are no time of ours."""
    if code:
        return {"ontologyClass": term(text, code)}
    if span := _span(*ends_of(text)):
        return span
    if match := GESTATION.fullmatch(text):
        return {"gestationalAge": {"weeks": int(match[1]), **({"days": int(match[2])} if match[2] else {})}}
    if iso := iso_of(text):
        return {"age": {"iso8601duration": iso}}
    return {"timestamp": timestamp_of(text)} if timestamp_of(text) else {"ontologyClass": term(text)}


def _span(start: str, end: str) -> Tree:
    """Of two ages or of two months; the start may be open. Empty for whatever is no span."""
    for name, written, shape in (("ageRange", iso_of, "iso8601duration"), ("interval", timestamp_of, "")):
        ends = {key: written(text) for key, text in (("start", start), ("end", end)) if text}
        if end and all(ends.values()):
            return {name: {key: {shape: said} if shape else said for key, said in ends.items()}}
    return {}


def age(read: ReadAge) -> Tree:
    """The age when last seen; what was only a month of the calendar stays one."""
    if read.text.startswith(LAST_SEEN):
        return moment(read.text.removeprefix(LAST_SEEN))
    if read.iso and not ends_of(read.text)[1]:
        return {"age": {"iso8601duration": read.iso}}
    return moment(read.text, read.code)


def number(value: Decimal) -> int | float:
    return int(value) if int(value.as_tuple().exponent) >= 0 else float(value)
