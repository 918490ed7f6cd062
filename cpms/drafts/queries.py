"""Reading drafts back."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from cpms.drafts.models import Draft

NUMBER = re.compile("[0-9]{1,6}")
"""Of a row: how many there are is not believed to what was sent."""


def fields_of(form: str, *, by: Any) -> dict[str, Any]:
    """What the person typed into this form and did not send; empty when there is nothing."""
    return fields_of_each([form], by=by)[form]


def fields_of_each(forms: Iterable[str], *, by: Any) -> dict[str, dict[str, Any]]:
    """The same for several forms of one page, by the form's name; one query."""
    names = list(forms)
    found = {row.form: row.body for row in Draft.objects.filter(user=by, form__in=names).order_by()}
    return {name: json.loads(found[name]) if found.get(name) else {} for name in names}


def about(names: Iterable[str]) -> list[Draft]:
    """Everybody's drafts that a thing names: its key or number is a part of the form's name, as in ``case:<key>``."""
    wanted = set(names)
    rows = Draft.objects.select_related(None).only("form", "key_id", "user_id").order_by()
    return [row for row in rows if wanted.intersection(row.form.split(":")[1:])]


def rows_of(fields: dict[str, Any], prefix: str, *, begun_by: Iterable[str]) -> list[dict[str, Any]]:
    """The rows of a formset as they stood in a draft; rows all whose ``begun_by`` fields are empty were not begun."""
    begun_by = set(begun_by)
    rows: dict[int, dict[str, Any]] = defaultdict(dict)
    for name, value in fields.items():
        start, _dash, rest = name.removeprefix(f"{prefix}-").partition("-")
        if rest and name.startswith(f"{prefix}-") and NUMBER.fullmatch(start):
            rows[int(start)][rest] = value
    return [row for _number, row in sorted(rows.items()) if any(row.get(name) for name in begun_by)]


def with_newer(drafted: Sequence[dict[str, Any]], saved: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A draft's rows, and after them those that were saved and that the draft does not know; ``id`` ties them."""
    known = {str(row.get("id")) for row in drafted}
    return [*drafted, *(row for row in saved if str(row["id"]) not in known)]
