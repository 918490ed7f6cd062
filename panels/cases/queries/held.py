"""Whether a case holds a line already: by what it says, wherever it came from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from decimal import Decimal
from typing import Any

from cpms.terminology import catalogue
from cpms.terminology.catalogue import spelled
from panels.cases.models import Case, CasePart, Diagnosis, Finding, LabResult, Variant
from panels.cases.queries.rectifying import joined, line_words
from panels.cases.states import MOST_ROWS

Mark = tuple[str, str, str, Decimal | str | None, str]
"""By which the same result is known again: test, day, sign, value and unit."""


def result_mark(lab: LabResult) -> Mark:
    analyte = catalogue.coded(lab.code) or catalogue.named(lab.label)
    name, unit = analyte.key if analyte else spelled(lab.label), catalogue.read_unit(analyte, lab.unit) or lab.unit
    return name, lab.taken, lab.comparator, lab.text_value if lab.value is None else lab.value, unit


def results_held(case: Case) -> set[Mark]:
    return {result_mark(lab) for lab in case.labs.all()}


def room_in(case: Case) -> int:
    """How many more lines the case can hold: its form sends ``MOST_ROWS`` at most."""
    parts = (case.diagnoses, case.findings, case.labs, case.variants, case.treatments)
    return max(MOST_ROWS - sum(part.count() for part in parts), 0)


class Held:
    """The lines of one part of a case, found by what they are about and by what they say of it."""

    def __init__(self, lines: Iterable[CasePart]) -> None:
        self.about: dict[Hashable, list[CasePart]] = defaultdict(list)
        for line in lines:
            self.add(line)

    def add(self, line: CasePart) -> None:
        for name in {*names_of(line), *at_any_time(line)}:
            self.about[name].append(line)

    def akin(self, line: CasePart) -> list[CasePart]:
        """What the case says of the same thing."""
        return list({one.pk: one for name in names_of(line) for one in self.about.get(name, ())}.values())

    def holds(self, line: CasePart) -> bool:
        """Whether one of them says the same, and all that the line says beyond it."""
        more = said_beyond(line)
        return any(
            said_of(one) == said_of(line)
            and all(not new or new == old for new, old in zip(more, said_beyond(one), strict=True))
            for one in self.akin(line)
        )


def names_of(line: Any) -> list[Hashable]:
    """What a line is about: a condition, a finding, a test at a moment, a variant, a medicine."""
    match line:
        case Diagnosis() | Finding():
            return [name for name in (line.code, spelled(line.label)) if name]
        case LabResult():
            test, taken, *_ = result_mark(line)
            return [(test, taken)]
        case Variant():
            return [(line.gene.casefold(), line.hgvs.casefold())]
        case _:
            return [spelled(line.label)]


def at_any_time(line: Any) -> list[Hashable]:
    """By which a result is found for one that names no moment."""
    return [(result_mark(line)[0], "")] if isinstance(line, LabResult) else []


def said_of(line: Any) -> tuple[Any, ...]:
    match line:
        case Diagnosis():
            return (line.status,)
        case Finding():
            return (line.present,)
        case LabResult():
            return result_mark(line)[2:]
        case Variant():
            return line.zygosity.casefold(), line.significance.casefold()
        case _:
            return (line.note.casefold(),)


def said_beyond(line: Any) -> tuple[str, ...]:
    """What may be missing from a line without contradicting another: since when, how severe, until when, in what words."""
    match line:
        case Diagnosis():
            return line.onset.casefold(), line.note.casefold()
        case Finding():
            return line.onset.casefold(), line.qualifiers.casefold(), line.note.casefold()
        case _:
            return ()


def words_in_full(line: Any) -> str:
    """``line_words`` and all else by which ``Held`` tells lines apart: no two that differ read alike."""
    match line:
        case Diagnosis():
            return joined(line_words(line), line.note)
        case Finding():
            return joined(line_words(line), line.qualifiers, line.note)
        case Variant():
            return joined(line_words(line), line.significance)
        case _:
            return line_words(line)
