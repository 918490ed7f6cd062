"""One line of a laboratory table: ``Calcium 7,6 mg/dL (8,6-10,2) L``. Every sign of it must be explained, or it is not read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from cpms.terminology import catalogue
from cpms.terminology.catalogue import Analyte
from cpms.terminology.units import read_unit
from panels.cases.importers.lab_words import (
    MATERIALS,
    SIGNS,
    VALUE,
    Marks,
    day_of,
    flag_of,
    limits_of,
)

Known = Callable[[str], Analyte | None]
OTHER_UNITS = frozenset("/nl /ul /pl tsd/ul mio/ul 10^3/ul 10^9/l 10^6/ul 10^12/l sec sek s score sds index".split())
LONGEST_NAME, MOST_WORDS = 60, 16


@dataclass(frozen=True, slots=True)
class Reading:
    """What a result says beside its name. ``unit`` is as written; ``printed_flag`` is the laboratory's own mark."""

    value: Decimal
    comparator: str = ""
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    printed_flag: str = ""
    taken: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the source. Without ``reading`` it is left out, and ``why`` says so; without ``analyte`` the test is not known.

    ``ask`` is the unit that would be likelier than the written one, or the unit to confirm where none is written.
    """

    raw: str
    name: str = ""
    analyte: Analyte | None = None
    reading: Reading | None = None
    why: str = ""
    doubt: str = ""
    ask: str = ""

    @property
    def certain(self) -> bool:
        return self.reading is not None and self.analyte is not None and not self.doubt


def known_name(text: str, known: Known) -> Analyte | None:
    """The analyte of a name, with the material behind it or without."""
    return known(text) or known(MATERIALS.sub("", text))


def is_unit(text: str, analyte: Analyte | None) -> bool:
    if not any(sign.isalpha() or sign == "%" for sign in text) or flag_of(text) is not None:
        return False
    return bool(catalogue.read_unit(analyte, text)) or text.lower().replace("µ", "u") in OTHER_UNITS


def readings(words: list[str], analyte: Analyte | None, marks: Marks) -> Reading | None:
    """The words after a name as one reading; ``None`` unless each word has exactly one place."""
    if len(words) > MOST_WORDS:
        return None
    for size in (1, 2):  # "< 0,1" is two words
        found = VALUE.fullmatch(" ".join(words[:size]))
        if found and (size == 1 or found["sign"]):
            value = marks.number(found["number"])
            if value is None:
                return None
            return _rest(words[size:], Reading(value, SIGNS[found["sign"]]), analyte, marks)
    return None


def _rest(words: list[str], so_far: Reading, analyte: Analyte | None, marks: Marks) -> Reading | None:
    """Unit, range, flag and day, each at most once and in any order."""
    if not words:
        return so_far
    for size in range(min(len(words), 6), 0, -1):
        part = " ".join(words[:size])
        for taken in _places(part, so_far, analyte, marks):
            found = _rest(words[size:], taken, analyte, marks)
            if found is not None:
                return found
    return None


def _places(part: str, so_far: Reading, analyte: Analyte | None, marks: Marks) -> Iterator[Reading]:
    limits = limits_of(part, marks)
    if limits and so_far.low is so_far.high is None:
        yield replace(so_far, low=limits.low, high=limits.high)
    elif not so_far.unit and is_unit(part.strip("[]"), analyte):
        yield replace(so_far, unit=part.strip("[]"))
    elif so_far.unit and read_unit(part) and read_unit(part) == read_unit(so_far.unit):
        yield so_far  # the unit once more, behind the range
    elif (flag := flag_of(part)) is not None:
        yield replace(so_far, printed_flag=so_far.printed_flag or flag)
    elif (day := day_of(part)) and not so_far.taken:
        yield replace(so_far, taken=day)


def split_line(text: str, known: Known, marks: Marks) -> tuple[str, Analyte | None, Reading] | None:
    """Name, analyte and reading of a line; ``None`` when there is no way to read it, or more than one."""
    if ":" in text and (found := _after_colon(text, known, marks)):
        return found
    words = text.split()
    if len(words) > MOST_WORDS:
        return None
    ways = []
    for size in range(1, len(words)):
        name = " ".join(words[:size]).rstrip(":=")
        analyte = known_name(name, known)
        reading = readings(words[size:], analyte, marks)
        if reading and is_name(name) and (analyte or (reading.unit and not any(map(VALUE.fullmatch, words[1:size])))):
            ways.append((name, analyte, reading))
    named = [way for way in ways if way[1]]
    if len(named) == 1 and all(way[2].value == named[0][2].value for way in ways):
        return named[0]
    return ways[0] if len(ways) == 1 else None


def _after_colon(text: str, known: Known, marks: Marks) -> tuple[str, Analyte | None, Reading] | None:
    name, _, rest = text.partition(":")
    analyte = known_name(name.strip(), known)
    reading = readings(rest.split(), analyte, marks)
    return (name.strip(), analyte, reading) if reading and is_name(name) and (analyte or reading.unit) else None


def is_name(text: str) -> bool:
    letters, signs = any(sign.isalpha() for sign in text), any(sign in text for sign in "<>=≤≥")
    return len(text) <= LONGEST_NAME and letters and not signs and day_of(text) is None
