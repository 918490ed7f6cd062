"""What is longer than a case's columns is cut here, where it can still be said, and never by the database."""

from __future__ import annotations

from dataclasses import fields, replace
from decimal import Decimal
from typing import Any, TypeVar

from panels.cases.importers.read_case import LeftOut, ReadCase, ReadFinding
from panels.cases.importers.strict_json import shorten
from panels.cases.states import CODE

LIMITS = {
    "system": 10,
    "code": 30,
    "label": 300,
    "onset": 120,
    "severity": 120,
    "text": 300,
    "unit": 40,
    "unit_label": 120,
    "taken": 120,
    "gene": 40,
    "zygosity": 60,
    "significance": 80,
    "kind": 40,
}
MAX_AGE = 40
MODIFIERS_TOGETHER = 360
WHOLE_DIGITS, DECIMALS = 15, 9
PARTS = ("findings", "diagnoses", "labs", "variants", "treatments")
SHOWN = 2_000
Row = TypeVar("Row")


def fit(case: ReadCase) -> ReadCase:
    """The case with every text inside its limit; each cut is listed with the whole text."""
    cut: list[LeftOut] = []
    parts: dict[str, Any] = {}
    for name in PARTS:
        rows = enumerate(getattr(case, name))
        parts[name] = tuple(
            _fit_row(_gather_modifiers(_only_codes(row)), f"{name}[{number}]", cut) for number, row in rows
        )
    if case.age and len(case.age.text) > MAX_AGE:
        cut.append(LeftOut("subject.timeAtLastEncounter", _why(MAX_AGE), shorten(case.age.text, SHOWN)))
        parts["age"] = replace(case.age, text=shorten(case.age.text, MAX_AGE))
    return replace(case, **parts, left_out=(*case.left_out, *cut))


def _fit_row(row: Row, path: str, cut: list[LeftOut]) -> Row:
    changes = {}
    for field in fields(row):  # type: ignore[arg-type]
        limit, value = LIMITS.get(field.name), getattr(row, field.name)
        if limit and isinstance(value, str) and len(value) > limit:
            changes[field.name] = shorten(value, limit)
            cut.append(LeftOut(f"{path}.{field.name}", _why(limit), shorten(value, SHOWN)))
    return replace(row, **changes) if changes else row  # type: ignore[type-var]


def _only_codes(row: Row) -> Row:
    """What stands in the place of a code and has not the shape of one, or is longer than any, becomes words: codes stay readable,
    words do not."""
    code = getattr(row, "code", "")
    if not code or (CODE.fullmatch(code) and len(code) <= LIMITS["code"]):
        return row
    place = "detail" if hasattr(row, "detail") else "note"
    words = "; ".join(filter(None, (getattr(row, place), f"named in the file as {code}")))
    label = row.label or code  # type: ignore[attr-defined]
    return replace(row, code="", label=label, **{place: words})  # type: ignore[type-var]


def _why(limit: int) -> str:
    return f"longer than {limit} characters, so it was cut"


def _gather_modifiers(row: Row) -> Row:
    """Many modifiers move to the note, which has no limit."""
    if isinstance(row, ReadFinding) and sum(len(text) + 2 for text in row.modifiers) > MODIFIERS_TOGETHER:
        return replace(row, modifiers=(), note="; ".join((*row.modifiers, row.note)).strip("; "))
    return row


def fit_number(value: Decimal | None) -> tuple[Decimal | None, str]:
    """The number as a case can hold it, and a remark when it was rounded (9 decimals) or is too large (15 digits)."""
    if value is None:
        return None, ""
    if value.adjusted() >= WHOLE_DIGITS:
        return None, f"the number {value} is too large to be held as a number"
    if -int(value.as_tuple().exponent) > DECIMALS:
        return round(value, DECIMALS), f"rounded to {DECIMALS} decimals from {value}"
    return value, ""
