"""``manage.py erasures``: the list of erased patients, and its replay after an older state of the database was restored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cpms.patients import actions, queries


class Command(BaseCommand):
    help = "Print who was erased, one JSON line each (ids only), or with --replay FILE erase them once more."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--replay", type=Path, metavar="FILE", help="a list that was printed before")

    def handle(self, *_args: Any, **options: Any) -> None:
        file: Path | None = options["replay"]
        if file is None:
            for line in queries.erasures():
                self.stdout.write(json.dumps(line))
            return
        lines = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
        done = actions.erase_again(lines, by=None)
        self.stdout.write(f"{done} of {len(lines)} patients were there again and are erased.")
