"""``manage.py rotate_keys``: wrap every data key under the first key-encryption key of ``CPMS_KEK``."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cpms.jobs import actions as jobs
from cpms.vault import actions


class Command(BaseCommand):
    help = "Wrap all data keys under the first key of CPMS_KEK. Can be stopped at any time and run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=500, help="keys per transaction")

    def handle(self, *args: Any, batch: int, **options: Any) -> None:
        total, done = actions.keys_to_rotate(), 0
        while moved := actions.rotate_some(batch):
            done += moved
            self.stdout.write(f"{done:,} of {total:,} keys")
        actions.seal_envelopes_again()
        jobs.at_once("notifications.seal_again")
        self.stdout.write(
            "All keys and waiting mails are sealed under the first key-encryption key. The older ones can be taken away."
        )
