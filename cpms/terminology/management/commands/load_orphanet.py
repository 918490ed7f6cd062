"""``manage.py load_orphanet PATH``: a fuller Orphanet nomenclature, with its tree, in place of the names of the set-up."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cpms.terminology import actions
from cpms.terminology.importers import orphadata, orphanet
from cpms.terminology.importers.release import Release, ReleaseRefused

TABLES, NAMES, TREES = ("orphacodes.tsv", "orpha_edges.tsv"), "*_product1.xml", "*_product3_*.xml"


class Command(BaseCommand):
    help = "Load Orphanet's nomenclature. Codes the new release no longer has stay, inactive."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "path",
            type=Path,
            help="the folder with orphacodes.tsv and orpha_edges.tsv, or with en_product1.xml and any en_product3_….xml as "
            "Orphadata publishes them; or that en_product1.xml",
        )

    def handle(self, *_args: Any, path: Path, **_options: Any) -> None:
        started = time.monotonic()
        try:
            release = self.read(path)
        except ReleaseRefused as refusal:
            raise CommandError(str(refusal)) from None
        parents = sum(len(concept.parents) for concept in release.concepts)
        self.stdout.write(
            f"{release.version}: {len(release.concepts):,} codes, {parents:,} links of the tree. Writing …"
        )
        actions.load(release, by=None)
        self.stdout.write(f"Loaded in {time.monotonic() - started:.1f} s under {release.licence}.")

    def read(self, path: Path) -> Release:
        """From the tables, or from the files of Orphadata where no table is."""
        folder = path if path.is_dir() else path.parent
        found = [path] if path.is_file() else sorted(path.glob(NAMES))
        if found and (path.is_file() or not (folder / TABLES[0]).is_file()):
            if len(found) > 1:
                raise CommandError(f"{folder} holds several languages. Name one file.")
            return self.read_orphadata(found[0], sorted(folder.glob(TREES)))
        codes, edges = (folder / name for name in TABLES)
        for table in (codes, edges):
            if not table.is_file():
                raise CommandError(f"{table} is missing, and so is en_product1.xml.")
        self.stdout.write(f"Reading {codes.name} and {edges.name} …")
        with codes.open(encoding="utf-8") as rows, edges.open(encoding="utf-8") as links:
            return orphanet.read(rows, links)

    def read_orphadata(self, names: Path, trees: list[Path]) -> Release:
        self.stdout.write(f"Reading {names.name} and {len(trees)} classifications …")
        with ExitStack() as stack:
            files = [stack.enter_context(tree.open("rb")) for tree in trees]
            return orphadata.read(stack.enter_context(names.open("rb")), files)
