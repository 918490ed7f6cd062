"""``manage.py give_rights``, after each ``migrate``: what the role of web, worker and beat may do with which table."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cpms import rights


class Command(BaseCommand):
    help = "As the owner of the tables, give the role of DATABASE_URL its rights and no more. Safe to run again."

    def handle(self, *_args: Any, **_options: Any) -> None:
        role = settings.RUNTIME_ROLE
        try:
            parted = rights.give()
        except rights.NoSuchRole:
            raise CommandError(f"The database has no role {role}; docs/operations.md says how to make it.") from None
        if parted:
            self.stdout.write(f"The role {role} works on rows; the tables belong to another.")
        else:
            self.stdout.write(f"Nothing is given: CPMS_OWNER_DATABASE_URL names no other role than {role}.")
