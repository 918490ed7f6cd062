"""The expert directory: who declares what, beside what their panels show. Constant query counts, whatever the size."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.paginator import Page, Paginator
from django.db.models import (
    Aggregate,
    BooleanField,
    Case,
    Count,
    DurationField,
    Exists,
    F,
    FilteredRelation,
    Func,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
    Window,
)

from cpms.accounts.models import Expert, ExpertGroup, Expertise, ThematicGroup, User
from cpms.accounts.roles import Care
from cpms.terminology import queries as terminology
from cpms.terminology.queries import Hit, Meaning
from cpms.terminology.states import System

NAMED = 5
FURTHEST = 1_000_000
"""No page is behind this one, and a database counts no rows up to any number that a form can send."""
ASKED = Q(invitations__kind="expert")
ANSWERED = ASKED & Q(invitations__state__in=["accepted", "declined", "ended"], invitations__answered_at__isnull=False)
NOT_THEIRS = ASKED & Q(invitations__reason="field")
THOUGHT_OF = ["confirmed", "suspected"]
LOAD = ASKED & Q(invitations__state__in=["pending", "accepted"], invitations__panel__state__in=["open", "outcome"])


class Median(Aggregate):
    """PostgreSQL's middle value of a duration; ``FILTER`` is Django's own."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


class OneOf(Func):
    """Whether a text is one of a list. It goes to the database as one value that the planner does not weigh code by code: a
    word like "syndrome" means thousands."""

    template, arg_joiner = "%(expressions)s)))", " = ANY(ARRAY(SELECT unnest("
    output_field = BooleanField()


@dataclass(frozen=True)
class Wanted:
    """What is looked for; everything may be left open."""

    condition: str = ""
    gene: str = ""
    group: ThematicGroup | None = None
    country: str = ""
    language: str = ""
    care: str = ""


@dataclass(frozen=True)
class Found:
    """The experts, best first, and what the typed condition was taken for: the closest few, and how many ``more`` were meant; and
    the ``gene`` that a symbol may stand for which is none."""

    experts: QuerySet[Expert]
    conditions: list[Hit]
    more: int = 0
    gene: str = ""


