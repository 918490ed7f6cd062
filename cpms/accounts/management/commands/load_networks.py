"""``manage.py load_networks``: the 24 European Reference Networks, by code. Safe to run again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from cpms.accounts import actions


class Command(BaseCommand):
    help = "Load the names of the 24 European Reference Networks. A network that exists gets the official name again."

    def handle(self, *_args: Any, **_options: Any) -> None:
        made = actions.load_networks(by=None)
        self.stdout.write(f"The 24 networks are loaded, {made} of them new.")
