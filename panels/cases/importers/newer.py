"""A newer file beside a case: which of its lines the case holds already, which are new, and where the two differ."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

from cpms import clock
from panels.cases.ages import moment_of
from panels.cases.importers.read_case import LeftOut, ReadCase
from panels.cases.importers.rows import ROW_OF
from panels.cases.models import Case, CasePart, Diagnosis, Finding, Variant
from panels.cases.queries import Held, room_in, words_in_full
from panels.cases.states import MOST_ROWS, PartOf

NOT_TICKED, FULL = "not ticked", f"a case holds {MOST_ROWS:,} lines at most"
CONTRADICTS = (Diagnosis, Finding, Variant)  # of one of these a second line that says another thing is no addition


@dataclass(frozen=True, slots=True)
class NewLine:
    """``key`` names the line in the file; ``case_says`` what the case says of the same thing in other words. A line that stands in
    the file twice is held the second time."""

    key: str
    words: str
    is_held: bool
    case_says: str = ""
    is_proposed: bool = False
    is_twice: bool = False


def lines_of(case: Case, read: ReadCase) -> list[tuple[str, list[NewLine]]]:
    """Part by part; ``case`` with its parts fetched."""
    found = ((PartOf(name).label, list(lines_of_part(name, case, getattr(read, name)))) for name in ROW_OF)
    return [(str(label), lines) for label, lines in found if lines]


def lines_of_part(name: str, case: Case, items: tuple[Any, ...]) -> Iterator[NewLine]:
    there = list(getattr(case, name).all())
    held, above = Held(there), Held([])
    for place, item in enumerate(items):
        row = ROW_OF[name](case, item)
        key, words, is_held = f"{name}-{place}", words_in_full(row), held.holds(row) or above.holds(row)
        is_twice = is_held and not held.holds(row)
        above.add(row)
        others = [] if is_held else held.akin(row) or (there if name == "diagnoses" else [])
        contradicts = bool(others) and isinstance(row, CONTRADICTS)
        yield NewLine(key, words, is_held, said(others), not is_held and not contradicts, is_twice)


def said(lines: list[CasePart]) -> str:
    return "; ".join(map(words_in_full, lines))


def about_the_patient(case: Case, read: ReadCase) -> list[str]:
    """Where the file says something else of the patient, in sentences. Nothing of it is taken."""
    patient, age = case.patient, moment_of(read.age.text) if read.age else None
    oldest = case.birth.ages_on(clock.today().toordinal(), clock.today().toordinal())
    year = f"is born in {patient.birth_year}" if patient.birth_year else "has no year of birth"
    differ = [
        (read.sex not in {"unknown", patient.sex}, read.sex, f"is {patient.get_sex_display().lower()}"),
        (read.birth_year not in {None, patient.birth_year}, f"born in {read.birth_year}", year),
        (
            read.karyotype not in {"", patient.karyotypic_sex},
            read.karyotype,
            f"is {patient.karyotypic_sex or 'of no given karyotype'}",
        ),
        (
            bool(age and oldest and age.first > oldest[1]),
            read.age.text if read.age else "",
            f"is {patient.age_text} old",
        ),
    ]
    return [f"The file says {theirs}; the patient {ours}." for is_so, theirs, ours in differ if is_so]


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a person chose of a file: the keys of the ticked lines, and of those that were shown as held."""

    keys: Collection[str]
    held: Collection[str] = ()

    def take(self, line: NewLine) -> bool:
        """Not one that came to the case since the person looked: nobody ticks what stands there already by chance."""
        return line.key in self.keys and (not line.is_held or line.key in self.held)


def picked(case: Case, read: ReadCase, ticked: Ticked) -> ReadCase:
    """The file with the ticked lines that the case has room for. Every other one that the case does not hold is left out by
    name."""
    room, keys = room_in(case), set[str]()
    left: list[LeftOut] = []
    for label, lines in lines_of(case, read):
        for line in lines:
            if ticked.take(line) and len(keys) < room:
                keys.add(line.key)
            elif ticked.take(line) or not line.is_held:
                left.append(LeftOut(label, FULL if ticked.take(line) else NOT_TICKED, line.words))
    return replace(chosen(read, keys), left_out=(*read.left_out, *left))


def chosen(read: ReadCase, keys: Collection[str]) -> ReadCase:
    """The file with the lines of these keys alone."""
    kept: dict[str, Any] = {
        name: tuple(item for place, item in enumerate(getattr(read, name)) if f"{name}-{place}" in keys)
        for name in ROW_OF
    }
    return replace(read, **kept)
