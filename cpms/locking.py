"""Two people never overwrite each other's text, and neither text is lost; whoever holds several rows holds them in one order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import F
from django.utils.formats import date_format

LINE, THEIRS = "line-", "theirs"


def hold(rows: models.QuerySet[Any], *first: Any, no_key: bool = False) -> list[Any]:
    """Their keys. Each row is held until commit, in one order for everybody (by what stands ``first``, then by key): no two wait for
    each other. ``no_key`` lets others point to the rows meanwhile."""
    held = rows.order_by(*first, "pk").select_for_update(of=("self",), no_key=no_key)
    return list(held.values_list("pk", flat=True))


@dataclass(frozen=True)
class ClashField:
    """One thing that two people said differently. ``name`` is its field on the page, typed on there; with a ``choice`` (the field's
    values for mine and for theirs) one of the two is chosen there. Without a ``name`` it is shown only."""

    name: str
    label: str
    mine: str
    theirs: str
    choice: tuple[str, str] | None = None


def line(key: Any, label: str, mine: str, theirs: str) -> ClashField:
    """A whole line of a longer page, mine or theirs; ``kept_theirs`` reads what was chosen."""
    return ClashField(f"{LINE}{key}", label, mine, theirs, ("mine", THEIRS))


def kept_theirs(sent: Mapping[str, Any]) -> set[str]:
    """The keys of the lines that stay as somebody else saved them, chosen on the page of a clash."""
    return {name.removeprefix(LINE) for name, value in sent.items() if name.startswith(LINE) and value == THEIRS}


class Clash(Exception):
    """The row changed since the form was opened. Carries both texts for the page that shows them (status 409)."""

    def __init__(self, thing: models.Model, fields: list[ClashField], *, version: int) -> None:
        super().__init__("changed meanwhile")
        self.thing, self.fields, self.version = thing, fields, version
        self.chosen = any(field.choice for field in fields)


def in_words(value: Any) -> str:
    """As the page of a clash shows it; what is ticked reads yes."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.date):
        return date_format(value, "j F Y")
    return "" if value is None else str(value)


def claim(thing: Any, version: int | None, mine: Mapping[str, Any] | None = None) -> None:
    """Raise the row's ``version`` by one if it still is ``version``, and hold the row until commit. A form without one is old.

    ``mine`` maps field names to what the person typed. Raises ``Clash`` with both texts when somebody was faster.
    """
    rows = thing._meta.model._default_manager.filter(pk=thing.pk, version=version or 0)
    if rows.update(version=F("version") + 1):
        thing.refresh_from_db(fields=["version"])
        return
    thing.refresh_from_db()
    fields = [apart(thing, name, given) for name, given in (mine or {}).items()]
    raise Clash(thing, [field for field in fields if field.mine != field.theirs], version=thing.version)


def apart(thing: Any, name: str, mine: Any) -> ClashField:
    """Both values of a model's field in words. What nobody types (a tick, a day, one of several) is chosen, not written on."""
    field, theirs = thing._meta.get_field(name), getattr(thing, name)
    label = str(field.verbose_name).capitalize()
    chosen = field.choices or isinstance(field, models.BooleanField | models.DateField | models.ForeignKey)
    words: dict[Any, Any] = dict(field.flatchoices)
    said, saved = (str(words.get(one) or in_words(one)) for one in (mine, theirs))
    return ClashField(name, label, said, saved, as_sent(mine, theirs) if chosen else None)


def as_sent(*values: Any) -> Any:
    """The values as a form sends them."""
    ticked = {True: "on", False: "", None: ""}
    return tuple(
        ticked[one] if one is None or isinstance(one, bool) else str(getattr(one, "pk", one)) for one in values
    )
