"""Reading drafts back."""

from __future__ import annotations

import json
from typing import Any

from cpms.drafts.models import Draft


def fields_of(form: str, *, by: Any) -> dict[str, Any]:
    """What the person typed into this form and did not send; empty when there is nothing."""
    draft = Draft.objects.filter(user=by, form=form).first()
    return json.loads(draft.body) if draft and draft.body else {}


def rows_of(fields: dict[str, Any], prefix: str, *, shown_by: str) -> list[dict[str, Any]]:
    """The rows of a formset as they stood in a draft; rows whose ``shown_by`` field is empty were not begun."""
    total = str(fields.get(f"{prefix}-TOTAL_FORMS", ""))
    rows = []
    for number in range(int(total) if total.isdecimal() else 0):
        start = f"{prefix}-{number}-"
        row = {name.removeprefix(start): value for name, value in fields.items() if name.startswith(start)}
        if row.get(shown_by):
            rows.append(row)
    return rows
