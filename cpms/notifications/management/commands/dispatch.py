"""``manage.py dispatch``: send mails and hand out jobs without Redis, once or in a loop."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cpms.jobs import actions as jobs
from cpms.notifications import actions


class Command(BaseCommand):
    help = "Send due mails and hand open jobs to the broker. With --loop, every few seconds until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", type=float, metavar="SECONDS", help="repeat after this pause")

    def handle(self, *_args: Any, **options: Any) -> None:
        while True:
            mails, sent = actions.dispatch_outbox(), jobs.dispatch()
            self.stdout.write(f"{mails} mails sent, {sent} jobs handed out")
            if not options["loop"]:
                return
            time.sleep(options["loop"])
