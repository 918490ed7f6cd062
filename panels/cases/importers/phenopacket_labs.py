"""Measurements of a phenopacket to laboratory results: numbers as written, ranges only where their unit agrees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from panels.cases.importers.ledger import Node
from panels.cases.importers.read_case import Coded, ReadLab
from panels.cases.importers.times import when

ZERO_IS_OMITTED = "no number is written; some programs leave out a zero, so check the original report"
OTHER_UNIT = "the reference range is in another unit than the result; enter it by hand after converting"
NO_UNIT = Coded()
UPSIDE_DOWN = "the lower limit is above the upper limit; enter the range by hand"


@dataclass(frozen=True, slots=True)
class Amount:
    value: Decimal | None = None
    unit: Coded = NO_UNIT
    low: Decimal | None = None
    high: Decimal | None = None
    note: str = ""

    def __str__(self) -> str:
        return f"{'?' if self.value is None else f'{self.value:f}'} {unit_words(self.unit)}".strip()


def read_lab(node: Node, born: date | None) -> ReadLab:
    """One result. A composite value (blood pressure, say) becomes one line of text."""
    assay = node.named("assay")
    value, composite = node.group("value"), node.group("complexValue")
    quantity = value.group("quantity") if value else None
    amount = read_amount(quantity) if quantity else Amount()
    answer = value.coded("ontologyClass") if value else Coded()
    notes = (node.text("description"), _procedure(node.group("procedure"), born), amount.note)
    return ReadLab(
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


def read_amount(node: Node) -> Amount:
    """A quantity. A range in another unit, or upside down, is set aside rather than shown beside the value."""
    value, unit = node.number("value"), node.coded("unit")
    limits = node.group("referenceRange")
    low, high = _limits(limits, unit) if limits else (None, None)
    return Amount(value, unit, low, high, "" if value is not None else ZERO_IS_OMITTED)


def _limits(node: Node, unit: Coded) -> tuple[Decimal | None, Decimal | None]:
    low, high, of_range = node.number("low"), node.number("high"), node.coded("unit")
    reason = ""
    if of_range.code != unit.code and of_range.code:
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
        amount = read_amount(quantity) if quantity else Amount()
        limits = "" if amount.low is amount.high is None else f" (range {_limit(amount.low)} to {_limit(amount.high)})"
        parts.append(f"{part.coded('type')} {amount}{limits}")
    return "; ".join(parts)


def _limit(value: Decimal | None) -> str:
    return "?" if value is None else f"{value:f}"


def _procedure(node: Node | None, born: date | None) -> str:
    return procedure_words(node, born)[1] if node else ""


def procedure_words(node: Node, born: date | None) -> tuple[Coded, str]:
    """The procedure, and it in words with body site and time."""
    what, site, performed = node.coded("code"), node.coded("bodySite"), when(node.group("performed"), born)
    words = (str(what), f"site: {site}" if str(site) else "", performed.text)
    return what, ", ".join(word for word in words if word)


def unit_words(unit: Coded) -> str:
    """How to print a unit: the UCUM code, else the label of whatever vocabulary the file used."""
    return unit.code if unit.system == "UCUM" else str(unit)
