"""How well a person fits a case, and why, in words: pure, and documented in ``docs/adr/0050-whom-to-ask.md``."""

from __future__ import annotations

import enum
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cpms import countries, words
from cpms.accounts.roles import Care
from panels.states import Speciality

MANY, ADULT_FROM = 40, 18
BUSY, ASKED_OFTEN = 4, 3


class Kin(enum.Enum):
    """How a condition that somebody declares stands to one of the case: its points, and the reason in words."""

    FORM = 3.0, "Declares a form of this condition"
    LIKE = 2.5, "Declares a condition of a similar name"
    WIDER = 2.0, "Declares a wider group of it"

    @property
    def points(self) -> float:
        return self.value[0]

    @property
    def words(self) -> str:
        return self.value[1]


@dataclass(frozen=True)
class Facts:
    """What the ranking knows of a case: codes, genes and place, no text; and what its asker speaks besides English.

    ``kin`` are conditions near those of the case, by code. ``years`` is the age, ``None`` where nobody knows it.
    """

    conditions: frozenset[str] = frozenset()
    kin: Mapping[str, Kin] = field(default_factory=dict)
    genes: frozenset[str] = frozenset()
    findings: frozenset[str] = frozenset()
    group: Any = None
    country: str = ""
    years: int | None = None
    languages: frozenset[str] = frozenset()

    @property
    def is_child(self) -> bool:
        return self.years is not None and self.years < ADULT_FROM

    @property
    def is_adult(self) -> bool:
        return self.years is not None and self.years >= ADULT_FROM


@dataclass
class Candidate:
    """One person's figures. ``days`` is the median from invitation to answer, over two years; ``care`` whom they say they look
    after; ``spreads`` that they stand before somebody who fits a little better, so that more countries are asked."""

    key: Any
    country: str = ""
    title: str = ""
    care: str = Care.BOTH
    languages: tuple[str, ...] = ()
    declared: set[str] = field(default_factory=set)
    declares_kin: set[str] = field(default_factory=set)
    knows_gene: set[str] = field(default_factory=set)
    in_group: bool = False
    advised_condition: int = 0
    advised_group: int = 0
    shared_findings: int = 0
    not_my_field: int = 0
    asked: int = 0
    answered: int = 0
    days: float | None = None
    waiting: int = 0
    asked_lately: int = 0
    named_by: str = ""
    away: bool = False
    spreads: bool = False


@dataclass(frozen=True)
class Suggestion:
    """A person, how well they fit, and why; ``busy`` says that a lot waits for them already."""

    person: Any
    score: float
    reasons: tuple[str, ...]
    candidate: Candidate

    @property
    def usual_days(self) -> int | None:
        """In how many days the person usually answers; at least one."""
        return None if self.candidate.days is None else max(1, round(self.candidate.days))

    @property
    def busy(self) -> bool:
        return self.candidate.waiting >= BUSY

    @property
    def why(self) -> str:
        """The reasons as sentences."""
        return " ".join(f"{reason}." for reason in self.reasons)

    @property
    def waits(self) -> str:
        """What waits for the person, in words."""
        panels = self.candidate.waiting
        if not panels:
            return "nothing waits for them"
        said = "1 panel waits for them" if panels == 1 else f"{panels} panels wait for them"
        return f"{said}, a lot" if self.busy else said

    @property
    def covers(self) -> str:
        """What the person brings that a panel may lack, in words as ``gaps`` has them."""
        lacking = {Care.ADULT: "adults", Care.PAEDIATRIC: "children"}.get(self.person.care, "adults children")
        return " ".join([*sorted(Speciality.named_in(self.person.job_title)), lacking])

    @property
    def answers(self) -> str:
        """How soon the person usually answers, in words."""
        days = self.usual_days
        return "not asked yet" if days is None else f"usually answers in {words.days(days)}"


