"""Saved groups of experts: made from the directory, changed by their owner."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from cpms.accounts.access import Refused, ask
from cpms.accounts.models import Expert, ExpertGroup, ThematicGroup, User
from cpms.accounts.roles import Permission
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.locking import claim

MOST_MEMBERS = 100


def note(group: ExpertGroup, *, by: Any, verb: str) -> None:
    audit.record(Event.EXPERT_GROUP_CHANGED, on=group, by=by, verb=verb)


def own(group: ExpertGroup, by: Any) -> None:
    if not (verdict := ask(Permission.EXPERT_GROUP_CHANGE, by, group)):
        raise Refused(verdict.reason)


@transaction.atomic
def save_experts(*, name: str, people: Iterable[User], shared_with: ThematicGroup | None, by: Any) -> ExpertGroup:
    """A new group, or more people in the person's own group of this name. Only people whom the directory shows."""
    if not (verdict := ask(Permission.DIRECTORY, by)):
        raise Refused(verdict.reason)
    group, _made = ExpertGroup.objects.get_or_create(owner=by, name=name, defaults={"shared_with": shared_with})
    found = Expert.objects.visible_to(by).filter(pk__in=[person.pk for person in people])
    group.members.add(*found.values_list("pk", flat=True)[:MOST_MEMBERS])
    if group.members.count() > MOST_MEMBERS:
        raise Refused(f"A group holds at most {MOST_MEMBERS} experts.")
    note(group, by=by, verb="saved")
    return group


@transaction.atomic
def describe_expert_group(
    group: ExpertGroup, *, name: str, shared_with: ThematicGroup | None, version: int | None, by: Any
) -> None:
    """Another name, or shared with another thematic group or with nobody. Raises ``Clash`` when another window was faster."""
    own(group, by)
    if ExpertGroup.objects.filter(owner=group.owner_id, name=name).exclude(pk=group.pk).exists():
        raise Refused("You have a group of this name already.")
    claim(group, version, {"name": name})
    group.name, group.shared_with = name, shared_with
    group.save(update_fields=["name", "shared_with"])
    note(group, by=by, verb="described")


@transaction.atomic
def drop_from_group(group: ExpertGroup, *, person: User, by: Any) -> None:
    own(group, by)
    group.members.remove(person)
    note(group, by=by, verb="dropped")


@transaction.atomic
def forget_expert_group(group: ExpertGroup, *, by: Any) -> None:
    """The group is gone; the people in it and what they were asked stay."""
    own(group, by)
    note(group, by=by, verb="forgotten")
    group.delete()
