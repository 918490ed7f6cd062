"""Profiles, roles, and what is written when somebody signs in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from cpms import locking
from cpms.accounts.models import Expertise, ThematicGroup, User
from cpms.audit import actions as audit
from cpms.audit.states import Event, Result


@transaction.atomic
def change_profile(user: Any, *, by: Any, version: int | None, **fields: Any) -> None:
    """The owner changes name, title, zone, look or whether single keys do anything. ``fields`` come validated from the form.
    Raises ``Clash`` when another window of the owner's was faster."""
    locking.claim(user, version, fields)
    set_profile(user, by=by, **fields)


def set_profile(user: Any, *, by: Any, **fields: Any) -> None:
    """One tap sets one thing, whatever else was changed meanwhile."""
    for name, value in fields.items():
        setattr(user, name, value)
    user.save(update_fields=list(fields))
    audit.record(Event.PROFILE_CHANGED, on=user, by=by, saved=user.version)


def with_main_groups(groups: Iterable[ThematicGroup]) -> set[Any]:
    """Keys of the groups, and of the main groups of those that are sub-groups: whoever asks the main group reaches them."""
    return {key for group in groups for key in (group.pk, group.parent_id) if key is not None}


@transaction.atomic
def take_up_duty(user: User, *, job_title: str, groups: Iterable[ThematicGroup], by: Any) -> None:
    """What an approved request says about a person who has not come in yet."""
    user.job_title = user.job_title or job_title
    user.save(update_fields=["job_title"])
    user.groups_of_interest.add(*with_main_groups(groups))
    audit.record(Event.PROFILE_CHANGED, on=user, by=by)


def sign_in_verified(user: User, *, by: Any) -> None:
    audit.record(Event.SIGNED_IN, on=user, by=by)


def sign_out(user: Any, *, by: Any) -> None:
    audit.record(Event.SIGNED_OUT, on=user, by=by)


def note_miss(user: User, *, by: Any) -> None:
    """A wrong one-time code. ``by`` is nobody: whoever typed it is not known to be the owner."""
    audit.record(Event.SIGN_IN_REFUSED, on=user, by=by, result=Result.REFUSED)


def note_fresh_code(user: Any, *, by: Any) -> None:
    """A sensitive act was opened with a code of this moment."""
    audit.record(Event.STEPPED_UP, on=user, by=by)


@transaction.atomic
def declare_expertise(user: Any, *, system: str, code: str, name: str, by: Any) -> None:
    """The owner says what colleagues may ask about; saying it twice changes nothing."""
    _row, made = Expertise.objects.get_or_create(user=user, system=system, code=code, defaults={"name": name})
    if made:
        audit.record(Event.PROFILE_CHANGED, on=user, by=by, kind="expertise")


@transaction.atomic
def drop_expertise(row: Expertise, *, by: Any) -> None:
    """The owner takes it back."""
    row.delete()
    audit.record(Event.PROFILE_CHANGED, on=by, by=by, kind="expertise")


@transaction.atomic
def set_practice(user: Any, *, languages: list[str], care: str, groups: Iterable[ThematicGroup], by: Any) -> None:
    """Whom the owner looks after, in which languages, in which fields."""
    user.languages, user.care = languages, care
    user.save(update_fields=["languages", "care"])
    user.groups_of_interest.set(with_main_groups(groups))
    audit.record(Event.PROFILE_CHANGED, on=user, by=by, kind="practice")