def score(one: Candidate, facts: Facts) -> float:
    """How well a person fits a case. What they know and did counts most; load and having been asked often count against.

    Past panels count by logarithm: the tenth adds less than the first, so newcomers are not drowned.
    """
    named = 6.0 * bool(one.named_by)
    near = nearest_kin(one, facts)
    knows = (5.0 if one.declared else near.points if near else 0.0) + 4.0 * bool(one.knows_gene)
    did = 3.0 * math.log2(1 + one.advised_condition) + 0.5 * math.log2(1 + one.advised_group)
    resembles = 3.0 * min(1.0, one.shared_findings / len(facts.findings)) if facts.findings else 0.0
    reliable = 2.0 * (one.answered + 1) / (one.asked + 2) - 1.0
    quick = 0.5 if one.days is not None and one.days <= 3 else 0.0
    talks = 0.3 * bool(shared_languages(one, facts))
    fits_age = 0.5 * suits_the_age(one, facts) - 1.5 * misses_the_age(one, facts)
    against = 3.0 * one.away + 0.6 * one.waiting + 0.3 * max(0, one.asked_lately - ASKED_OFTEN) + 2.0 * one.not_my_field
    return named + knows + did + resembles + reliable + quick + talks + fits_age + 1.0 * one.in_group - against


def shared_languages(one: Candidate, facts: Facts) -> list[str]:
    return sorted(facts.languages.intersection(one.languages))


def nearest_kin(one: Candidate, facts: Facts) -> Kin | None:
    """The best that the person declares near the case's conditions."""
    near = [facts.kin[code] for code in one.declares_kin if code in facts.kin]
    return max(near, key=lambda kin: kin.points, default=None)


def suits_the_age(one: Candidate, facts: Facts) -> bool:
    """Looks after patients of this age in particular. Who looks after both says so by being nobody's special choice; a title
    names children where the person has not said otherwise."""
    if facts.is_child:
        by_title = one.care == Care.BOTH and Speciality.PAEDIATRICS in Speciality.named_in(one.title)
        return one.care == Care.PAEDIATRIC or by_title
    return facts.is_adult and one.care == Care.ADULT


def misses_the_age(one: Candidate, facts: Facts) -> bool:
    """Looks after patients of the other age only, as the person says."""
    return (facts.is_child and one.care == Care.ADULT) or (facts.is_adult and one.care == Care.PAEDIATRIC)


def rank(candidates: Iterable[Candidate], facts: Facts, *, many: int = MANY) -> list[tuple[Candidate, float]]:
    """The best so ``many``, best first. Of people who fit nearly alike, one from a country not yet named goes before a second from
    the same, and is marked by ``spreads``."""
    left = sorted(((score(one, facts), str(one.key), one) for one in candidates), key=lambda row: (-row[0], row[1]))
    there: dict[str, int] = {facts.country: 1} if facts.country else {}
    chosen: list[tuple[Candidate, float]] = []
    while left and len(chosen) < many:
        best = max(left[:8], key=lambda row: row[0] - 0.4 * there.get(row[2].country, 0))
        spreads = best[0] < left[0][0]
        left.remove(best)
        there[best[2].country] = there.get(best[2].country, 0) + 1
        chosen.append((replace(best[2], spreads=spreads), best[0]))
    return chosen


def times(number: int, sentence: str) -> str:
    return sentence.format("a panel" if number == 1 else f"{number} panels")


def reasons(one: Candidate, facts: Facts) -> tuple[str, ...]:
    """Why this person stands here, as a clinician would say it; the group only when nothing better is known."""
    near = None if one.declared else nearest_kin(one, facts)
    specific = [
        (one.named_by, f"Named as a better choice by {one.named_by}"),
        (one.advised_condition, times(one.advised_condition, "Gave advice in {} on this condition")),
        (one.declared, "Declares this condition"),
        (near, near.words if near else ""),
        (one.knows_gene, f"Declares {', '.join(sorted(one.knows_gene))}"),
        (one.shared_findings >= 2, f"Advised on {one.shared_findings} of these findings before"),
    ]
    general = [
        (one.advised_group, times(one.advised_group, "Gave advice in {} of this group")),
        (one.in_group, "Takes part in this group"),
    ]
    found = [words for holds, words in specific if holds] or [words for holds, words in general if holds][:1]
    return (*found, *further_reasons(one, facts))


def further_reasons(one: Candidate, facts: Facts) -> list[str]:
    """What speaks for or against the person besides what they know of the condition."""
    shared = [countries.language(code) for code in shared_languages(one, facts)]
    whom = "children" if facts.is_child else "adults"
    others = "adults" if facts.is_child else "children"
    further = [
        (suits_the_age(one, facts), f"Cares for {whom}"),
        (misses_the_age(one, facts), f"Cares for {others} only"),
        (shared, f"Speaks {', '.join(shared)} as you do"),
        (one.spreads, "Stands here so that more countries are asked"),
        (one.not_my_field, "Said once that this is not their field"),
    ]
    return [words for holds, words in further if holds]
