"""Optimistic locking: two people never overwrite each other's text, and neither text is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import F


@dataclass(frozen=True)
class ClashField:
    name: str
    label: str
    mine: str
    theirs: str


class Clash(Exception):
    """The row changed since the form was opened. Carries both texts for the page that shows them (status 409)."""

    def __init__(self, thing: models.Model, fields: list[ClashField], *, version: int) -> None:
        super().__init__("changed meanwhile")
        self.thing, self.fields, self.version = thing, fields, version


def in_words(value: Any) -> str:
    """As the page of a clash shows it; what is ticked reads yes."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def claim(thing: Any, version: int | None, mine: Mapping[str, Any] | None = None) -> None:
    """Raise the row's ``version`` by one if it still is ``version``, and hold the row until commit. A form without one is old.

    ``mine`` maps field names to what the person typed. Raises ``Clash`` with both texts when somebody was faster.
    """
    rows = thing._meta.model._default_manager.filter(pk=thing.pk, version=version or 0)
    if rows.update(version=F("version") + 1):
        thing.refresh_from_db(fields=["version"])
        return
    thing.refresh_from_db()
    fields = [
        ClashField(name, str(thing._meta.get_field(name).verbose_name).capitalize(), in_words(given), theirs)
        for name, given in (mine or {}).items()
        if in_words(given) != (theirs := in_words(getattr(thing, name)))
    ]
    raise Clash(thing, fields, version=thing.version)
