"""Several panels held at once."""

from __future__ import annotations

from typing import Any

from cpms.locking import hold
from panels.models import Panel


def running_of(patient_id: Any) -> list[Panel]:
    """A patient's running panels, held and read afterwards."""
    running = Panel.objects.running()
    return list(running.with_case().filter(pk__in=hold(running.filter(case__patient__pk=patient_id))).order_by("pk"))
