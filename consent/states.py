"""The three stages, and the one table of what each allows to whom. Stage 1 is care and obligatory (the founding paper's model)."""

from __future__ import annotations

from collections.abc import Collection

from django.db import models


class Stage(models.IntegerChoices):
    CARE = 1, "discussion of the case for care"
    REGISTRY = 2, "registries and databases"
    RESEARCH = 3, "contact about research"


class Answer(models.TextChoices):
    GIVEN = "given", "given"
    REFUSED = "refused", "not given"


class Giver(models.TextChoices):
    PATIENT = "patient", "the patient"
    PARENT = "parent", "a parent"
    BOTH_PARENTS = "both_parents", "both parents"
    REPRESENTATIVE = "representative", "the legal representative"


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
InForce = Collection[tuple[int, str]]  # stage and registry of each consent given and not withdrawn


def allows(given: InForce, actor: Actor, act: Act, *, registry: str = EVERY_REGISTRY) -> bool:
    """Whether the consents in force allow the act. Stage 2 counts for the registry it names, or for every one."""
    if (actor, act) not in TABLE:
        return False
    stage = TABLE[actor, act]
    if stage is None:
        return True
    if stage == Stage.REGISTRY:
        return any((stage, name) in given for name in {registry, EVERY_REGISTRY})
    return (stage, EVERY_REGISTRY) in given


def sentence(given: InForce, *, networks: Collection[str] = ()) -> str:
    """What is allowed, in one sentence for every page: "May be discussed in Endo-ERN; not in registries; ..."."""
    where = " and ".join(networks) or "the networks"
    parts = [
        f"May be discussed in {where}" if allows(given, Actor.PANEL, Act.SEE) else "May not be discussed",
        _registries(given),
        "may be asked about research" if allows(given, Actor.RESEARCHER, Act.CONTACT) else "not about research",
    ]
    return "; ".join(parts) + "."


def _registries(given: InForce) -> str:
    named = sorted(registry for stage, registry in given if stage == Stage.REGISTRY)
    if not named:
        return "not in registries"
    return "may go to registries" if EVERY_REGISTRY in named else f"may go to {' and '.join(named)} only"
