"""The analytes that endocrine laboratories report, with default reference intervals: shipped files, read once per process.

Every interval is a default that the thematic group has yet to confirm; the range printed with a result always wins. Intervals
without a source (quality C) are never read. LOINC codes are used under the LOINC licence.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from cpms.terminology import units
from cpms.terminology.folding import fold
from cpms.terminology.units import Substance

FOLDER = Path(__file__).with_name("reference")
LANGUAGES = ("en", "de", "fr", "es", "it", "pl")
WEIGHTS = {"H": 1.008, "C": 12.011, "N": 14.007, "O": 15.999, "P": 30.974, "S": 32.06}
SHORT_NAMES = {"k", "na", "ca", "mg"}  # other names of one letter could be anything
ENZYME_UNIT = re.compile(r"(?<=[munpk/])U(?=$|/)|^U(?=/|$)")
MOLAR, MASS, OTHER = "mol", "mass", "other"


@dataclass(frozen=True, slots=True)
class Interval:
    """Low and high in ``unit``; ages in days, the upper one excluded. ``condition`` is empty for the usual case.

    ``confirmed`` says which group confirmed or set it, and when; a shipped default has none.
    """

    sex: str
    age_from: int
    age_to: int
    condition: str
    low: Decimal | None
    high: Decimal | None
    unit: str
    quality: str
    source: str
    address: str
    note: str
    confirmed: str = ""


@dataclass(frozen=True, slots=True)
class Analyte:
    key: str
    group: str
    name: str
    specimen: str
    codes: dict[str, tuple[str, ...]]
    unit: str
    units: tuple[str, ...]
    substance: Substance
    convention: tuple[str, str, Decimal, Decimal] | None
    lowest: Decimal
    highest: Decimal
    decimals: int
    names: tuple[str, ...]
    note: str
    intervals: tuple[Interval, ...]

    def code_for(self, unit: str, *, held: str = "") -> str:
        """The LOINC code that belongs to a result in this unit; the first other one where the kind has none.

        ``held``, a code that the result has already, stays if it fits the unit as well.
        """
        kind = {"mol": MOLAR, "eq": MOLAR, "mass": MASS}.get(units.kind_of(unit.split("/")[0]), OTHER)
        found = self.codes.get(kind) or self.codes.get(OTHER) or ()
        return held if held in found else found[0] if found else ""


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


@cache
def analytes() -> dict[str, Analyte]:
    """By key, in the order of the file."""
    intervals: dict[str, list[Interval]] = {}
    for row in rows("ranges.tsv"):
        if row["source_quality"] != "C":
            intervals.setdefault(row["analyte"], []).append(_interval(row))
    return {row["key"]: _analyte(row, tuple(intervals.get(row["key"], ()))) for row in rows("analytes.tsv")}


def _interval(row: dict[str, str]) -> Interval:
    return Interval(
        sex=row["sex"],
        age_from=int(row["age_min_days"]),
        age_to=int(row["age_max_days"]),
        condition=row["condition"],
        low=number(row["low"]),
        high=number(row["high"]),
        unit=row["unit"],
        quality=row["source_quality"],
        source=f"{row['source_title']}. {row['source_publisher']}, {row['source_year']}",
        address=row["source_url"],
        note=row["note"],
    )


def _analyte(row: dict[str, str], intervals: tuple[Interval, ...]) -> Analyte:
    below = row["formula_denominator"]
    aliases = [alias for language in LANGUAGES for alias in row[f"aliases_{language}"].split(";")]
    convention = (
        (
            row["convention_from"],
            row["convention_to"],
            Decimal(row["convention_factor"]),
            number(row["convention_offset"]),
        )
        if row["convention_from"]
        else None
    )
    return Analyte(
        key=row["key"],
        group=row["group"],
        name=row["name"],
        specimen=row["specimen"],
        codes={
            MASS: _codes(row["loinc_mass"]),
            MOLAR: _codes(row["loinc_molar"]),
            OTHER: _codes(row["loinc_other"]),
        },
        unit=row["unit_si"],
        units=(row["unit_si"], *_codes(row["units_other"])),
        substance=Substance(
            molar_mass=float(row["molar_mass"]) if row["molar_mass"] else None,
            valence=float(row["valence"]) if row["valence"] else None,
            molar_mass_below=_molar_mass(below) if below else None,
        ),
        convention=convention and (*convention[:3], convention[3] or Decimal(0)),
        lowest=Decimal(row["plausible_min"]),
        highest=Decimal(row["plausible_max"]),
        decimals=int(row["decimals"]),
        names=tuple(dict.fromkeys([row["name"], *aliases])),
        note=row["molar_note"],
        intervals=intervals,
    )


def _codes(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(";") if part)


def _molar_mass(formula: str) -> float:
    return sum(WEIGHTS[element] * int(count or 1) for element, count in re.findall(r"([A-Z][a-z]?)(\d*)", formula))


def spelled(text: str) -> str:
    """A test's name for comparing: without case, accents and punctuation, but a plus sign counts ("Ca++" is not "Ca")."""
    return fold(text.replace("+", " plus "))


