"""``manage.py invite_staff EMAIL NAME``: the first person of an installation, or one more for the helpdesk."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cpms.accounts.roles import STAFF_ROLES, Role
from helpdesk import actions


class Command(BaseCommand):
    help = "Prepare a helpdesk account and mail its activation link. Whoever runs this has the server already."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name")
        parser.add_argument("--role", choices=sorted(STAFF_ROLES), default=Role.CORE_HELPDESK)

    def handle(self, *_args: Any, **options: Any) -> None:
        actions.invite_staff(options["email"], display_name=options["name"], role=Role(options["role"]), by=None)
        self.stdout.write("The activation link is on its way; it is good for 24 hours.")
