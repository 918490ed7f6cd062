"""Measurements of a phenopacket to laboratory results: numbers as written, ranges only where their unit agrees."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from cpms.terminology import units
from panels.cases.importers.fitting import fit_number
from panels.cases.importers.ledger import Node
from panels.cases.importers.read_case import Coded, ReadLab
from panels.cases.importers.times import when

ZERO_IS_OMITTED = "no number is written; some programs leave out a zero, so check the original report"
OTHER_UNIT = "the reference range is in another unit than the result; enter it by hand after converting"
NO_UNIT = Coded()
UPSIDE_DOWN = "the lower limit is above the upper limit; enter the range by hand"


BEYOND = re.compile(
    r"(?P<sign><=|>=|<|>) (?P<value>-?\d{1,15}(?:\.\d{1,9})?)(?: (?P<unit>[^,]{1,40}))?(?:, written (?P<label>[^,]{1,120}))?"
    r"(?:, range (?P<low>\d{1,15}(?:\.\d{1,9})?|\?) to (?P<high>\d{1,15}(?:\.\d{1,9})?|\?))?"
)


def beyond_words(read: ReadLab) -> str:
    """``< 0.5 nmol/L, range 0.6 to 9``: a value that was not measured further, its unit as printed, and its range."""
    assert read.value is not None  # noqa: S101 asked of results with a number
    words = " ".join(filter(None, (f"{read.comparator} {read.value.normalize():f}", read.unit)))
    if read.unit_label and not (read.unit and read.unit in {read.unit_label, units.read_unit(read.unit_label)}):
        words += f", written {read.unit_label.replace(',', ' ')}"
    return words if read.low is read.high is None else f"{words}, range {_bound(read.low)} to {_bound(read.high)}"


def _bound(value: Decimal | None) -> str:
    return "?" if value is None else f"{value.normalize():f}"


def read_beyond(text: str) -> dict[str, Any]:
    """What such words say, as fields of ``ReadLab``; empty for any other text."""
    match = BEYOND.fullmatch(text)
    if match is None:
        return {}
    low, high = (Decimal(bound) if bound and bound != "?" else None for bound in (match["low"], match["high"]))
    unit, label = match["unit"] or "", match["label"] or ""
    number = {"comparator": match["sign"], "value": Decimal(match["value"]), "low": low, "high": high}
    return {**number, "unit": unit, "unit_label": label, "text": ""}


@dataclass(frozen=True, slots=True)
class Amount:
    value: Decimal | None = None
    unit: Coded = NO_UNIT
    low: Decimal | None = None
    high: Decimal | None = None
    note: str = ""


def read_lab(node: Node, born: date | None) -> ReadLab:
    """One result. A composite value (blood pressure, say) becomes one line of text."""
    assay = node.named("assay")
    value, composite = node.group("value"), node.group("complexValue")
    quantity = value.group("quantity") if value else None
    amount = read_amount(quantity) if quantity else Amount()
    answer = value.coded("ontologyClass") if value else Coded()
    notes = (node.text("description"), _procedure(node.group("procedure"), born), amount.note)
    read = ReadLab(
        system=assay.system,
        code=assay.code,
        label=assay.label,
        value=amount.value,
        text=str(answer) or (_parts(composite) if composite else ""),
        text_code=answer.code,
        unit=amount.unit.code,
        unit_label=amount.unit.label,
        low=amount.low,
        high=amount.high,
        taken=when(node.group("timeObserved"), born).text,
        note="; ".join(note for note in notes if note),
    )
    return replace(read, **read_beyond(read.text)) if read.text and not read.text_code else read


def read_amount(node: Node) -> Amount:
    """A quantity. A range in another unit, or upside down, is set aside rather than shown beside the value."""
    written, unit = node.number("value"), node.coded("unit")
    value, remark = fit_number(written)
    limits = node.group("referenceRange")
    low, high = _limits(limits, unit) if limits else (None, None)
    return Amount(value, unit, low, high, ZERO_IS_OMITTED if written is None else remark)


def _limits(node: Node, unit: Coded) -> tuple[Decimal | None, Decimal | None]:
    low, high, of_range = node.number("low"), node.number("high"), node.coded("unit")
    reason = fit_number(low)[1] or fit_number(high)[1]
    if str(of_range) and (of_range.code or of_range.label) != (unit.code or unit.label):
        reason = OTHER_UNIT
    elif low is not None and high is not None and low > high:
        reason = UPSIDE_DOWN
    if reason:
        node.set_aside(reason, show=True)
        return None, None
    return low, high


def _parts(node: Node) -> str:
    parts = []
    for part in node.groups("typedQuantities"):
        quantity = part.group("quantity")
        parts.append(f"{part.words('type')} {amount_words(quantity) if quantity else ''}".strip())
    return "; ".join(parts)


def amount_words(node: Node) -> str:
    """``15 mg``, with the reference range where there is one."""
    amount = read_amount(node)
    unit = amount.unit.code if amount.unit.system == "UCUM" else node.ledger.words(amount.unit)
    limits = "" if amount.low is amount.high is None else f"(range {_limit(amount.low)} to {_limit(amount.high)})"
    number = amount.note if amount.value is None else f"{amount.value:f}"
    return " ".join(word for word in (number, unit, limits) if word)


def _limit(value: Decimal | None) -> str:
    return "?" if value is None else f"{value:f}"


def _procedure(node: Node | None, born: date | None) -> str:
    if node is None:
        return ""
    what, words = procedure_words(node, born)
    node.ledger.words(what)
    return words


def procedure_words(node: Node, born: date | None) -> tuple[Coded, str]:
    """The procedure, and it in words with body site and time."""
    what, site, performed = node.named("code"), node.words("bodySite"), when(node.group("performed"), born)
    words = (str(what), f"site: {site}" if site else "", performed.text)
    return what, ", ".join(word for word in words if word)
