"""Several panels held at once."""

from __future__ import annotations

from typing import Any

from panels.models import Panel
from panels.models.panels import PanelQuerySet


def hold(panels: PanelQuerySet) -> list[Any]:
    """Their keys; each is held until commit as by ``Panel.objects.held``: alone, in one order for everybody."""
    return list(panels.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))


def running_of(patient_id: Any) -> list[Panel]:
    """A patient's running panels, held and read afterwards."""
    running = Panel.objects.running()
    return list(running.with_case().filter(pk__in=hold(running.filter(case__patient__pk=patient_id))).order_by("pk"))
