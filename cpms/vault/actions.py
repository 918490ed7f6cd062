"""Making, re-wrapping and destroying data keys."""

from __future__ import annotations

from django.db import transaction

from cpms import clock
from cpms.vault import cipher
from cpms.vault.models import DataKey


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
