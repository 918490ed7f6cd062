"""``manage.py load_orphanet FOLDER``: a fuller Orphanet nomenclature, with its tree, in place of the names of the set-up."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cpms.terminology import actions
from cpms.terminology.importers import orphanet
from cpms.terminology.importers.release import ReleaseRefused


class Command(BaseCommand):
    help = "Load orphacodes.tsv and orpha_edges.tsv. Codes the new release no longer has stay, inactive."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="the folder with orphacodes.tsv and orpha_edges.tsv")

    def handle(self, *_args: Any, folder: Path, **_options: Any) -> None:
        codes, edges = folder / "orphacodes.tsv", folder / "orpha_edges.tsv"
        for path in (codes, edges):
            if not path.is_file():
                raise CommandError(f"{path} is missing.")
        started = time.monotonic()
        self.stdout.write(f"Reading {codes.name} and {edges.name} …")
        try:
            with codes.open(encoding="utf-8") as rows, edges.open(encoding="utf-8") as links:
                release = orphanet.read(rows, links)
        except ReleaseRefused as refusal:
            raise CommandError(str(refusal)) from None
        parents = sum(len(concept.parents) for concept in release.concepts)
        self.stdout.write(
            f"{release.version}: {len(release.concepts):,} codes, {parents:,} links of the tree. Writing …"
        )
        actions.load(release, by=None)
        self.stdout.write(f"Loaded in {time.monotonic() - started:.1f} s under {release.licence}.")
