"""Keep what is typed, and run each POST once."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpResponse, HttpResponseRedirect

from cpms import clock
from cpms.drafts import queries
from cpms.drafts.models import Draft, PostKey
from cpms.drafts.states import (
    HELD_FORMS,
    KEEP_DRAFTS,
    KEEP_ENVELOPES,
    KEEP_HELD_FORMS,
    KEEP_POST_KEYS,
    LONGEST_DRAFT,
)
from cpms.jobs.models import Job
from cpms.locking import hold
from cpms.vault import actions as vault
from cpms.vault.models import DataKey


@transaction.atomic
def save_draft(*, form: str, label: str, path: str, fields: dict[str, Any], by: Any) -> Draft:
    """Keep the form's fields as they stand. Raises ``ValueError`` when they are too long to be a form."""
    body = json.dumps(fields, ensure_ascii=False)
    if len(body) > LONGEST_DRAFT:
        raise ValueError("too long")
    said = {"label": label, "path": path, "body": body, "updated_at": clock.now()}
    rows = Draft.objects.select_for_update(of=("self",)).filter(user=by, form=form)
    if (draft := rows.first()) is None:
        try:
            with transaction.atomic():
                return _put_into(Draft(user=by, form=form, key=vault.new_key()), said)
        except IntegrityError:  # another page of this person kept its first words at this moment
            draft = rows.get()
    return _put_into(draft, said)


def _put_into(draft: Draft, said: dict[str, Any]) -> Draft:
    for name, value in said.items():
        setattr(draft, name, value)
    draft.save()
    return draft


@transaction.atomic
def discard(form: str, *, by: Any) -> None:
    """The form was sent: its draft goes, and the key with it."""
    forget(list(Draft.objects.filter(user=by, form=form)))


@transaction.atomic
def discard_under(path: str, *, by: Any) -> None:
    """Whatever the person has half-written on this page and on the pages below it goes."""
    forget(list(Draft.objects.filter(user=by, path__startswith=path)))


@transaction.atomic
def discard_about(names: Iterable[str], *, by: Any) -> None:
    """Whatever the person has half-written about things of these keys or numbers goes."""
    forget([draft for draft in queries.about(names) if draft.user_id == by.pk])


def forget_about(names: Iterable[str]) -> int:
    """What anybody has half-written about things of these keys or numbers goes: their texts are being destroyed."""
    return forget(queries.about(names))


@transaction.atomic(savepoint=False)
def forget(drafts: list[Draft]) -> int:
    keys = [draft.key_id for draft in drafts]
    Draft.objects.filter(pk__in=hold(Draft.objects.filter(pk__in=[draft.pk for draft in drafts]))).delete()
    DataKey.objects.filter(pk__in=keys).delete()
    return len(keys)


@transaction.atomic
def prune() -> int:
    """Remove drafts nobody came back to, old POST keys, and words that no job will take out any more. The system's own
    housekeeping, so without ``by``."""
    PostKey.objects.filter(at__lt=clock.now() - KEEP_POST_KEYS).delete()
    vault.forget_envelopes(HELD_FORMS, older_than=KEEP_HELD_FORMS)
    awaited = Job.objects.open().filter(ids__has_key="envelope_id").values_list("ids__envelope_id", flat=True)
    vault.forget_left_over(older_than=KEEP_ENVELOPES, besides=list(awaited))
    return forget(list(Draft.objects.filter(updated_at__lt=clock.now() - KEEP_DRAFTS)))


def post_key(text: str) -> uuid.UUID | None:
    """The key that a form sent; a malformed one counts as none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def claim_post(user: Any, key: uuid.UUID) -> HttpResponse | None:
    """``None`` when this POST is new; where the first one led when it is a repeat.

    The unique index makes a parallel repeat wait for the first one's commit.
    """
    try:
        with transaction.atomic():
            PostKey.objects.create(user=user, key=key)
    except IntegrityError:
        first = PostKey.objects.filter(user=user, key=key).first()
        return HttpResponseRedirect(first.location if first else "/")
    return None


def repeat_of(user: Any, key: uuid.UUID) -> HttpResponse | None:
    """Where a POST of this key led that is done already: what it did may have taken away the right to do it again."""
    first = PostKey.objects.filter(user=user, key=key).exclude(location="").first()
    return HttpResponseRedirect(first.location) if first else None


def settle_post(user: Any, key: uuid.UUID, location: str) -> None:
    """Remember where a successful POST led; a form shown again with errors leads nowhere and frees its key."""
    rows = PostKey.objects.filter(user=user, key=key)
    if location:
        rows.update(location=location[:300])
    else:
        rows.delete()
