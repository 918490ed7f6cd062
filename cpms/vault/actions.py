"""Making and destroying data keys."""

from __future__ import annotations

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
