"""Whom to ask: people ranked for one panel, each with the reasons in words, and what is still missing among those asked.

``rank`` is pure and documented in ``docs/adr/0050-whom-to-ask.md``; ``suggestions`` gathers its figures in a constant number
of queries. What an expert did in other panels enters as counts only, never as text.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from cpms import clock, countries
from cpms.accounts.models import User
from cpms.accounts.queries import called, experts
from cpms.terminology.folding import fold_name
from panels.models import Invitation, Panel
from panels.queries import histories
from panels.states import InvitationState, Speciality

MANY, SHORTLIST, CHILD_UNTIL = 40, 3, 18
BUSY, ASKED_OFTEN = 4, 3
NAMES_OTHERS = (InvitationState.DECLINED, InvitationState.ENDED, InvitationState.ACCEPTED)
TITLES = frozenset({"dr", "prof", "professor", "pd", "mrs", "mr", "ms"})


@dataclass(frozen=True)
class Facts:
    """What the ranking knows of a case: codes, genes and place, no text; and what its asker speaks besides English."""

    conditions: frozenset[str] = frozenset()
    genes: frozenset[str] = frozenset()
    findings: frozenset[str] = frozenset()
    group: Any = None
    country: str = ""
    years: int | None = None
    languages: frozenset[str] = frozenset()


@dataclass
class Candidate:
    """One person's figures. ``days`` is the median from invitation to answer, over two years."""

    key: Any
    country: str = ""
    title: str = ""
    languages: tuple[str, ...] = ()
    declared: set[str] = field(default_factory=set)
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

    @property
    def specialities(self) -> frozenset[Speciality]:
        return Speciality.named_in(self.title)


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


def score(one: Candidate, facts: Facts) -> float:
    """How well a person fits a case. What they know and did counts most; load and having been asked often count against.

    Past panels count by logarithm: the tenth adds less than the first, so newcomers are not drowned.
    """
    named = 6.0 * bool(one.named_by)
    knows = 5.0 * bool(one.declared) + 4.0 * bool(one.knows_gene)
    did = 3.0 * math.log2(1 + one.advised_condition) + 0.5 * math.log2(1 + one.advised_group)
    resembles = 3.0 * min(1.0, one.shared_findings / len(facts.findings)) if facts.findings else 0.0
    reliable = 2.0 * (one.answered + 1) / (one.asked + 2) - 1.0
    quick = 0.5 if one.days is not None and one.days <= 3 else 0.0
    talks = 0.3 * bool(shared_languages(one, facts))
    fits_age = 0.5 * (Speciality.PAEDIATRICS in one.specialities) if is_child(facts) else 0.0
    against = 3.0 * one.away + 0.6 * one.waiting + 0.3 * max(0, one.asked_lately - ASKED_OFTEN) + 2.0 * one.not_my_field
    return named + knows + did + resembles + reliable + quick + talks + fits_age + 1.0 * one.in_group - against


def shared_languages(one: Candidate, facts: Facts) -> list[str]:
    return sorted(facts.languages.intersection(one.languages))


def is_child(facts: Facts) -> bool:
    return facts.years is not None and facts.years < CHILD_UNTIL


def rank(candidates: Iterable[Candidate], facts: Facts, *, many: int = MANY) -> list[tuple[Candidate, float]]:
    """The best so ``many``, best first. Of people who fit nearly alike, one from a country not yet named goes before a second from the same."""
    left = sorted(((score(one, facts), str(one.key), one) for one in candidates), key=lambda row: (-row[0], row[1]))
    there: dict[str, int] = {facts.country: 1} if facts.country else {}
    chosen: list[tuple[Candidate, float]] = []
    while left and len(chosen) < many:
        best = max(left[:8], key=lambda row: row[0] - 0.4 * there.get(row[2].country, 0))
        left.remove(best)
        there[best[2].country] = there.get(best[2].country, 0) + 1
        chosen.append((best[2], best[0]))
    return chosen


def times(number: int, sentence: str) -> str:
    return sentence.format("a panel" if number == 1 else f"{number} panels")


def reasons(one: Candidate, facts: Facts) -> tuple[str, ...]:
    """Why this person stands here, as a clinician would say it; the group only when nothing better is known."""
    specific = [
        (one.named_by, f"Named as a better choice by {one.named_by}"),
        (one.advised_condition, times(one.advised_condition, "Gave advice in {} on this condition")),
        (one.declared, "Declares this condition"),
        (one.knows_gene, f"Declares {', '.join(sorted(one.knows_gene))}"),
        (one.shared_findings >= 2, f"Advised on {one.shared_findings} of these findings before"),
        (is_child(facts) and Speciality.PAEDIATRICS in one.specialities, "Cares for children"),
    ]
    general = [
        (one.advised_group, times(one.advised_group, "Gave advice in {} of this group")),
        (one.in_group, "Takes part in this group"),
    ]
    found = [words for holds, words in specific if holds] or [words for holds, words in general if holds][:1]
    shared = [countries.language(code) for code in shared_languages(one, facts)]
    further = [
        (shared, f"Speaks {', '.join(shared)} as you do"),
        (one.not_my_field, "Said once that this is not their field"),
    ]
    return (*found, *(words for holds, words in further if holds))


