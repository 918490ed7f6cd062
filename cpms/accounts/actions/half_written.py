"""Drafts of those who may still see what they write about, and of nobody else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.http import Http404

from cpms.accounts.access.routes import may_open, still_open
from cpms.drafts import actions as drafts
from cpms.drafts import queries
from cpms.drafts.models import Draft


def keep_draft(*, form: str, label: str, path: str, fields: dict[str, Any], by: Any) -> Draft:
    """Keep a half-written form. Raises ``Http404`` when its page is not open to the person, ``ValueError`` for what is no form.

    The page is asked for once more afterwards: a withdrawal of consent may have come while the text was being sealed.
    """
    if not may_open(path, by):
        raise Http404
    draft = drafts.save_draft(form=form, label=label, path=path, fields=fields, by=by)
    if not may_open(path, by):
        drafts.discard(form, by=by)
        raise Http404
    return draft


def forget_unseen(names: Iterable[str] | None = None) -> int:
    """Destroy what somebody has half-written about a thing that they no longer see: of the things of these keys or numbers, or
    of all. The system's own housekeeping, so without ``by``; gives how many there were."""
    rows = Draft.objects.select_related("user").only("form", "path", "key_id", "user").order_by()
    if names is not None:
        rows = rows.filter(pk__in=[draft.pk for draft in queries.about(names)])
    of_each: dict[Any, list[Draft]] = defaultdict(list)
    for draft in rows:
        of_each[draft.user].append(draft)
    unseen: list[Draft] = []
    for user, held in of_each.items():
        seen = still_open([draft.path for draft in held], user)
        unseen += [draft for draft in held if draft.path not in seen]
    return drafts.forget(unseen)