class Pages(Paginator):
    """Pages whose number of rows comes with the rows: one look through the directory instead of two."""

    def get_page(self, number: Any) -> Page:
        """A page that is not there is answered as Django does it: by the last one, or the first."""
        try:
            first = (min(max(int(number), 1), FURTHEST) - 1) * self.per_page
        except (TypeError, ValueError):
            return super().get_page(number)
        rows: Any = self.object_list
        shown = list(rows.annotate(in_all=Window(Count("pk")))[first : first + self.per_page])
        if not shown:
            return super().get_page(number)
        self.count = shown[0].in_all
        return Page(shown, first // self.per_page + 1, self)


def conditions_named(text: str) -> Meaning:
    """The conditions a text may mean: by name and synonym, else by likeness."""
    return terminology.conditions_meant(text, limit=NAMED) if text.strip() else Meaning([], [])


def find_experts(wanted: Wanted, *, by: Any) -> Found:
    """Those who declare a condition that was meant, or a kind of it, first; then those who declare what it is a kind of. Among each,
    who gave advice on it stands first, and who said that it is not their field last."""
    people = Expert.objects.visible_to(by).select_related("centre")
    for clause in plain_clauses(wanted):
        people = people.filter(clause)
    gene = wanted.gene.strip()
    like = terminology.gene_like(gene, terminology.genes()) if gene else ""
    if gene:
        people = people.filter(declares(Expertise.GENE, [gene.upper(), *([like.upper()] if like else [])]))
    meaning = conditions_named(wanted.condition)
    if wanted.condition.strip():
        tree = terminology.relatives_of(meaning.codes)
        inside = {*meaning.codes, *tree.below}
        people = people.filter(declares(System.ORPHA, inside | tree.above))
        nearness = Case(
            When(declares(System.ORPHA, inside), then=Value(0)), default=Value(1), output_field=IntegerField()
        )
        people = people.order_by(nearness, shown_place(inside), "display_name", "pk")
    return Found(with_expertise(people, meaning.codes), meaning.hits, len(meaning.codes) - len(meaning.hits), like)


def shown_place(codes: Iterable[str]) -> Case:
    """Where past panels on these conditions put a person: with advice first, with "not my field" last."""
    declined = User.objects.filter(NOT_THEIRS, coded("invitations", codes)).values("pk")
    advised = advising().filter(coded("advice", codes)).values("pk")
    places = When(pk__in=declined, then=Value(2)), When(pk__in=advised, then=Value(0))
    return Case(*places, default=Value(1), output_field=IntegerField())


def advising() -> QuerySet[User]:
    """People with their ``advice``: "no experience with this" is an answer, but no advice."""
    helped = ~Q(contributions__kind="no_experience")
    return User.objects.order_by().annotate(advice=FilteredRelation("contributions", condition=helped))


def coded(relation: str, codes: Iterable[str]) -> Q:
    """Of rows that lead to a panel: its case has a diagnosis of one of these codes that was not ruled out."""
    here = f"{relation}__panel__case__diagnoses"
    return Q(one_of(codes, of=f"{here}__code"), **{f"{here}__status__in": THOUGHT_OF})


def plain_clauses(wanted: Wanted) -> Iterable[Q]:
    if wanted.group is not None:
        yield Q(groups_of_interest=wanted.group)
    if wanted.country:
        yield Q(centre__country=wanted.country)
    if wanted.language:
        yield Q(languages__contains=[wanted.language])
    if wanted.care:
        yield Q(care__in=[wanted.care, Care.BOTH])


def declares(system: str, codes: Iterable[str]) -> Exists:
    return Exists(Expertise.objects.filter(one_of(codes), user=OuterRef("pk"), system=system))


def one_of(codes: Iterable[str], of: str = "code") -> OneOf:
    return OneOf(F(of), Value(list(codes), output_field=ArrayField(TextField())))


def with_expertise(people: QuerySet[Expert], first: list[str]) -> QuerySet[Expert]:
    """Each person's declared expertise in one query, what was looked for first."""
    place = Case(When(one_of(first), then=Value(0)), default=Value(1), output_field=IntegerField())
    return people.prefetch_related(Prefetch("expertise", Expertise.objects.order_by(place, "name")))


@dataclass(frozen=True)
class Record:
    """What a person's panels show: invitations answered, the median wait for it, panels running now."""

    answered: int = 0
    median: dt.timedelta | None = None
    load: int = 0

    @property
    def median_days(self) -> int | None:
        """Whole days, an answer of the same day counts as one."""
        return None if self.median is None else max(1, round(self.median.total_seconds() / 86_400))


def records_of(people: Iterable[Any]) -> dict[Any, Record]:
    """The figures of these people in one query, counted from their invitations as experts."""
    waited = F("invitations__answered_at") - F("invitations__sent_at")
    rows = User.objects.filter(pk__in=[person.pk for person in people]).order_by().values("pk")
    rows = rows.annotate(
        answered=Count("invitations", filter=ANSWERED),
        load=Count("invitations", filter=LOAD),
        median=Median(waited, filter=ANSWERED),
    )
    return {row["pk"]: Record(row["answered"], row["median"], row["load"]) for row in rows}


def profile_of(expert: Expert) -> Record:
    return records_of([expert])[expert.pk]


@dataclass(frozen=True)
class Shown:
    """Of how many panels on a condition the person gave advice in, and declined as not their field: by code."""

    advised: dict[str, int]
    not_theirs: dict[str, int]


def shown_by_panels(expert: Any) -> Shown:
    """The conditions of the person's past panels, to be counted: a case may have got its diagnosis after the person lost sight
    of it, so nobody is told which."""
    here = {name: f"{name}__panel__case__diagnoses" for name in ("advice", "invitations")}
    of = {name: Q(**{f"{path}__status__in": THOUGHT_OF}) & ~Q(**{f"{path}__code": ""}) for name, path in here.items()}
    advised = advising().filter(of["advice"], pk=expert.pk).values_list(f"{here['advice']}__code")
    declined = User.objects.order_by().filter(of["invitations"], NOT_THEIRS, pk=expert.pk)
    counted = dict(advised.annotate(Count("advice__panel", distinct=True)))
    refused = dict(
        declined.values_list(f"{here['invitations']}__code").annotate(Count("invitations__panel", distinct=True))
    )
    return Shown(counted, refused)


def expert_groups_of(user: Any) -> QuerySet[ExpertGroup]:
    """The saved groups that the person may use, own ones first, with the names of those members whom the directory still shows."""
    return groups_with(Expert.objects.visible_to(user).only("display_name"), user)


def expert_group_of(user: Any, group: ExpertGroup) -> ExpertGroup:
    """One of them, its members with all that is shown of a person."""
    return groups_with(Expert.objects.visible_to(user).select_related("centre"), user).get(pk=group.pk)


def groups_with(people: QuerySet[Expert], user: Any) -> QuerySet[ExpertGroup]:
    """The groups with those of the people who belong to them, as ``experts``."""
    mine = Case(When(owner=user, then=Value(0)), default=Value(1), output_field=IntegerField())
    groups = (
        ExpertGroup.objects.visible_to(user)
        .select_related("owner", "shared_with__network", "shared_with__parent")
        .annotate(mine=mine)
    )
    return groups.order_by("mine", "name").prefetch_related(Prefetch("members", people, to_attr="experts"))
