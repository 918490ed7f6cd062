"""Numbers, ranges and units in the words of a laboratory report."""

from __future__ import annotations

from decimal import Decimal

from panels.cases.models import plain
from panels.cases.states import Flag

DIGITS = 4  # of a converted value


def flag_of(value: Decimal | None, comparator: str, low: Decimal | None, high: Decimal | None) -> Flag:
    """Low or high; "<" and ">" count only when they decide it."""
    if value is None or (low is None and high is None):
        return Flag.NONE
    if low is not None and value < low and ">" not in comparator:
        return Flag.LOW
    if high is not None and value > high and "<" not in comparator:
        return Flag.HIGH
    return Flag.INSIDE if not comparator else Flag.NONE


def range_words(low: Decimal | None, high: Decimal | None) -> str:
    if low is not None and high is not None:
        return f"{plain(low)}–{plain(high)}"
    return f"≥ {plain(low)}" if low is not None else f"≤ {plain(high)}" if high is not None else ""


def rounded(value: Decimal) -> Decimal:
    """To four significant digits: more would say the conversion is finer than the measurement."""
    return value if not value else round(value, DIGITS - 1 - value.adjusted())


def spoken(unit: str) -> str:
    """A UCUM code as people write it: ``m[IU]/L`` is mIU/L, ``ug`` µg."""
    for code, words in (("[IU]", "IU"), ("[arb'U]", "RU"), ("(24.h)", "24 h"), ("{ratio}", "")):
        unit = unit.replace(code, words)
    return "/".join(f"µ{part[1:]}" if part[:2] in {"ug", "um", "uI", "uk", "uL"} else part for part in unit.split("/"))
