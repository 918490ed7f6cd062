"""People and places found by what is typed of them, in whatever alphabet and accents it is written."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db.models import F, Func, IntegerField, Q, QuerySet
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThan

from cpms.accounts.models import Centre, User
from cpms.terminology.folding import fold_name

WRITTEN = ("pk", "display_name", "job_title", "centre__name", "centre__city")


class Bytes(Func):
    """How many bytes a text takes in the database's UTF-8: as many as it has letters, if all are plain ones."""

    function = "octet_length"
    output_field = IntegerField()


folded_part = lru_cache(maxsize=60_000)(fold_name)
"""Kept in memory: what staff and clinicians are called and where they are written to, never a word of a patient."""


@lru_cache(maxsize=20_000)
def folded(*texts: str | None) -> str:
    """The texts of a person, each word behind a blank: names, titles and places only, nothing of a patient stays in memory."""
    return "".join(f" {folded_part(text)}" for text in texts if text)


def called(people: QuerySet[User], words: list[str]) -> dict[Any, str]:
    """Those of ``people`` whose name, title, hospital or town hold a word beginning with each of the folded ``words``, by key,
    with their names."""
    begun = [f" {word}" for word in words]
    rows = people.order_by().values_list(*WRITTEN)
    return {key: texts[0] for key, *texts in rows if not begun or begins_all(begun, folded(*texts))}


def begins_all(begun: list[str], text: str) -> bool:
    """A loop of its own: it is asked of thousands of people."""
    for word in begun:  # noqa: SIM110 a generator for each person takes twice as long
        if word not in text:
            return False
    return True


def written(rows: QuerySet[Any], *columns: str) -> list[tuple[Any, str]]:
    """The key of each row with what these columns of it hold, folded: of people, groups and places, never of a patient."""
    return [
        (key, "".join(f" {folded_part(text)}" for text in texts if text))
        for key, *texts in rows.order_by().values_list("pk", *columns)
    ]


def holding(found: list[tuple[Any, str]], text: str) -> list[Any]:
    """The keys of those ``written`` that hold each word of the text, somewhere in a word too; none without a word."""
    words = fold_name(text).split()
    return [key for key, said in found if words and all(word in said for word in words)]


def people_named(words: list[str], *, many: int) -> list[list[Any]]:
    """For each word the keys of at most ``many`` people whose name or hospital holds it. The database compares names that are written
    plainly; of accents and other alphabets it knows nothing, so names with them, and the few hospitals, are folded here."""
    beyond = Q(GreaterThan(Bytes(F("display_name")), Length("display_name")))
    others = written(User.objects.filter(beyond), "display_name")
    centres = written(Centre.objects.all(), "name")
    found = []
    for word in words:
        here, folded_so = Q(centre__in=holding(centres, word)), holding(others, word)
        plainly = User.objects.filter(here | ~beyond & Q(display_name__icontains=word)).exclude(pk__in=folded_so)
        found.append([*folded_so, *plainly.order_by().values_list("pk", flat=True)[:many]][:many])
    return found


def few_called(people: QuerySet[User], text: str, *, many: int) -> QuerySet[User]:
    """The first ``many`` by name of those called so; of all without a word."""
    words = fold_name(text).split()
    found = people.filter(pk__in=called(people, words)) if words else people
    return found.order_by("display_name", "pk")[:many]
