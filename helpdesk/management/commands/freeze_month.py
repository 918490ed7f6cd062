"""``manage.py freeze_month 2026-10``: freeze a month's figures by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cpms.accounts.access import Refused
from helpdesk import actions


class Command(BaseCommand):
    help = "Freeze the figures of a month (YYYY-MM); last month when none is named."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", nargs="?", help="YYYY-MM")

    def handle(self, *_args: Any, **options: Any) -> None:
        text = options["month"]
        month = dt.date.fromisoformat(f"{text}-01") if text else actions.last_month()
        try:
            made = actions.freeze_month(month, by=None)
        except Refused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{made} lines frozen for {month:%Y-%m}")
