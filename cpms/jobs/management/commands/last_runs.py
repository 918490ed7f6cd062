"""``manage.py last_runs``: when the work at set times was last done, and what is late."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from cpms.jobs import queries
from cpms.jobs.models import LastRun


class Command(BaseCommand):
    help = "List the work that is done at set times: when it last began, when it last ended without an error, what is late."

    def handle(self, *_args: Any, **_options: Any) -> None:
        known, late = LastRun.objects.in_bulk(), queries.late()
        for task in sorted(queries.at_set_times()):
            run = known.get(task)
            words = (
                f"begun {run.began_at:%Y-%m-%d %H:%M}, done {run.done_at:%Y-%m-%d %H:%M} UTC" if run else "never yet"
            )
            self.stdout.write(f"{task}: {words}{', LATE' if task in late else ''}")
