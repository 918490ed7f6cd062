"""Making, re-wrapping and destroying data keys; putting words into envelopes and taking them out."""

from __future__ import annotations

import contextlib
import datetime as dt
import uuid
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.db import transaction

from cpms import clock
from cpms.vault import cipher
from cpms.vault.models import DataKey, Envelope


def new_key() -> DataKey:
    """A fresh key, saved wrapped. No ``by``: a key alone says nothing; what it seals is recorded by its action."""
    key = DataKey()
    key.kek_name, key.wrapped = cipher.wrap(cipher.new_secret(), key.context)
    key.save(force_insert=True)
    return key


def destroy_key(key: DataKey) -> None:
    """Forget the key for good: everything sealed under it, history and backups included, goes dark."""
    DataKey.objects.filter(pk=key.pk).update(wrapped=None, destroyed_at=clock.now())


def keys_to_rotate() -> int:
    """How many living keys are not wrapped under the first key-encryption key."""
    return DataKey.objects.to_rotate().count()


@transaction.atomic
def rotate_some(most: int) -> int:
    """Wrap up to ``most`` keys anew under the first key-encryption key; gives how many. The texts stay as they are.

    Each batch is one transaction: stopped anywhere, what is done is done and the next run goes on from there.
    """
    batch = list(DataKey.objects.to_rotate().select_for_update(skip_locked=True)[:most])
    for key in batch:
        key.kek_name, key.wrapped = cipher.wrap(
            cipher.unwrap(key.kek_name, bytes(key.wrapped or b""), key.context), key.context
        )
    DataKey.objects.bulk_update(batch, ["kek_name", "wrapped"])
    return len(batch)


def put_in(purpose: str, words: Mapping[str, Any]) -> str:
    """Seal words in an envelope; gives its id, which may go where the words may not. ``words`` are what JSON can hold."""
    envelope = Envelope(purpose=purpose)
    envelope.words = dict(words)
    envelope.save(force_insert=True)
    return str(envelope.pk)


@contextlib.contextmanager
def take_out(purpose: str, envelope_id: str) -> Iterator[dict[str, Any] | None]:
    """The words, held until what is done with them is done; then the envelope is gone. ``None`` for one taken out before.

    Raises ``CannotOpen``, and leaves the envelope, where the key-encryption key is not configured.
    """
    with transaction.atomic():
        rows = Envelope.objects.select_for_update().filter(pk=uuid.UUID(envelope_id), purpose=purpose)
        envelope = rows.first()
        yield None if envelope is None else envelope.words
        if envelope is not None:
            envelope.delete()


def look_into(purpose: str, envelope_id: str, *, younger_than: dt.timedelta) -> dict[str, Any] | None:
    """The words, which stay where they are; ``None`` for an envelope that is gone or older. Raises ``CannotOpen``."""
    since = clock.now() - younger_than
    envelope = Envelope.objects.filter(pk=uuid.UUID(envelope_id), purpose=purpose, written_at__gt=since).first()
    return None if envelope is None else envelope.words


def throw_away(purpose: str, envelope_id: str) -> None:
    Envelope.objects.filter(pk=uuid.UUID(envelope_id), purpose=purpose).delete()


def forget_envelopes(purpose: str, *, older_than: dt.timedelta) -> int:
    """Whoever was to take these out did not come; gives how many there were."""
    return Envelope.objects.filter(purpose=purpose, written_at__lt=clock.now() - older_than).delete()[0]


def forget_left_over(*, older_than: dt.timedelta, besides: Collection[str]) -> int:
    """Whatever they were for, nobody comes for these envelopes any more, but for those of these ids; gives how many there were."""
    left = Envelope.objects.filter(written_at__lt=clock.now() - older_than)
    return left.exclude(pk__in=[uuid.UUID(one) for one in besides]).delete()[0]


@transaction.atomic
def seal_envelopes_again() -> int:
    """Seal every envelope under the first key-encryption key; gives how many needed it."""
    held = list(Envelope.objects.to_seal_again().select_for_update().order_by("pk"))
    for envelope in held:
        envelope.words = envelope.words
    Envelope.objects.bulk_update(held, ["sealed"], batch_size=500)
    return len(held)
