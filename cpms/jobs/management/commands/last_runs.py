"""``manage.py last_runs``: when the work at set times was last done, and what is late."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from cpms.jobs import queries


class Command(BaseCommand):
    help = "List the work that is done at set times: when it last began, when it last ended without an error, what is late."

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write("\n".join(queries.last_runs()))
