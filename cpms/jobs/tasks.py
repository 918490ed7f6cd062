"""The dispatcher as a task, and what every task is made of."""

from __future__ import annotations

from typing import Any

from celery import Task, shared_task

from cpms.jobs import actions, queries


class OneAtATime(Task):
    """Every task of ours. What beat asks for at set times runs once at a time, so that two beats, or a run that takes longer than
    its interval, do no harm; when it last ran is noted."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.name not in queries.at_set_times():
            return super().__call__(*args, **kwargs)
        with actions.alone(self.name) as allowed:
            return super().__call__(*args, **kwargs) if allowed else None


@shared_task(name="jobs.dispatch")
def dispatch() -> None:
    actions.dispatch()
