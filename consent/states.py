"""The three stages, and the one table of what each allows to whom. Stage 1 is care and obligatory (the founding paper's model)."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import models


class Stage(models.IntegerChoices):
    CARE = 1, "discussion of the case for care"
    REGISTRY = 2, "registries and databases"
    RESEARCH = 3, "contact about research"


class Answer(models.TextChoices):
    GIVEN = "given", "given"
    REFUSED = "refused", "not given"


# Verb, from, to, who; of each stage on its own. An answer closes the earlier one, and rows are only ever withdrawn.
UNASKED, WITHDRAWN = "not asked", "withdrawn"
CONSENT_MOVES = (
    ("record yes", (UNASKED, Answer.REFUSED, WITHDRAWN), Answer.GIVEN, "treating side"),
    ("record no", (UNASKED, Answer.GIVEN, WITHDRAWN), Answer.REFUSED, "treating side"),
    ("withdraw", (Answer.GIVEN,), WITHDRAWN, "treating side"),
)


class Giver(models.TextChoices):
    PATIENT = "patient", "the patient"
    PARENT = "parent", "a parent"
    BOTH_PARENTS = "both_parents", "both parents"
    REPRESENTATIVE = "representative", "the legal representative"


PARENTS = frozenset({Giver.PARENT, Giver.BOTH_PARENTS})


class Actor(models.TextChoices):
    TREATING = "treating", "the treating side"
    PANEL = "panel", "experts and guests of a panel"
    REGISTRY = "registry", "a registry or database"
    RESEARCHER = "researcher", "a researcher, through the hospital"


class Act(models.TextChoices):
    KEEP = "keep", "see what the hospital itself wrote"
    ENTER = "enter", "enter or change clinical data"
    TAKE_OUT = "take_out", "take the case out as a file"
    SEE = "see", "see the case"
    ADVISE = "advise", "discuss it and advise"
    RECEIVE = "receive", "receive data without a name"
    CONTACT = "contact", "be put in touch with the patient"


# Who may do what under which stage; ``None`` needs no consent. What is not in the table is never allowed.
TABLE: dict[tuple[Actor, Act], Stage | None] = {
    (Actor.TREATING, Act.KEEP): None,
    (Actor.TREATING, Act.ENTER): Stage.CARE,
    (Actor.TREATING, Act.TAKE_OUT): Stage.CARE,
    (Actor.PANEL, Act.SEE): Stage.CARE,
    (Actor.PANEL, Act.ADVISE): Stage.CARE,
    (Actor.REGISTRY, Act.RECEIVE): Stage.REGISTRY,
    (Actor.RESEARCHER, Act.RECEIVE): Stage.REGISTRY,
    (Actor.RESEARCHER, Act.CONTACT): Stage.RESEARCH,
}
EVERY_REGISTRY = ""
PUBLISHED_BEFORE = "A version is published today or on a later day: nobody could sign it before."
ENDS_SINGLE = "This also ends the answers to single registries ({names})."
InForce = Mapping[tuple[int, str], bool]  # stage and registry of each answer that is not withdrawn: whether it was yes


def allows(given: InForce, actor: Actor, act: Act, *, registry: str = EVERY_REGISTRY) -> bool:
    """Whether the answers in force allow the act. For stage 2 what was said of the registry itself comes before what was
    said of every one: "to all, but not to that"."""
    if (actor, act) not in TABLE:
        return False
    stage = TABLE[actor, act]
    if stage is None:
        return True
    if stage == Stage.REGISTRY:
        return given.get((stage, registry), given.get((stage, EVERY_REGISTRY), False))
    return given.get((stage, EVERY_REGISTRY), False)


def sentence(given: InForce, *, networks: Collection[str] = (), names: Mapping[str, str] | None = None) -> str:
    """What is allowed, in one sentence for every page: "May be discussed in Endo-ERN; not in registries; ...".

    ``names`` gives the registries' names by their codes.
    """
    where = " and ".join(networks) or "the networks"
    parts = [
        f"May be discussed in {where}" if allows(given, Actor.PANEL, Act.SEE) else "May not be discussed",
        _registries(given, names or {}),
        "may be asked about research" if allows(given, Actor.RESEARCHER, Act.CONTACT) else "not about research",
    ]
    return "; ".join(parts) + "."


def _registries(given: InForce, names: Mapping[str, str]) -> str:
    said = {names.get(code, code): yes for (stage, code), yes in given.items() if stage == Stage.REGISTRY and code}
    agreed, refused = (sorted(name for name, yes in said.items() if yes is wanted) for wanted in (True, False))
    if given.get((Stage.REGISTRY, EVERY_REGISTRY)):
        return f"may go to registries, but not to {' and '.join(refused)}" if refused else "may go to registries"
    return f"may go to {' and '.join(agreed)} only" if agreed else "not in registries"


class ReviewKind(models.TextChoices):
    CONSENT = "consent", "Ask for consent again"
    RETENTION = "retention", "Is the data still needed?"


class ReviewDecision(models.TextChoices):
    KEPT = "kept", "kept"
    ERASED = "erased", "erased"
    ANSWERED = "answered", "answered"
    OVER = "over", "no longer due"


MAJORITY = 18
"""Years. The countries of the networks agree on it for medical consent, but for Scotland (16), which a date of its own serves."""
KEPT_FOR_YEARS = 15
"""After so many years at the latest each hospital looks whether it still needs what it entered (joint controllers' rules)."""
AHEAD = dt.timedelta(days=60)
"""So long before the day a review opens, to be there when the patient next comes."""


NO_YEAR = (
    "The year of birth is not written down, so nobody would ask the patient at 18. Add it, or record who answers now."
)


@dataclass(frozen=True)
class Asking:
    """When a consent is to be asked for again: from the first day on, by the last at the latest."""

    opens: dt.date
    due: dt.date
    why: str


def comes_of_age(birth_year: int | None, birth_month: int | None) -> tuple[dt.date, dt.date] | None:
    """The first and the last day on which the birthday can be: the day itself is never known here."""
    if birth_year is None:
        return None
    year, first, last = birth_year + MAJORITY, birth_month or 1, birth_month or 12
    return dt.date(year, first, 1), dt.date(year, last, calendar.monthrange(year, last)[1])


def giver_by_age(birth_year: int | None, birth_month: int | None, *, on: dt.date) -> Giver | None:
    """Who most likely answers on that day: a parent for a child, else the patient; ``None`` where the age does not tell."""
    of_age = comes_of_age(birth_year, birth_month)
    if of_age is None or of_age[0] <= on < of_age[1]:
        return None
    return Giver.PARENT if on < of_age[0] else Giver.PATIENT


def contradicts(given_by: str, by_age: str | None) -> bool:
    """Whether who answered is not who most likely would: a child, or the parents of an adult. It can be; it is asked."""
    return (given_by == Giver.PATIENT and by_age == Giver.PARENT) or (given_by in PARENTS and by_age == Giver.PATIENT)


def askings(
    given_by: str, given_on: dt.date, renew_on: dt.date | None, of_age: tuple[dt.date, dt.date] | None
) -> list[Asking]:
    """By which days a consent has to be asked for again: the day somebody set, and when the child is grown up.

    What parents gave in the year of the birthday is asked once more when that year is over; a representative who
    answers then may well represent an adult.
    """
    found = [Asking(renew_on - AHEAD, renew_on, "A day was set to ask again.")] if renew_on else []
    if of_age is None and given_by in PARENTS:
        return [*found, Asking(given_on, given_on + AHEAD, NO_YEAR)]
    if of_age is None or given_by == Giver.PATIENT:
        return found
    first, last = of_age
    grown = "The patient comes of age and answers in person."
    if given_on < first:
        found.append(Asking(first, last, grown))
    elif given_by != Giver.REPRESENTATIVE and given_on < last:
        found.append(Asking(last, last, grown))
    return found
