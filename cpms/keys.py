"""Rows among many known keys. Written one by one into a statement, three hundred keys cost more than they find."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterable

from django.db.models import BooleanField, F, Func, Q, Value


class Among(Func):
    """Whether a key is one of an array's: PostgreSQL and Python each read it as one value."""

    template, arg_joiner = "%(expressions)s::uuid[])", " = ANY("
    output_field = BooleanField()


def with_keys(keys: Iterable[uuid.UUID], of: str = "pk") -> Q:
    """Of rows whose column ``of`` holds a key: those whose key is among ``keys``; none for no keys.
    Of a column that may be empty use it in ``filter`` alone: negated it drops the rows without a value."""
    return Q(Among(F(of), Value(f"{{{','.join([key.hex for key in keys])}}}")))


def keys_in(texts: Iterable[object]) -> set[uuid.UUID]:
    """The keys among what a form or a draft holds; anything else that was sent is none."""
    found = set()
    for text in texts:
        with contextlib.suppress(ValueError):
            found.add(uuid.UUID(str(text)))
    return found
