"""Units of measurement: how laboratories write them, and what one is in another. The only importer of pint and ucumvert.

A unit is a UCUM code. Traps this module stands in front of: pint takes milliequivalents and milliosmoles for millimoles and
international units for bare numbers; annotations in braces are dropped by the parser, so texts are compared first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

LETTERS = str.maketrans(
    {"\u00b5": "u", "\u03bc": "u", "\u2113": "L", "\u00b7": ".", "\u00d7": "x", " ": None, "\u00a0": None}
)
TOKENS = {
    "l": "L", "dl": "dL", "ml": "mL", "ul": "uL", "mol": "mol", "mmol": "mmol", "umol": "umol", "nmol": "nmol", "pmol": "pmol",
    "fmol": "fmol", "kg": "kg", "g": "g", "mg": "mg", "ug": "ug", "mcg": "ug", "ng": "ng", "pg": "pg", "iu": "[IU]", "ui": "[IU]",
    "ie": "[IU]", "miu": "m[IU]", "mui": "m[IU]", "mie": "m[IU]", "uiu": "u[IU]", "uui": "u[IU]", "uie": "u[IU]", "kiu": "k[IU]",
    "u": "U", "mu": "mU", "uu": "uU", "meq": "meq", "mval": "meq", "mosm": "mosm", "mosmol": "mosm", "kat": "kat", "ukat": "ukat",
    "nkat": "nkat", "24h": "(24.h)", "24hr": "(24.h)", "24std": "(24.h)", "24ore": "(24.h)", "d": "(24.h)", "day": "(24.h)",
    "tag": "(24.h)", "jour": "(24.h)", "die": "(24.h)", "h": "h", "hr": "h", "std": "h", "%": "%", "mmhg": "mm[Hg]", "m2": "m2",
    "100ml": "dL", "ru": "[arb'U]", "kru": "k[arb'U]", "cm": "cm", "mm": "mm", "min": "min", "s": "s", "ph": "[pH]",
}  # fmt: skip
LOUD = re.compile(r"M[a-z]|^MU$|^G$")  # mega or milli, giga or gram: not guessed
SYNONYMS = {"k[arb'U]/L": "[arb'U]/mL"}  # the parser knows no prefix here
KINDS = (
    ("eq", re.compile(r"[munpk]?eq$")),
    ("osm", re.compile(r"[munpk]?osm$")),
    ("IU", re.compile(r"[munpk]?\[(IU|iU)\]$")),
    ("arb", re.compile(r"[munpk]?\[arb'U\]$")),
    ("mol", re.compile(r"[munpkf]?mol$")),
    ("mass", re.compile(r"[munpkf]?g$")),
)


@dataclass(frozen=True, slots=True)
class Substance:
    """What turns an amount of one kind into another: g/mol, charges per ion, and g/mol of the substance below the line."""

    molar_mass: float | None = None
    valence: float | None = None
    molar_mass_below: float | None = None


def read_unit(text: str) -> str:
    """The UCUM code of a unit as a laboratory writes it (``µmol/l``, ``mcg/dL``, ``mUI/L``); empty when it is not certain."""
    plain = text.translate(LETTERS)
    parts = plain.split("/")
    if not plain or any(LOUD.search(part) for part in parts):
        return ""
    tokens = [TOKENS.get(part.lower(), "") for part in parts]
    if all(tokens):
        return "/".join(tokens)
    return plain if " " not in text.strip() and _known(plain) else ""


def _known(text: str) -> bool:
    """Whether UCUM knows the unit as it stands."""
    if not re.fullmatch(r"[A-Za-z0-9\[\]'*/().%{}-]{1,40}", text):
        return False
    return quantity(text) is not None


@cache
def _registry() -> Any:
    """One per process: loading takes a second or two."""
    from ucumvert import PintUcumRegistry  # noqa: PLC0415 loaded when first asked for

    return PintUcumRegistry()


@lru_cache(maxsize=1024)
def quantity(unit: str) -> Any:
    """One of the unit as pint has it; ``None`` when UCUM has no such unit."""
    try:
        return 1 * _registry().from_ucum(SYNONYMS.get(unit, unit))
    except Exception:  # noqa: BLE001 the parser raises its own, lark's and pint's errors
        return None


def kind_of(part: str) -> str:
    """Mass, mol, eq, osm, IU, arb, or ``other`` for one part of a unit."""
    return next((name for name, shape in KINDS if shape.fullmatch(part)), "other")


@lru_cache(maxsize=4096)
def factor(start: str, goal: str, substance: Substance) -> float | None:
    """What a value in ``start`` is multiplied by to be in ``goal``; ``None`` when there is no honest way."""
    if start == goal:
        return 1.0
    first, last = quantity(start), quantity(goal)
    if first is None or last is None:
        return None
    tops = kind_of(start.split("/")[0]), kind_of(goal.split("/")[0])
    bridged = _bridged(first, *tops, substance.molar_mass, substance.valence)
    below = [kind_of(unit.partition("/")[2].partition("/")[0]) for unit in (start, goal)]
    if bridged is not None and below[0] != below[1]:
        bridged = _bridged_below(bridged, below[0], below[1], substance.molar_mass_below)
    if bridged is None or bridged.dimensionality != last.dimensionality:
        return None
    return float((bridged / last).to_base_units().magnitude)


def _bridged(amount: Any, kind: str, wanted: str, mass: float | None, valence: float | None) -> Any:
    """The amount as the wanted kind."""
    if kind == wanted:
        return amount
    gram_per_mol = _registry().from_ucum("g/mol")
    if kind == "eq" and valence:
        amount, kind = amount / valence, "mol"
    if kind == "mass" and wanted in {"mol", "eq"} and mass:
        amount, kind = amount / (mass * gram_per_mol), "mol"
    if kind == "mol" and wanted == "mass" and mass:
        return amount * (mass * gram_per_mol)
    if kind == "mol" and wanted == "eq" and valence:
        return amount * valence
    return amount if kind == wanted else None


def _bridged_below(amount: Any, kind: str, wanted: str, mass: float | None) -> Any:
    if mass is None or {kind, wanted} != {"mass", "mol"}:
        return None
    gram_per_mol = mass * _registry().from_ucum("g/mol")
    return amount * gram_per_mol if kind == "mass" else amount / gram_per_mol