def facts_of(panel: Panel, *, asker: Any = None) -> Facts:
    """The codes of the panel's case, whose parts should be fetched already; and the languages of who asks."""
    case = panel.case
    return Facts(
        conditions=frozenset(d.code for d in case.diagnoses.all() if d.code),
        genes=frozenset(v.gene.upper() for v in case.variants.all() if v.gene),
        findings=frozenset(f.code for f in case.findings.all() if f.code and f.present),
        group=panel.group_id,
        country=case.patient.country,
        years=case.age_years,
        languages=frozenset(asker.languages if asker else ()) - {"en"},
    )


def suggestions(
    panel: Panel, *, by: Any, besides: Iterable[Any] = (), words: str = "", many: int = MANY
) -> list[Suggestion]:
    """The best people to ask, without the person asking and without those in ``besides``.

    With ``words`` only people whose name, title, hospital or town hold them all, whatever accents they are written with.
    """
    facts, wanted, named = facts_of(panel, asker=by), fold_name(words).split(), better_names(panel)
    people = experts(besides=by).exclude(pk__in=list(besides)).order_by()
    past = histories.of(facts)
    if wanted or named:
        who_named = matching(people, wanted, named)
        pool = (
            set(who_named)
            if wanted
            else worth_a_look(past, many, {key for key, by_whom in who_named.items() if by_whom})
        )
    else:
        who_named, pool = {}, worth_a_look(past, many, set())
    found = candidates(people if pool is None else people.filter(pk__in=pool), who_named)
    histories.fill_past(found, past)
    near = nearest(found, facts, SHORTLIST * many)
    histories.fill_habits(near)
    best = rank(near.values(), facts, many=many)
    loaded = User.objects.select_related("centre").in_bulk([one.key for one, _score in best])
    return [Suggestion(loaded[one.key], value, reasons(one, facts), one) for one, value in best]


def nearest(found: dict[Any, Candidate], facts: Facts, many: int) -> dict[Any, Candidate]:
    """Those ``many`` who fit best by what they know and did: only their habits and load are counted."""
    by_fit = sorted(found.values(), key=lambda one: (-score(one, facts), str(one.key)))
    return {one.key: one for one in by_fit[:many]}


def worth_a_look(past: histories.Past, many: int, named: set[Any]) -> set[Any] | None:
    """Whom the ranking looks at: people who left a trace of knowing the case; if they are fewer than are shown, their group too; if
    these are still too few, everybody (``None``)."""
    pool = past.knowing() | named
    if len(pool) < many:
        pool |= past.around()
    return pool if len(pool) >= many else None


def matching(people: Any, wanted: list[str], named: list[tuple[set[str], str]]) -> dict[Any, str]:
    """Those whose name, title, hospital or town hold every wanted word, each with who named them as a better choice."""
    return {key: named_by(name, named) for key, name in called(people, wanted).items()}


def candidates(people: Any, named: dict[Any, str]) -> dict[Any, Candidate]:
    """What the rows of these people say, by key."""
    columns, today = ("pk", "job_title", "languages", "centre__country", "country", "away_until"), clock.rights_day()
    return {
        key: Candidate(
            key,
            country=country or own,
            title=title,
            languages=tuple(speaks),
            named_by=named.get(key, ""),
            away=until is not None and until >= today,
        )
        for key, title, speaks, country, own, until in people.values_list(*columns)
    }


def name_words(text: str) -> set[str]:
    """The words of a name without titles."""
    return set(fold_name(text).split()) - TITLES


def better_names(panel: Panel) -> list[tuple[set[str], str]]:
    """The words of each better name that somebody gave when declining, leaving or as a member, and who gave it."""
    said = Invitation.objects.filter(panel=panel, state__in=NAMES_OTHERS).select_related("invitee", "key")
    rows = ((name_words(row.better_name), row.shown.display_name) for row in said)
    return [(words, who) for words, who in rows if words]


def named_by(name: str, named: list[tuple[set[str], str]]) -> str:
    """Who gave this person's name: two words of it must be theirs, or the only one given."""
    own = name_words(name) if named else set()
    return next((who for words, who in named if len(own & words) >= min(2, len(words))), "")


def gaps(panel: Panel, asked: Iterable[Any]) -> list[str]:
    """What nobody among those asked covers: a speciality the case calls for, or a second country."""
    facts, there = facts_of(panel), list(asked)
    known = frozenset().union(*(Speciality.named_in(person.job_title) for person in there))
    places = {countries.name(person.centre.country if person.centre else person.country) for person in there}
    missing = []
    if facts.genes and Speciality.GENETICS not in known:
        missing.append("No geneticist yet, and the case has a variant.")
    if is_child(facts) and Speciality.PAEDIATRICS not in known:
        missing.append("Nobody who cares for children yet.")
    if len(there) > 1 and len(places) == 1:
        missing.append(f"Everybody is from {places.pop()}.")
    return missing
