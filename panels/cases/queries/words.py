"""Numbers, ranges and units in the words of a laboratory report."""

from __future__ import annotations

import re
from decimal import Decimal

from panels.cases.models import plain
from panels.cases.states import Flag

PROPERTIES = "Mass|Moles|Molar|Units|Arbitrary|Enzymatic|Catalytic|Substance|Number|Presence|Ratio|Volume|Pressure|Osmol|Time|Titer"
LOINC_NAME = re.compile(rf"(?P<test>[^\[]+?) ?\[(?:{PROPERTIES}|#)[^\]]*\](?: in (?P<material>.+))?")
DIGITS, FEWEST = 4, 2  # of a converted range, and of a converted value at least


def flag_of(value: Decimal | None, comparator: str, low: Decimal | None, high: Decimal | None) -> Flag:
    """Where the value lies; of "<" and ">" where every value lies that it can stand for, if that is on one side."""
    if value is None or (low is None and high is None):
        return Flag.NONE
    under, over = comparator.startswith("<"), comparator.startswith(">")
    strictly = comparator in {"<", ">"}
    if low is not None and not over and (value < low or (strictly and value == low)):
        return Flag.LOW
    if high is not None and not under and (value > high or (strictly and value == high)):
        return Flag.HIGH
    above = (low is None or low <= 0) if under else low is None or value >= low
    below = high is None if over else high is None or value <= high
    return Flag.INSIDE if above and below else Flag.UNTOLD


def range_words(low: Decimal | None, high: Decimal | None) -> str:
    if low is not None and high is not None:
        return f"{plain(low)}–{plain(high)}"
    return f"≥ {plain(low)}" if low is not None else f"≤ {plain(high)}" if high is not None else ""


def rounded(value: Decimal, digits: int = DIGITS) -> Decimal:
    """To so many significant digits."""
    return value if not value else round(value, digits - 1 - value.adjusted())


def digits_of(value: Decimal) -> int:
    """The significant digits a value was given with; the zeros of a whole number count."""
    return len(plain(abs(value)).replace(".", "").lstrip("0"))


def converted_words(value: Decimal, *, of: Decimal) -> str:
    """A converted value with as many digits as the original has: more would say it is finer than what was measured."""
    return f"{rounded(value, max(FEWEST, digits_of(of))):f}"


def name_and_material(label: str) -> tuple[str, str]:
    """A test and the material it was measured in, of a name that is built as LOINC builds them: "Sodium [Moles/volume] in Serum".
    Any other name as it is, and no material."""
    found = LOINC_NAME.fullmatch(label)
    return (found["test"], (found["material"] or "").lower()) if found else (label, "")


def spoken(unit: str) -> str:
    """A UCUM code as people write it: ``m[IU]/L`` is mIU/L, ``ug`` µg."""
    for code, words in (("[IU]", "IU"), ("[arb'U]", "RU"), ("(24.h)", "24 h"), ("{ratio}", "")):
        unit = unit.replace(code, words)
    return "/".join(f"µ{part[1:]}" if part[:2] in {"ug", "um", "uI", "uk", "uL"} else part for part in unit.split("/"))
