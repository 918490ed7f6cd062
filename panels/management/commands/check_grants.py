"""``manage.py check_grants``: compare who may see a case with who should, and mend what differs."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from panels import actions


class Command(BaseCommand):
    help = "Compare the grants on cases with invitations, panels, guests' dates and consent; mend and report."

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(f"{actions.mend_sight(by=None)} grants mended")
