"""``manage.py load_demo``: the demonstration network into an empty database, then its past."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from helpdesk.demo import archive, loading

PRESENT, PAST = "present", "past"


class Command(BaseCommand):
    help = (
        "Load the demonstration network; nothing when the database has people. Then load its past, or what of it is missing. "
        "Refuses without CPMS_DEMO=1."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", choices=(PRESENT, PAST), help="what people work with, or the years before")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demonstration's passwords are public. Set CPMS_DEMO=1 on a machine of your own.")
        started = time.monotonic()
        loaded = options["only"] != PAST and loading.load(self.stdout.write)
        if options["only"] != PRESENT:
            loaded = bool(archive.load_past(self.stdout.write)) or loaded
        if loaded:
            self.stdout.write(f"The demonstration network was loaded in {time.monotonic() - started:.1f} s.")
        else:
            self.stdout.write("The database has people already: nothing was loaded.")
