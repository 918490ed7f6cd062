"""``manage.py dispatch``: send mails and hand out jobs without Redis, once or in a loop."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cpms.jobs import actions as jobs
from cpms.notifications import actions

# Somebody outside waits for a mail of these. What no broker took is done here, before the mails go
WAITED_FOR = ("people.take_request", "accounts.answer_reset", "accounts.answer_address")


class Command(BaseCommand):
    help = "Send due mails and hand open jobs to the broker. With --loop, every few seconds until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", type=float, metavar="SECONDS", help="repeat after this pause")

    def handle(self, *_args: Any, **options: Any) -> None:
        while True:
            sent = jobs.dispatch()
            done = jobs.do_here(WAITED_FOR)
            mails = actions.dispatch_outbox()
            self.stdout.write(f"{mails} mails sent, {sent} jobs handed out, {done} done here")
            if not options["loop"]:
                return
            time.sleep(options["loop"])
