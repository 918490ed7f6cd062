"""Which work is still under way, and which should have been done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from celery import current_app
from celery.schedules import BaseSchedule, maybe_schedule

from cpms.jobs.models import Job, LastRun
from cpms.jobs.states import JobState

SHARED = dt.timedelta(seconds=10)
LATE = LONG = dt.timedelta(hours=1)


def under_way(task: str, name: str, values: Iterable[str]) -> set[str]:
    """For which of these values of the id called ``name`` a job of the task waits, or was sent and is not confirmed. What was
    given up is not under way."""
    rows = Job.objects.filter(task=task, state__in=[JobState.WAITING, JobState.SENT])
    rows = rows.filter(**{f"ids__{name}__in": list(values)})
    return {str(ids[name]) for ids in rows.values_list("ids", flat=True)}


def at_set_times() -> dict[str, BaseSchedule]:
    """Tasks of beat's table with their times; without those of every few seconds, whose runs share the work by row locks."""
    table = current_app.conf.beat_schedule.values()
    entries: dict[str, BaseSchedule] = {entry["task"]: maybe_schedule(entry["schedule"]) for entry in table}  # type: ignore[misc]
    return {task: when for task, when in entries.items() if getattr(when, "run_every", LONG) > SHARED}


def last_runs() -> list[str]:
    """What is done at set times, a line each: when it last began, when it was last done, whether it is late."""
    known, overdue = LastRun.objects.in_bulk(), late()
    words = {
        task: f"begun {run.began_at:%Y-%m-%d %H:%M}, done {run.done_at:%Y-%m-%d %H:%M} UTC"
        for task, run in known.items()
    }
    return [
        f"{task}: {words.get(task, 'never yet')}{', LATE' if task in overdue else ''}"
        for task in sorted(at_set_times())
    ]


def late() -> list[str]:
    """Tasks that should have been done an hour ago and were not: beat or worker stand still, or the task fails. What never ran
    in this database is not late."""
    done = dict(LastRun.objects.values_list("task", "done_at"))
    return [
        task for task, when in at_set_times().items() if task in done and when.remaining_estimate(done[task]) < -LATE
    ]
