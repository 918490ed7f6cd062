"""``manage.py check_audit``: whether the audit trail is still what was written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cpms.audit import queries


class Command(BaseCommand):
    help = "Compare the whole audit trail with its seals, and these with the ones in logs that were kept elsewhere."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "logs", nargs="*", type=Path, help='log files: their lines "audit trail sealed" are compared'
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        kept = [one for file in options["logs"] for one in told_in(file)]
        for table, number in queries.by_other_roles().items():
            self.stdout.write(
                f"{number} rows of {table} were changed by another role of the database than the product's."
            )
        found = list(queries.faults(kept))
        for fault in found:
            self.stderr.write(fault)
        if found:
            raise CommandError(f"The audit trail was changed: {len(found)} faults.")
        head = queries.head()
        self.stdout.write(
            f"The trail is whole: {head.number} seals to event {head.last_id}, {len(kept)} kept elsewhere."
        )


def told_in(file: Path) -> Iterator[dict[str, Any]]:
    """The seals that a log tells; other lines are passed over."""
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            try:
                said = json.loads(line[line.index("{") :])
            except ValueError:
                continue
            if said.get("event") == "audit trail sealed" and said.get("seal"):
                yield {"number": said["seal"], "digest": said["digest"]}
