"""``manage.py load_demo``: the demonstration network into an empty database."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from helpdesk.demo import loading


class Command(BaseCommand):
    help = "Load the demonstration network. Does nothing when the database has people; refuses without CPMS_DEMO=1."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demonstration's passwords are public. Set CPMS_DEMO=1 on a machine of your own.")
        started = time.monotonic()
        if loading.load(self.stdout.write):
            self.stdout.write(f"The demonstration network was loaded in {time.monotonic() - started:.1f} s.")
        else:
            self.stdout.write("The database has people already: nothing was loaded.")
