"""Several panels held at once."""

from __future__ import annotations

from typing import Any

from panels.models import Panel


def running_of(patient_id: Any) -> list[Panel]:
    """A patient's running panels as ``Panel.objects.held`` gives one, in the order of their keys: locked alone, then read."""
    rows = Panel.objects.running().filter(case__patient__pk=patient_id).order_by("pk")
    keys = list(rows.select_for_update(of=("self",)).values_list("pk", flat=True))
    return list(rows.with_case().filter(pk__in=keys))
