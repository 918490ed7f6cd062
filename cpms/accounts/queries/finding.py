"""People found by what is typed of them, whatever accents it is written with."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from cpms.accounts.models import User
from cpms.terminology.folding import begins_each, fold_name

WRITTEN = ("pk", "display_name", "job_title", "centre__name", "centre__city")
folded = lru_cache(maxsize=20_000)(fold_name)  # names, titles and places only: nothing of a patient stays in memory


def called(people: QuerySet[User], words: list[str]) -> dict[Any, str]:
    """Those of ``people`` whose name, title, hospital or town hold a word beginning with each of the folded ``words``, by key,
    with their names."""
    rows = people.order_by().values_list(*WRITTEN)
    return {
        key: name
        for key, name, *rest in rows
        if not words or begins_each(words, " ".join(folded(text) for text in (name, *rest) if text))
    }


def few_called(people: QuerySet[User], text: str, *, many: int) -> QuerySet[User]:
    """The first ``many`` by name of those called so; of all without a word."""
    words = fold_name(text).split()
    found = people.filter(pk__in=called(people, words)) if words else people
    return found.order_by("display_name", "pk")[:many]
