"""Grants on single objects: the projection of accepted invitations, kept in guardian's direct-foreign-key tables.

Only this module imports guardian. A model-level permission never counts, a switched-off person holds nothing,
a grant with a date ends by itself, and one without a date when the person leaves the hospital or is no clinician any more.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from guardian.models import UserObjectPermissionBase
from guardian.shortcuts import remove_perm
from guardian.utils import get_user_obj_perms_model

from cpms import clock

GRANTABLE = frozenset({"view_case"})


class Grant(UserObjectPermissionBase):
    """Base of a model's grant table: who, which codename, until when."""

    until = models.DateTimeField(null=True)

    class Meta(UserObjectPermissionBase.Meta):
        abstract = True


def check(codename: str) -> None:
    if codename not in GRANTABLE:
        raise ValueError(f"{codename} is not grantable")


def grant(user: Any, codename: str, thing: models.Model, *, until: dt.datetime | None = None) -> bool:
    """Let ``user`` see ``thing``, for good or ``until`` a moment. Granting again replaces the date. Gives whether anything is
    otherwise now: of two who grant the same at once it is one."""
    check(codename)
    rows: Any = get_user_obj_perms_model(thing)
    kind = ContentType.objects.get_for_model(thing)
    permission = Permission.objects.get(content_type=kind, codename=codename)
    one = {"user": user, "permission": permission, "content_object": thing}
    _row, fresh = rows.objects.get_or_create(**one, defaults={"until": until})
    same = Q(until=until) if until else Q(until__isnull=True)
    return fresh or rows.objects.filter(**one).exclude(same).update(until=until) > 0


def end(user: Any, codename: str, thing: models.Model) -> bool:
    """Take the grant back; effective on the next request. Gives whether there was one."""
    check(codename)
    ended = remove_perm(codename, user, thing)
    return bool(ended and ended[0])


def granted(user: Any, codename: str, model: type[models.Model]) -> Any:
    """Keys of the objects that ``user`` holds ``codename`` on now: a subquery for ``visible_to``."""
    check(codename)
    rows: Any = get_user_obj_perms_model(model())
    holds = Q(until__gt=clock.now())
    if user.is_practising:
        holds |= Q(until__isnull=True)
    mine = rows.objects.filter(holds, user=user, user__is_active=True, permission__codename=codename)
    return mine.values("content_object_id")


def held(codename: str, things: models.QuerySet[Any]) -> dict[tuple[Any, Any], dt.datetime | None]:
    """Every row there is on these things, past and future ones included: (thing, person) to its end."""
    check(codename)
    rows: Any = get_user_obj_perms_model(things.model())
    found = rows.objects.filter(content_object__in=things, permission__codename=codename)
    return {(thing, person): until for thing, person, until in found.values_list("content_object", "user", "until")}
