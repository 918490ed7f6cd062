"""What a file of figures was made with."""

from __future__ import annotations

import hashlib
from typing import Any

from helpdesk.kpis.few import represents
from helpdesk.kpis.periods import period_of, seen_by
from helpdesk.models import FigureFile
from helpdesk.policy import may_take_evidence


def sight_of(file: FigureFile, user: Any) -> str:
    """What of the file's figures the person sees, and how exactly, as a hash; "" where it is nothing."""
    if file.centre:
        what = [represents(user, file.centre)] if may_take_evidence(user, file.centre) else []
    else:
        period = period_of(file.period)
        what = seen_by(user, period) if period else []
    return hashlib.sha256(repr(what).encode()).hexdigest() if what else ""
