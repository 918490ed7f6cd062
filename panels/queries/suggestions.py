"""Whom to ask: people ranked for one panel, each with the reasons in words.

The ranking itself is in ``fitting``; here its figures are gathered in a constant number of queries. What an expert did in other
panels enters as counts only, never as text.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db.models import Exists, OuterRef, Value, prefetch_related_objects

from cpms import clock
from cpms.accounts.models import User
from cpms.accounts.queries import called, experts, name_deputies
from cpms.keys import with_keys
from cpms.terminology import queries as terminology
from cpms.terminology.folding import fold_name
from cpms.terminology.states import System
from panels.cases.states import DiagnosisStatus
from panels.models import Invitation, Panel
from panels.queries import histories
from panels.queries.fitting import MANY, Candidate, Facts, Kin, Suggestion, rank, reasons, score
from panels.states import InvitationState

SHORTLIST = 3
FITTING = ("diagnoses", "findings", "variants")
"""The parts of a case that say who fits."""
NAMES_OTHERS = (InvitationState.DECLINED, InvitationState.ENDED, InvitationState.ACCEPTED)
TITLES = frozenset({"dr", "prof", "professor", "pd", "mrs", "mr", "ms"})


def facts_of(panel: Panel, *, asker: Any = None) -> Facts:
    """The codes of the panel's case, whose parts ``FITTING`` should be fetched already; and the languages of who asks."""
    case = panel.case
    return Facts(
        conditions=frozenset(d.code for d in thought_of(panel) if d.code),
        genes=frozenset(v.gene.upper() for v in case.variants.all() if v.gene),
        findings=frozenset(f.code for f in case.findings.all() if f.code and f.present),
        group=panel.group_id,
        country=case.patient.country,
        years=case.age_years,
        languages=frozenset(asker.languages if asker else ()) - {"en"},
    )


def thought_of(panel: Panel) -> list[Any]:
    """The diagnoses of the panel's case, without those that were ruled out."""
    return [one for one in panel.case.diagnoses.all() if one.status != DiagnosisStatus.EXCLUDED]


def with_kin(facts: Facts, panel: Panel) -> Facts:
    """The facts with the conditions meant by diagnoses of other systems or without a code, by their names; and with what stands
    near in Orphanet's tree. Experts declare Orphanet's codes, published cases carry OMIM's."""
    coded = {code for code in facts.conditions if code.startswith(f"{System.ORPHA}:")}
    called_so = terminology.conditions_called(d.label for d in thought_of(panel) if d.code not in coded)
    same = coded | called_so.same
    tree = terminology.relatives_of(same | called_so.longer)
    kin = dict.fromkeys(tree.above, Kin.WIDER) | dict.fromkeys(called_so.like, Kin.LIKE)
    kin |= dict.fromkeys(called_so.longer | tree.below, Kin.FORM)
    return replace(
        facts, conditions=facts.conditions | same, kin={code: how for code, how in kin.items() if code not in same}
    )


def suggestions(
    panel: Panel,
    *,
    by: Any,
    besides: Iterable[Any] = (),
    words: str = "",
    many: int = MANY,
    ticked: Iterable[uuid.UUID] = (),
) -> list[Suggestion]:
    """The best people to ask, without the person asking and without those in ``besides``. Who is ``ticked`` already and is none of
    them, found by a word before, stands above them.

    With ``words`` only people whose name, title, hospital or town hold them all, whatever accents they are written with.
    """
    facts = with_kin(facts_of(panel, asker=by), panel)
    wanted, named = fold_name(words).split(), better_names(panel)
    people = experts(besides=by).exclude(with_keys(besides)).order_by()
    past = histories.of(facts)
    if wanted or named:
        who_named = matching(people, wanted, named)
        pool = (
            set(who_named)
            if wanted
            else worth_a_look(facts, past, many, {key for key, by_whom in who_named.items() if by_whom})
        )
    else:
        who_named, pool = {}, worth_a_look(facts, past, many, set())
    found = candidates(people if pool is None else people.filter(with_keys(pool)), who_named, group=facts.group)
    best = best_of(found, facts, past, many)
    if kept := set(ticked) - {one.key for one, _score in best}:
        there = candidates(people.filter(with_keys(kept)), who_named, group=facts.group)
        best = [*best_of(there, facts, past, len(kept)), *best]
    loaded = User.objects.select_related("centre").in_bulk([one.key for one, _score in best])
    name_deputies(loaded.values())
    return [Suggestion(loaded[one.key], value, reasons(one, facts), one) for one, value in best]


def declared_for(panel: Panel, *, who: Any) -> list[Any]:
    """Keys of what the person declares that the panel's condition, or something near it, may have been found by.

    Conditions only, which the invitation shows: a gene would tell of the case to somebody who never saw it.
    """
    prefetch_related_objects([panel.case], "diagnoses")
    for one in panel.case.diagnoses.all():
        one.key = panel.case.key
    coded = frozenset(one.code for one in thought_of(panel) if one.code)
    facts = with_kin(Facts(conditions=coded), panel)
    return list(
        who.expertise.filter(code__in=[*facts.conditions, *facts.kin]).order_by("name").values_list("pk", flat=True)
    )


def best_of(
    found: dict[Any, Candidate], facts: Facts, past: histories.Past, many: int
) -> list[tuple[Candidate, float]]:
    """The best so ``many``, best first, each with what they did and what waits for them."""
    histories.fill_past(found, past)
    near = nearest(found, facts, SHORTLIST * many)
    histories.fill_habits(near)
    return rank(near.values(), facts, many=many)


def nearest(found: dict[Any, Candidate], facts: Facts, many: int) -> dict[Any, Candidate]:
    """Those ``many`` who fit best by what they know and did: only their habits and load are counted."""
    by_fit = sorted(found.values(), key=lambda one: (-score(one, facts), str(one.key)))
    return {one.key: one for one in by_fit[:many]}


def worth_a_look(facts: Facts, past: histories.Past, many: int, named: set[Any]) -> set[Any] | None:
    """Whom the ranking looks at: people who left a trace of knowing the case; if they are fewer than are shown, their group too; if
    these are still too few, everybody (``None``)."""
    pool = past.knowing() | named
    if len(pool) < many:
        pool |= histories.around(facts, past)
    return pool if len(pool) >= many else None


def matching(people: Any, wanted: list[str], named: list[tuple[set[str], str]]) -> dict[Any, str]:
    """Those whose name, title, hospital or town hold every wanted word, each with who named them as a better choice."""
    return {key: named_by(name, named) for key, name in called(people, wanted).items()}


def candidates(people: Any, named: dict[Any, str], *, group: Any) -> dict[Any, Candidate]:
    """What the rows of these people say, by key; and whether they take part in the group."""
    columns = ("pk", "job_title", "care", "languages", "centre__country", "country", "away_until", "member")
    today = clock.rights_day()
    theirs = User.groups_of_interest.through.objects.filter(user=OuterRef("pk"), thematicgroup=group)
    people = people.annotate(member=Exists(theirs) if group else Value(value=False))
    return {
        key: Candidate(
            key,
            country=country or own,
            title=title,
            care=care,
            languages=tuple(speaks),
            in_group=member,
            named_by=named.get(key, ""),
            away=until is not None and until >= today,
        )
        for key, title, care, speaks, country, own, until, member in people.values_list(*columns)
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
