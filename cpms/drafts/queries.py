"""Reading drafts back."""

from __future__ import annotations

import json
from typing import Any

from cpms.drafts.models import Draft


def fields_of(form: str, *, by: Any) -> dict[str, Any]:
    """What the person typed into this form and did not send; empty when there is nothing."""
    draft = Draft.objects.filter(user=by, form=form).first()
    return json.loads(draft.body) if draft and draft.body else {}
