"""Which work is still under way."""

from __future__ import annotations

from collections.abc import Iterable

from cpms.jobs.models import Job
from cpms.jobs.states import JobState


def under_way(task: str, name: str, values: Iterable[str]) -> set[str]:
    """For which of these values of the id called ``name`` a job of the task waits, or was sent and is not confirmed. What was
    given up is not under way."""
    rows = Job.objects.filter(task=task, state__in=[JobState.WAITING, JobState.SENT])
    rows = rows.filter(**{f"ids__{name}__in": list(values)})
    return {str(ids[name]) for ids in rows.values_list("ids", flat=True)}