@cache
def _by_name() -> dict[str, Analyte]:
    """Names that mean one analyte only."""
    found: dict[str, set[str]] = {}
    for analyte in analytes().values():
        for name in analyte.names:
            word = spelled(name)
            if len(word) > 1 or word in SHORT_NAMES:
                found.setdefault(word, set()).add(analyte.key)
    return {word: analytes()[next(iter(keys))] for word, keys in found.items() if len(keys) == 1}


@cache
def _by_code() -> dict[str, Analyte]:
    return {code: analyte for analyte in analytes().values() for codes in analyte.codes.values() for code in codes}


def named(text: str) -> Analyte | None:
    """The one analyte of this name in any of the languages; ``None`` when there is none or more than one."""
    return _by_name().get(spelled(text))


def coded(code: str) -> Analyte | None:
    return _by_code().get(code)


def in_unit(analyte: Analyte, value: Decimal, start: str, goal: str) -> Decimal | None:
    """The value in another unit, exact to the factor's 12 digits; ``None`` when there is no honest way."""
    direct = units.factor(start, goal, analyte.substance)
    if direct is not None:
        return value * Decimal(f"{direct:.12g}")
    if analyte.convention is None:
        return None
    one, other, by, offset = analyte.convention
    into, out = units.factor(start, one, analyte.substance), units.factor(other, goal, analyte.substance)
    if into is not None and out is not None:
        return (value * Decimal(f"{into:.12g}") * by + offset) * Decimal(f"{out:.12g}")
    into, out = units.factor(start, other, analyte.substance), units.factor(one, goal, analyte.substance)
    if into is not None and out is not None:
        return (value * Decimal(f"{into:.12g}") - offset) / by * Decimal(f"{out:.12g}")
    return None


def is_plausible(analyte: Analyte, value: Decimal, unit: str) -> bool | None:
    """Whether a living person can have this; ``None`` when the unit leads nowhere."""
    held = in_unit(analyte, value, unit, analyte.unit)
    return None if held is None else analyte.lowest <= held <= analyte.highest


def likelier_unit(analyte: Analyte, value: Decimal, unit: str) -> str:
    """The usual unit in which the same number would be plausible, of the written one's kind first; empty when none is."""
    if is_plausible(analyte, value, unit):
        return ""
    kind = units.kind_of(unit.split("/")[0])
    usual = sorted(analyte.units, key=lambda other: units.kind_of(other.split("/")[0]) != kind)
    return next((other for other in usual if other != unit and is_plausible(analyte, value, other)), "")


def read_unit(analyte: Analyte | None, text: str) -> str:
    """The UCUM code of a written unit; "U" is taken for the kind of unit that this analyte is measured in."""
    unit = units.read_unit(text)
    if analyte is None or not unit:
        return unit
    international = any("[IU]" in usual for usual in analyte.units)
    if international and "[IU]" not in unit:
        return ENZYME_UNIT.sub("[IU]", unit)
    return unit if international else unit.replace("[IU]", "U")


def intervals_for(analyte: Analyte, sex: str, ages: tuple[int, int]) -> tuple[Interval, ...]:
    """The default intervals of everybody of this sex whose age in days lies anywhere in ``ages`` (both included).

    The usual one first, then those that hold under a condition (time of day, posture, pregnancy, stage of puberty); none when
    the age is not known closely enough to decide.
    """
    youngest, oldest = ages
    fitting = [
        interval
        for interval in analyte.intervals
        if interval.sex in {"any", sex} and interval.age_from <= youngest and oldest < interval.age_to
    ]
    return tuple(sorted(fitting, key=lambda interval: bool(interval.condition)))
